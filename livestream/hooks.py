"""Who is told that a session has new events. Wired in `shop/config/wiring.py` to the channel layer."""

from collections.abc import Callable

Waker = Callable[[int, bool], None]
wakers: list[Waker] = []


def connect(waker: Waker) -> None:
    """Have `waker(session_id, urgent)` called after each commit that appended events."""
    if waker not in wakers:
        wakers.append(waker)


def wake(session_id: int, *, urgent: bool) -> None:
    """Tell everyone; chat alone is not urgent. They only look sooner: events are in the database whatever happens here."""
    for waker in wakers:
        waker(session_id, urgent)
