"""The demo's processes: one that ends is started again and named; one that can't stay is not tried for ever."""

import signal
import subprocess
import sys

import pytest

from manage import demo_address
from shop.demo.children import ENDS_SECONDS, MOST_ENDS, PAUSE_SECONDS, GivenUp, Part, how


class Child:
    """Ends when it is told to."""

    def __init__(self) -> None:
        self.ended: int | None = None

    def poll(self) -> int | None:
        return self.ended

    def terminate(self) -> None:
        self.ended = -signal.SIGTERM

    def kill(self) -> None:
        self.ended = -signal.SIGKILL

    def wait(self, timeout: float | None = None) -> int:
        return self.ended or 0


def test_a_child_that_ends_is_started_again_and_both_are_said() -> None:
    said: list[str] = []
    part = Part("worker", Child, said.append)
    first = part.child
    part.look(10.0)
    assert (part.child, said) == (first, [])
    first.kill()
    part.look(20.0)
    part.look(20.0 + PAUSE_SECONDS - 0.1)
    assert part.child is first
    part.look(20.0 + PAUSE_SECONDS)
    assert part.child is not first
    assert said == [
        "The worker ended by SIGKILL: somebody killed it, or the machine had no memory left; it starts again in 1 s",
        "The worker runs again",
    ]


def test_a_child_that_ends_again_and_again_is_given_up_with_the_reason() -> None:
    part = Part("web server", Child, print)
    for turn in range(MOST_ENDS - 1):
        part.child.kill()
        part.look(turn * 10.0)
        part.look(turn * 10.0 + PAUSE_SECONDS)
    part.child.ended = 3  # type: ignore[attr-defined]
    with pytest.raises(GivenUp, match="The web server ended with status 3, for the 5th time within 60 s"):
        part.look(ENDS_SECONDS - 1)


def test_ends_that_lie_apart_are_none_too_many() -> None:
    part = Part("worker", Child, print)
    for turn in range(3 * MOST_ENDS):
        part.child.kill()
        part.look(turn * ENDS_SECONDS)
        part.look(turn * ENDS_SECONDS + PAUSE_SECONDS)
    assert part.child.poll() is None


@pytest.mark.parametrize(
    ("ended", "words"), [(0, "with status 0"), (1, "with status 1"), (-15, "by SIGTERM"), (-99, "by signal 99")]
)
def test_how_a_process_ended_is_said(ended: int, words: str) -> None:
    assert how(ended) == words


def test_a_real_child_that_is_killed_is_replaced() -> None:
    said: list[str] = []
    part = Part(
        "sleeper", lambda: subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE), said.append
    )
    try:
        first = part.child
        first.kill()
        first.wait()
        part.look(0.0)
        part.look(PAUSE_SECONDS)
        assert part.child is not first
        assert part.child.poll() is None
        assert "SIGKILL" in said[0]
    finally:
        for child in (first, part.child):
            child.kill()
            child.wait()
            child.stdin.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("arguments", "address"),
    [
        (["manage.py", "run_demo"], "http://127.0.0.1:8000"),
        (["manage.py", "run_demo", "--prepare", "--port", "8321"], "http://127.0.0.1:8321"),
        (["manage.py", "run_demo", "--port=8321"], "http://127.0.0.1:8321"),
        (["manage.py", "check", "run_demo"], ""),
        (["manage.py"], ""),
    ],
)
def test_links_of_the_demo_lead_to_the_port_it_runs_on(arguments: list[str], address: str) -> None:
    assert demo_address(arguments) == address
