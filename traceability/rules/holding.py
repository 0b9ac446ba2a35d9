"""Which pieces on the shelf have to be held because lots were stopped: those that no other lot can be sent for.

The shelf is every pool that sells: the shop's and each drop's. Pieces there belong to no lot before they are sent. So a stopped lot takes away only what the lots in order can
not cover, and never more pieces than it has itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from traceability.rules.fefo import Candidate, split


@dataclass(frozen=True, slots=True)
class OnShelf:
    """Pieces of one pool: `free` could be held, `promised` wait in orders and stay. Each weighs `net_grams`."""

    stock_id: int
    net_grams: int
    free: int
    promised: int = 0


@dataclass(frozen=True, slots=True)
class Stopped:
    """A lot that nothing is sent of, with the packed grams that are left of it.

    One that `is_gone` was disposed of: left is what it still owes to orders that wait.
    """

    lot_id: int
    left_grams: int
    is_gone: bool = False


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
    """Return what each stopped lot holds: lot id → stock id → pieces; most goods first.

    What is missing is shared by the stopped lots as they weigh, each holds its own; those that are gone (`is_gone`)
    hold only what the others can't. A part of a piece is no piece: a lot of 50 kg holds eleven pieces of 4.5 kg.
    """
    short = uncovered(shelf, sound)
    order = sorted(shelf, key=lambda row: (-row.net_grams * short[row.stock_id], row.stock_id))
    lots = sorted(stopped, key=lambda each: each.lot_id)
    left = {lot.lot_id: lot.left_grams for lot in lots}
    found: dict[int, dict[int, int]] = {lot.lot_id: {} for lot in lots}
    for row in order:
        for same in ([lot for lot in lots if not lot.is_gone], [lot for lot in lots if lot.is_gone]):
            missing = short[row.stock_id]
            for lot_id, pieces in _shared(missing, row.net_grams, {lot.lot_id: left[lot.lot_id] for lot in same}):
                found[lot_id][row.stock_id] = pieces
                short[row.stock_id] -= pieces
                left[lot_id] -= pieces * max(row.net_grams, 1)
    return found


def _shared(pieces: int, net_grams: int, left: Mapping[int, int]) -> list[tuple[int, int]]:
    """Share pieces among lots in proportion to what is left of each; what does not divide goes to the first."""
    room = {lot_id: grams // max(net_grams, 1) for lot_id, grams in left.items()}
    total = sum(room.values())
    pieces = min(pieces, total)
    own = {lot_id: pieces * most // total for lot_id, most in room.items()} if total else {}
    rest = pieces - sum(own.values())
    for lot_id, most in room.items():
        more = min(rest, most - own.get(lot_id, 0))
        if more > 0:
            own[lot_id] += more
            rest -= more
    return [(lot_id, count) for lot_id, count in own.items() if count]


def promised_short(shelf: Sequence[OnShelf], sound: Sequence[Candidate]) -> dict[int, int]:
    """Return, by stock id, the pieces that waiting orders lack when all `sound` lots are sent to them."""
    left, short = list(sound), {}
    for row in shelf:
        short[row.stock_id], left = _sent(row.promised, row.net_grams, left)
    return short


def owed_of(
    shelf: Sequence[OnShelf], lacking: Mapping[int, int], known: Mapping[int, int], grams: int
) -> dict[int, int]:
    """Return, by stock id, the pieces that a lot of `grams` which is gone owes to orders: of those that lack goods.

    Less what others owe already (`known`), and never more whole pieces than the lot had.
    """
    found = {}
    for row in shelf:
        net = max(row.net_grams, 1)
        pieces = min(max(0, lacking[row.stock_id] - known.get(row.stock_id, 0)), grams // net)
        if pieces:
            found[row.stock_id] = pieces
            grams -= pieces * net
    return found


def without_fresh(shelf: Sequence[OnShelf], fresh: Mapping[int, int]) -> list[OnShelf]:
    """Return a shelf without the free pieces that came after a lot was stopped (`fresh`, by stock id)."""
    return [replace(row, free=row.free - min(row.free, fresh.get(row.stock_id, 0))) for row in shelf]
