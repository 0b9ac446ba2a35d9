"""The demo's processes: pages and sockets, and the worker."""

import multiprocessing
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.db import connections

APPLICATION = "shop.config.asgi:application"
# A child that ends is started again after a pause; one that ends so often within so many seconds is not.
PAUSE_SECONDS = 1.0
MOST_ENDS = 5
ENDS_SECONDS = 60.0


class Child(Protocol):
    """What can be watched and ended, as subprocess.Popen can."""

    def poll(self) -> int | None:
        """Return how it ended; None while it runs."""

    def terminate(self) -> None:
        """Ask it to end."""

    def kill(self) -> None:
        """End it."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended. Raises subprocess.TimeoutExpired."""


class GivenUp(Exception):
    """A child ends again and again: something is wrong with it."""


class Part:
    """A child of the demo by its name, started again when it ends, which is said."""

    def __init__(self, name: str, start: Callable[[], Child], say: Callable[[str], object]) -> None:
        """Start it."""
        self.name = name
        self.child: Child = start()
        self._start, self._say = start, say
        self._ends: deque[float] = deque(maxlen=MOST_ENDS)
        self._due: float | None = None

    def look(self, now: float) -> None:
        """Start it again where it has ended and its pause is over. Raises GivenUp when that is of no use."""
        if self._due is None:
            ended = self.child.poll()
            if ended is None:
                return
            self._ends.append(now)
            said = f"The {self.name} ended {how(ended)}"
            if len(self._ends) == MOST_ENDS and now - self._ends[0] < ENDS_SECONDS:
                raise GivenUp(f"{said}, for the {MOST_ENDS}th time within {ENDS_SECONDS:g} s")
            self._say(f"{said}; it starts again in {PAUSE_SECONDS:g} s")
            self._due = now + PAUSE_SECONDS
        if now >= self._due:
            self.child, self._due = self._start(), None
            self._say(f"The {self.name} runs again")


def how(ended: int) -> str:
    """Return how a process ended, in words: its status, or the signal that ended it."""
    if ended >= 0:
        return f"with status {ended}"
    try:
        name = signal.Signals(-ended).name
    except ValueError:
        name = f"signal {-ended}"
    return f"by {name}" + (": somebody killed it, or the machine had no memory left" if name == "SIGKILL" else "")


class Forked:
    """A child made of this process, with everything that is loaded already."""

    def __init__(self, target: Any, *args: Any) -> None:
        """Start it."""
        # Two processes on one connection would read each other's answers.
        connections.close_all()
        self._process = multiprocessing.get_context("fork").Process(target=target, args=args)
        self._process.start()

    def poll(self) -> int | None:
        """Return how it ended; None while it runs."""
        return self._process.exitcode

    def terminate(self) -> None:
        """Ask it to end."""
        self._process.terminate()

    def kill(self) -> None:
        """End it."""
        self._process.kill()

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended. Raises subprocess.TimeoutExpired."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired("web", timeout or 0)
        return self._process.exitcode


def serving(port: int) -> Child:
    """Start the server of pages and sockets. On Linux without loading the project a second time: five seconds."""
    if sys.platform == "linux":
        return Forked(_serve, port)
    # A fork of a process that has used the system's frameworks is not safe elsewhere.
    code = f"from shop.demo.children import _serve; _serve({port})"
    return subprocess.Popen([sys.executable, "-c", f"import django; django.setup(); {code}"], cwd=settings.BASE_DIR)


def _serve(port: int) -> None:
    import uvicorn  # reason: this module is loaded by commands that serve nothing

    uvicorn.run(
        APPLICATION,
        host="127.0.0.1",
        port=port,
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        log_level="warning",
        server_header=False,
        # Else anybody on this machine says by a header where it comes from (TRUSTED_PROXIES is what we believe).
        proxy_headers=False,
    )


def worker_command(var: Path) -> list[str]:
    """Return the command of the one worker, which is its own scheduler."""
    # It runs as whoever started the demo, and says so each time.
    hush = ["-W", "ignore:You're running the worker with superuser privileges"]
    celery = ["celery", "-q", "-A", "shop.config.celery", "worker", "--beat", "--pool", "solo", "--loglevel", "warning"]
    quiet = ["--without-mingle", "--without-gossip", "--schedule", str(var / "beat")]
    return [sys.executable, *hush, "-m", *celery, *quiet]
