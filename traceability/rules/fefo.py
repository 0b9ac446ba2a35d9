"""Which lots a parcel's pieces come from: first to expire first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Candidate:
    """A lot that may be sent, with the grams that are left of it."""

    lot_id: int
    best_before: date | None
    harvested_on: date
    left_grams: int


def split(pieces: int, grams_per_piece: int, lots: Iterable[Candidate]) -> tuple[list[tuple[int, int]], int]:
    """Return (lot id, pieces) in the order in which they expire, and the pieces that no lot has.

    A piece is never parted. Lots without a date come last; of one date the earlier harvest, then the lower id, goes first.
    """
    grams = max(grams_per_piece, 1)
    order = sorted(
        lots, key=lambda lot: (lot.best_before is None, lot.best_before or date.max, lot.harvested_on, lot.lot_id)
    )
    taken = []
    for lot in order:
        count = min(pieces, lot.left_grams // grams)
        if count > 0:
            taken.append((lot.lot_id, count))
            pieces -= count
        if not pieces:
            break
    return taken, pieces
