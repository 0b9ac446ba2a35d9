"""Which pieces on the shelf have to be held because lots were stopped: those that no other lot can be sent for.

The shelf is every pool that sells: the shop's and each drop's. Pieces there belong to no lot before they are sent. So a stopped lot takes away only what the lots in order can
not cover, and never more pieces than it has itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from traceability.rules.fefo import Candidate, Waiting, after_waiting, missing_of, split


@dataclass(frozen=True, slots=True)
class OnShelf:
    """Pieces of one pool: `free` could be held, `promised` wait in orders and stay. Each weighs `net_grams`.

    `owed`: of the promised, those that are not there.
    """

    stock_id: int
    net_grams: int
    free: int
    promised: int = 0
    owed: int = 0


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
    """Return what each stopped lot holds: lot id → stock id → pieces; most goods first.

    What is missing is shared by the stopped lots as they weigh, each holds its own. A part of a piece is no piece: a
    lot of 50 kg holds eleven pieces of 4.5 kg.
    """
    short = uncovered(shelf, sound)
    order = sorted(shelf, key=lambda row: (-row.net_grams * short[row.stock_id], row.stock_id))
    lots = sorted(stopped, key=lambda each: each.lot_id)
    left = {lot.lot_id: lot.left_grams for lot in lots}
    found: dict[int, dict[int, int]] = {lot.lot_id: {} for lot in lots}
    for row in order:
        for lot_id, pieces in _shared(short[row.stock_id], row.net_grams, left):
            found[lot_id][row.stock_id] = pieces
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
    """Return, by stock id, the pieces that stand there for waiting orders and that `sound` lots can't be sent for.

    Without what is owed to them already: that is no lot's, and takes no sound goods before those that stand there.
    """
    left, short = list(sound), {}
    for row in shelf:
        short[row.stock_id], left = _sent(max(0, row.promised - row.owed), row.net_grams, left)
    return short


def owed_of(shelf: Sequence[OnShelf], lacking: Mapping[int, int], grams: int) -> dict[int, int]:
    """Return, by stock id, the pieces that a lot of `grams` which is gone owes to orders: of those that lack goods.

    Never more whole pieces than the lot had.
    """
    found = {}
    for row in shelf:
        net = max(row.net_grams, 1)
        pieces = min(lacking[row.stock_id], grams // net)
        if pieces:
            found[row.stock_id] = pieces
            grams -= pieces * net
    return found


class Counted:
    """Pieces of the shelf by stock id: `free` ones are on sale, `owed` ones wait in orders."""

    __slots__ = ()
    free: Mapping[int, int]
    owed: Mapping[int, int]

    @property
    def on_sale(self) -> int:
        """How many are on sale, over all pools."""
        return sum(self.free.values())

    @property
    def in_orders(self) -> int:
        """How many wait in orders, over all pools."""
        return sum(self.owed.values())

    @property
    def pieces(self) -> int:
        """How many there are."""
        return self.on_sale + self.in_orders


@dataclass(frozen=True, slots=True)
class Rest(Counted):
    """Pieces of the shelf (by stock id) that are those of a lot's rest: no other sound lot can be sent for them.

    `free` ones are on sale, `owed` ones wait in orders. Never more whole pieces than the lot has left.
    """

    free: dict[int, int]
    owed: dict[int, int]


def rest_of_lot(shelf: Sequence[OnShelf], others: Sequence[Candidate], left_grams: int) -> Rest:
    """Return what of a shelf are the pieces of a lot that was on sale until now; `others` can still be sent.

    `shelf` is without what is held: that is of lots that were stopped before, or of nobody's. Orders come first: they
    would have been sent from this lot before anybody bought more of it.
    """
    owed = owed_of(shelf, promised_short(shelf, others), left_grams)
    left = left_grams - sum(owed.get(row.stock_id, 0) * max(row.net_grams, 1) for row in shelf)
    return Rest(to_hold(shelf, others, [Stopped(0, left)])[0], owed)


@dataclass(frozen=True, slots=True)
class Line:
    """Pieces of one order line that wait, reserved in one pool (`stock_id`) of a stock record."""

    stock_id: int
    record_id: int
    waits: Waiting


def lines_short(
    lines: Sequence[Line], owed: Mapping[int, int], free: Mapping[int, int], sound: Sequence[Candidate], grams: int
) -> list[int]:
    """Return, for each line, the pieces that are not there, or are of a stopped lot and no sound lot can be sent for.

    `lines` come as they are served, all that reserved something. What is `owed` (by stock id) belongs to the last
    lines of its own pool; sound lots are sent for what stands there before they are for that. `grams` of stopped lots
    are among the pieces of these lines: the last ones have them. `free` pieces (by stock record), which are of no
    stopped lot, come in their place.
    """
    reserved: dict[int, int] = {}
    for line in lines:
        reserved[line.stock_id] = reserved.get(line.stock_id, 0) + line.waits.pieces
    there = {stock_id: max(0, pieces - owed.get(stock_id, 0)) for stock_id, pieces in reserved.items()}
    standing, lacking = [], []
    for line in lines:
        pieces = min(line.waits.pieces, there[line.stock_id])
        there[line.stock_id] -= pieces
        standing.append(replace(line.waits, pieces=pieces))
        lacking.append(replace(line.waits, pieces=line.waits.pieces - pieces))
    short = missing_of(after_waiting(sound, standing), lacking)
    left = dict(free)
    for number, missing in reversed(list(enumerate(missing_of(sound, standing)))):
        net = max(standing[number].grams_per_piece, 1)
        pieces = min(missing, grams // net)
        grams -= pieces * net
        come = min(pieces, left.get(lines[number].record_id, 0))
        left[lines[number].record_id] = left.get(lines[number].record_id, 0) - come
        short[number] += pieces - come
    return short


def without_fresh(shelf: Sequence[OnShelf], fresh: Mapping[int, int]) -> list[OnShelf]:
    """Return a shelf without the free pieces that came after a lot was stopped (`fresh`, by stock id)."""
    return [replace(row, free=row.free - min(row.free, fresh.get(row.stock_id, 0))) for row in shelf]
