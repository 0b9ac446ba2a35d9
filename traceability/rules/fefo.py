"""Which lots a parcel's pieces come from: first to expire first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
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
    taken = []
    for lot in _by_expiry(lots):
        count = min(pieces, lot.left_grams // grams)
        if count > 0:
            taken.append((lot.lot_id, count))
            pieces -= count
        if not pieces:
            break
    return taken, pieces


def _by_expiry(lots: Iterable[Candidate]) -> list[Candidate]:
    return sorted(
        lots, key=lambda lot: (lot.best_before is None, lot.best_before or date.max, lot.harvested_on, lot.lot_id)
    )


@dataclass(frozen=True, slots=True)
class Dates:
    """What is promised of goods: harvested on a day or later, best before a day or later (None: it keeps)."""

    harvested_on: date | None
    best_before: date | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Pieces of orders that wait to be sent, and what they were promised, if anything."""

    pieces: int
    grams_per_piece: int
    promised: Dates | None = None


def keeps(harvested_on: date, best_before: date | None, promised: Dates | None) -> bool:
    """Tell whether a lot of these days keeps a promise. A lot without a last day keeps as long as is asked."""
    if promised is None:
        return True
    if promised.harvested_on is not None and harvested_on < promised.harvested_on:
        return False
    return promised.best_before is None or best_before is None or best_before >= promised.best_before


def after_waiting(lots: Sequence[Candidate], waiting: Iterable[Waiting]) -> list[Candidate]:
    """Return what is left of lots once all that waits was sent, each from the lots that keep its promise."""
    left = {lot.lot_id: lot for lot in lots}
    for each in waiting:
        fitting = [lot for lot in left.values() if keeps(lot.harvested_on, lot.best_before, each.promised)]
        for lot_id, pieces in split(each.pieces, each.grams_per_piece, fitting)[0]:
            grams = pieces * max(each.grams_per_piece, 1)
            left[lot_id] = replace(left[lot_id], left_grams=left[lot_id].left_grams - grams)
    return list(left.values())


def pieces_keeping(promised: Dates, grams_per_piece: int, lots: Iterable[Candidate]) -> int:
    """Return how many pieces, sent first to expire first, keep a promise: those before the first lot that breaks it."""
    found = 0
    for lot in _by_expiry(lots):
        if not keeps(lot.harvested_on, lot.best_before, promised):
            break
        found += lot.left_grams // max(grams_per_piece, 1)
    return found


def missing_of(lots: Sequence[Candidate], waiting: Iterable[Waiting]) -> list[int]:
    """Return, for each that waits, the pieces that no lot is left for once those before it were sent."""
    left = {lot.lot_id: lot for lot in lots}
    found = []
    for each in waiting:
        fitting = [lot for lot in left.values() if keeps(lot.harvested_on, lot.best_before, each.promised)]
        taken, short = split(each.pieces, each.grams_per_piece, fitting)
        for lot_id, pieces in taken:
            grams = pieces * max(each.grams_per_piece, 1)
            left[lot_id] = replace(left[lot_id], left_grams=left[lot_id].left_grams - grams)
        found.append(short)
    return found


def dates_of(pieces: int, grams_per_piece: int, lots: Sequence[Candidate]) -> tuple[Dates | None, list[Candidate]]:
    """Return what can be promised of pieces that come from these lots, and what is left of the lots then.

    Nothing is promised of pieces that the lots do not hold.
    """
    taken, short = split(pieces, grams_per_piece, lots)
    if short or not taken:
        return None, list(lots)
    used = dict(taken)
    own = [lot for lot in lots if lot.lot_id in used]
    days = [lot.best_before for lot in own if lot.best_before is not None]
    left = [replace(lot, left_grams=lot.left_grams - used.get(lot.lot_id, 0) * max(grams_per_piece, 1)) for lot in lots]
    return Dates(min(lot.harvested_on for lot in own), min(days, default=None)), left
