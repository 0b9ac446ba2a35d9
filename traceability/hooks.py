"""What packages above lots and certificates answer and hear. Wired in `shop/config/wiring.py`; unwired, nothing waits."""

from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Waiting:
    """Orders that wait for goods of a product which no sound lot has: paid ones, their pieces and their numbers.

    Those that wait for their money too are counted apart: they are served after the paid ones.
    """

    orders: int = 0
    pieces: int = 0
    numbers: tuple[str, ...] = ()
    unpaid_orders: int = 0
    unpaid_pieces: int = 0

    def __add__(self, other: "Waiting") -> "Waiting":
        return Waiting(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    def exceeds(self, other: "Waiting") -> bool:
        """Tell whether more pieces wait than of `other`, paid or not."""
        return self.pieces > other.pieces or self.unpaid_pieces > other.unpaid_pieces

    @property
    def is_any(self) -> bool:
        """Whether anything waits."""
        return self.exceeds(Waiting())

    @property
    def facts(self) -> dict[str, Any]:
        """The figures, as every door says them."""
        return asdict(self) | {"numbers": list(self.numbers)}


WaitingOf = Callable[[int, datetime, Collection[int]], Waiting]
Stopped = Callable[[int, datetime], None]
Expired = Callable[[int, int, datetime], None]


def _nothing_waits(listing_id: int, at: datetime, without: Collection[int]) -> Waiting:
    return Waiting()


_waiting_of: WaitingOf = _nothing_waits
_stopped: list[Stopped] = []
_expired: list[Expired] = []
_kept_over: list[Expired] = []
_beyond_over: list[Expired] = []


def connect_waiting(source: WaitingOf) -> None:
    """Have `source(listing_id, at, without)` say which orders no sound lot can be sent for, were some lots gone."""
    global _waiting_of  # noqa: PLW0603  # wired once, when the apps are ready
    _waiting_of = source


def waiting_of(listing_id: int, at: datetime, without: Collection[int] = ()) -> Waiting:
    """Return the orders of a product that no sound lot can be sent for, as if the lots `without` were gone."""
    return _waiting_of(listing_id, at, without)


def connect_stopped(hearer: Stopped) -> None:
    """Call `hearer(lot_id, at)` in the transaction that stops a lot: a test of it, or of what it was mixed from, failed."""
    if hearer not in _stopped:
        _stopped.append(hearer)


def lot_stopped(lot_id: int, at: datetime) -> None:
    """Tell who wants to know that a lot was stopped."""
    for hearer in _stopped:
        hearer(lot_id, at)


def connect_kept_over(hearer: Expired) -> None:
    """Call `hearer(lot_id, pieces, at)` when pieces that stayed with a finished lot leave the shelf, in its transaction."""
    if hearer not in _kept_over:
        _kept_over.append(hearer)


def lot_kept_over(lot_id: int, pieces: int, at: datetime) -> None:
    """Tell who wants to know that no harvest was recorded in time for pieces that stayed with a finished lot."""
    for hearer in _kept_over:
        hearer(lot_id, pieces, at)


def connect_beyond_over(hearer: Expired) -> None:
    """Call `hearer(listing_id, pieces, at)` when pieces beyond a product's lots leave the shelf, in its transaction."""
    if hearer not in _beyond_over:
        _beyond_over.append(hearer)


def beyond_over(listing_id: int, pieces: int, at: datetime) -> None:
    """Tell who wants to know that no harvest was recorded in time for pieces beyond the lots of a product."""
    for hearer in _beyond_over:
        hearer(listing_id, pieces, at)


def connect_expired(hearer: Expired) -> None:
    """Call `hearer(lot_id, pieces, at)` in the transaction that takes an expired lot's pieces off the shelf."""
    if hearer not in _expired:
        _expired.append(hearer)


def lot_expired(lot_id: int, pieces: int, at: datetime) -> None:
    """Tell who wants to know that a lot expired, and how many pieces left the shelf, those of orders included."""
    for hearer in _expired:
        hearer(lot_id, pieces, at)
