"""Which pieces on the shelf have to be held because lots were stopped: those that no other lot can be sent for.

Pieces on the shelf belong to no lot before they are sent. So a stopped lot takes away only what the lots in order can
not cover, and never more pieces than it has itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from traceability.rules.fefo import Candidate, split


@dataclass(frozen=True, slots=True)
class OnShelf:
    """Pieces of one specification: `free` could be held, `promised` wait in orders and stay. Each weighs `net_grams`."""

    stock_id: int
    net_grams: int
    free: int
    promised: int = 0


@dataclass(frozen=True, slots=True)
class Stopped:
    """A lot that nothing is sent of, with the packed grams that are left of it."""

    lot_id: int
    left_grams: int


def uncovered(shelf: Sequence[OnShelf], sound: Sequence[Candidate]) -> dict[int, int]:
    """Return, by stock id, the free pieces that `sound` lots can't be sent for; orders are served first."""
    left = list(sound)
    for row in shelf:
        left = _sent(row.promised, row.net_grams, left)[1]
    found = {}
    for row in shelf:
        short, left = _sent(row.free, row.net_grams, left)
        found[row.stock_id] = short
    return found


def _sent(pieces: int, net_grams: int, lots: Sequence[Candidate]) -> tuple[int, list[Candidate]]:
    """Return how many of `pieces` the lots have not, and what is left of the lots."""
    taken, short = split(pieces, net_grams, lots)
    used = dict(taken)
    grams = max(net_grams, 1)
    return short, [replace(lot, left_grams=lot.left_grams - used.get(lot.lot_id, 0) * grams) for lot in lots]


def to_hold(
    shelf: Sequence[OnShelf], sound: Sequence[Candidate], stopped: Iterable[Stopped]
) -> dict[int, dict[int, int]]:
    """Return what each stopped lot holds: lot id → stock id → pieces. Lots by id; most goods first.

    A part of a piece is no piece: a lot of 50 kg holds eleven pieces of 4.5 kg.
    """
    short = uncovered(shelf, sound)
    order = sorted(shelf, key=lambda row: (-row.net_grams * short[row.stock_id], row.stock_id))
    found: dict[int, dict[int, int]] = {}
    for lot in sorted(stopped, key=lambda each: each.lot_id):
        left, own = lot.left_grams, {}
        for row in order:
            pieces = min(short[row.stock_id], left // max(row.net_grams, 1))
            if pieces > 0:
                own[row.stock_id] = pieces
                short[row.stock_id] -= pieces
                left -= pieces * row.net_grams
        found[lot.lot_id] = own
    return found
