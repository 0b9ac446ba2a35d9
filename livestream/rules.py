"""What holds in a live room: limits of chat, of drops, where a clip stands. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Cut:
    """A deep cut, in 分: the flash price, the shop's, and the lowest that was paid lately where that counts."""

    price_fen: int
    list_fen: int
    lowest_fen: int | None


LONGEST_MESSAGE = 200
# A person may write this often: five messages in ten seconds.
BURST = 5
BURST_WINDOW = timedelta(seconds=10)
# A frame carries so many lines of chat at most: nobody reads forty a second.
CROWD = 20
LONGEST_DROP = timedelta(hours=2)
SHORTEST_DROP = timedelta(seconds=30)
MOST_DROP_PIECES = 10_000
MOST_TRAY_ITEMS = 60
# A session may be planned for now: whoever types the time needs a moment.
JUST_NOW = timedelta(minutes=5)
AHEAD = timedelta(days=366)
# A planned session that has not begun so long after its time is not announced any more, and hides no other.
OVERDUE = timedelta(hours=2)
# A process that has not counted its viewers for so long is gone.
AUDIENCE_FRESH = timedelta(seconds=20)


def clip_position(*, started_at: datetime | None, now: datetime, clip_seconds: float) -> float:
    """Return at which second of its clip a session stands; the clip plays round and round."""
    if started_at is None or clip_seconds <= 0:
        return 0.0
    return max(0.0, (now - started_at).total_seconds()) % clip_seconds


def deep_cut(*, price_fen: int, list_fen: int, lowest_fen: int | None, percent: int) -> Cut | None:
    """Return the cut where a flash price is deep: `percent` off the shop's price, or below the lowest paid lately."""
    is_below = lowest_fen is not None and price_fen < lowest_fen
    if not is_below and (list_fen - price_fen) * 100 < percent * list_fen:
        return None
    return Cut(price_fen, list_fen, lowest_fen if is_below else None)


def moved(order: list[int], item: int, to: int) -> list[int]:
    """Return `order` with `item` at place `to` (0 is the first; beyond an end is the end)."""
    rest = [each for each in order if each != item]
    place = max(0, min(to, len(rest)))
    return [*rest[:place], item, *rest[place:]]


def last_of(lines: Sequence[T], most: int, *, first: Callable[[T], bool]) -> list[T]:
    """Return at most `most` lines in their order: the last of those that come `first`, then the last of the others."""
    if len(lines) <= most:
        return list(lines)
    ahead = [place for place, line in enumerate(lines) if first(line)][-most:]
    rest = [place for place, line in enumerate(lines) if not first(line)]
    taken = {*ahead, *rest[len(rest) - min(len(rest), most - len(ahead)) :]}
    return [line for place, line in enumerate(lines) if place in taken]
