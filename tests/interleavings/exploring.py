"""Drive real operations one database statement at a time and walk every schedule with few preemptions.

Each actor is a thread with a connection of its own. Django's `execute_wrapper` is the gate: a statement waits there
until the scheduler lets its actor go. An actor that waits for a lock (seen by `pg_blocking_pids`) is passed over until
it is free. A schedule is the list of the actors chosen, as a string that replays it.
"""

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.db import connection, connections

Operation = Callable[[], object]
Choice = tuple[int, list[int]]
STUCK_SECONDS = 30


class Deadlock(AssertionError):
    """Every actor waits for another."""


class Actor(threading.Thread):
    """One operation in a thread of its own, stopped before each of its statements."""

    def __init__(self, number: int, operation: Operation) -> None:
        super().__init__(daemon=True)
        self.number, self.operation = number, operation
        self.go, self.stopped = threading.Semaphore(0), threading.Semaphore(0)
        self.done = self.blocked = self.released = False
        self.result: object = None
        self.pid = 0

    def run(self) -> None:
        """Do the operation, keeping what it returned or raised."""
        try:
            connection.ensure_connection()
            self.pid = connection.connection.info.backend_pid
            with connection.execute_wrapper(self._gate):
                self._wait()
                try:
                    self.result = self.operation()
                except Exception as error:  # noqa: BLE001  # the test judges it
                    self.result = error
        finally:
            connections.close_all()
            self.done = True
            self.stopped.release()

    def _wait(self) -> None:
        if self.released:
            return
        self.stopped.release()
        self.go.acquire()

    def _gate(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self._wait()
        return execute(sql, params, many, context)


class Run:
    """One schedule: `prefix` says who goes first; then the running actor goes on until it blocks or ends."""

    def __init__(self, operations: Sequence[Operation], prefix: str) -> None:
        self.actors = [Actor(number, operation) for number, operation in enumerate(operations)]
        self.prefix, self.trace = prefix, ""
        self.choices: list[Choice] = []

    @property
    def results(self) -> list[object]:
        """What each actor's operation returned or raised."""
        return [actor.result for actor in self.actors]

    def play(self) -> "Run":
        """Let the actors go one statement at a time. Raises Deadlock when all that are left wait for each other."""
        for actor in self.actors:
            actor.start()
            actor.stopped.acquire()
        current = 0
        while not all(actor.done for actor in self.actors):
            # One that waited may have gone on to its end: whether it is done is known after looking.
            ready = [each.number for each in self.actors if not self._waits(each) and not each.done]
            if all(actor.done for actor in self.actors):
                break
            if not ready:
                self._give_up()
                raise Deadlock(f"all wait after {self.trace}")
            step = len(self.trace)
            wanted = int(self.prefix[step]) if step < len(self.prefix) else current
            current = wanted if wanted in ready else ready[0]
            self.choices.append((current, ready))
            self.trace += str(current)
            self._let(self.actors[current])
        return self

    def _give_up(self) -> None:
        """Let all run on, so that the database ends the deadlock and no thread is left behind."""
        for actor in self.actors:
            actor.released = True
            actor.go.release()
        for actor in self.actors:
            actor.join(STUCK_SECONDS)

    def _waits(self, actor: Actor) -> bool:
        if actor.done or not actor.blocked:
            return False
        # It is free once it stops before its next statement. Between the lock and that moment it is neither.
        until = time.monotonic() + STUCK_SECONDS
        while not actor.stopped.acquire(timeout=0.002):
            if _is_blocked(actor.pid) and _is_blocked(actor.pid):
                return True
            if time.monotonic() > until:
                raise AssertionError(f"actor {actor.number} neither waits nor goes on after {self.trace}")
        actor.blocked = False
        return False

    def _let(self, actor: Actor) -> None:
        actor.go.release()
        pause = 0.0005
        while not actor.stopped.acquire(timeout=pause):
            if _is_blocked(actor.pid):
                actor.blocked = True
                return
            pause = min(pause * 2, 0.02)


def _is_blocked(pid: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select cardinality(pg_blocking_pids(%s)) > 0", [pid])
        return bool(cursor.fetchone()[0])


def _preemptions(trace: str, choices: Sequence[Choice]) -> int:
    return sum(1 for i in range(1, len(trace)) if trace[i] != trace[i - 1] and int(trace[i - 1]) in choices[i][1])


def explore(make: Callable[[], Sequence[Operation]], most: int) -> Iterator[Run]:
    """Yield every schedule with at most `most` preemptions; `make` prepares a fresh world for each.

    In an order drawn by a fixed seed, so that the first few are of all kinds.
    """
    drawn = random.Random(7)  # no secret
    seen: set[str] = set()
    first = make()
    waiting = [str(number) for number in range(len(first))]
    operations: Sequence[Operation] | None = first
    while waiting:
        prefix = waiting.pop(drawn.randrange(len(waiting)))
        run = Run(operations or make(), prefix).play()
        operations = None
        if run.trace in seen:
            continue
        seen.add(run.trace)
        yield run
        for step in range(len(prefix), len(run.trace)):
            chosen, ready = run.choices[step]
            for other in ready:
                changed = run.trace[:step] + str(other)
                if other != chosen and _preemptions(changed, [*run.choices[:step], (other, ready)]) <= most:
                    waiting.append(changed)
