"""What is still expected of pieces beyond the lots whose harvest a supplier said to record by a day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from traceability.rules.fefo import Candidate
from traceability.rules.holding import OnShelf, Rest, rest_of_lot


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Pieces of no lot, (stock record, net grams, pieces), whose harvest is recorded by a day, as was said at a moment."""

    pk: int
    at: datetime
    harvest_by: date
    pieces: tuple[tuple[int, int, int], ...]


@dataclass(slots=True)
class _Stands:
    """What stands for confirmed pieces, once: the grams of a harvest, or pieces of a stock record that are gone."""

    record: int | None
    since: datetime
    left: int

    def take(self, pieces: int, each: int) -> int:
        """Take whole pieces that need `each` of it, as many as there are; return how many."""
        count = min(pieces, self.left // each)
        self.left -= count * each
        return count


def outstanding(
    confirmed: Sequence[Confirmed],
    *,
    harvests: Iterable[tuple[datetime, int]],
    taken: Iterable[tuple[int, datetime, int]],
) -> list[dict[int, int]]:
    """Return, for each confirmation, the pieces (by stock record) that are neither gone nor harvested since, first first.

    `harvests`: (when it was recorded, its grams), each of which stands for whole pieces once. `taken`: (stock record,
    when, pieces) of what was taken off by hand, which stands for pieces once, too.
    """
    harvested = [_Stands(None, since, weight) for since, weight in harvests]
    gone = [_Stands(record, since, pieces) for record, since, pieces in taken]
    found = []
    for each in confirmed:
        own: dict[int, int] = {}
        for record, net_grams, pieces in each.pieces:
            left = pieces
            for row in gone:
                if row.record == record and row.since > each.at:
                    left -= row.take(left, 1)
            for row in harvested:
                if row.since > each.at:
                    left -= row.take(left, max(net_grams, 1))
            own[record] = left
        found.append(own)
    return found


def grown(stands: Mapping[int, int], expected: Iterable[Mapping[int, int]]) -> dict[int, int]:
    """Return, by stock record, the pieces beyond the lots that no confirmation speaks of."""
    left = dict(stands)
    for each in expected:
        for record, pieces in each.items():
            if record in left:
                left[record] -= pieces
    return {record: pieces for record, pieces in left.items() if pieces > 0}


def rest_confirmed(
    shelf: Sequence[OnShelf],
    others: Sequence[Candidate],
    confirmed: Sequence[Confirmed],
    expected: Iterable[Mapping[int, int]],
) -> Rest:
    """Return what of a shelf are pieces that were confirmed and are still expected, one map for each confirmation.

    What of it is on sale is taken off once the confirmed day has passed: the pages say it before, from the same.
    """
    net = {record: grams for each in confirmed for record, grams, _pieces in each.pieces}
    return rest_of_lot(shelf, others, sum(pieces * net[record] for own in expected for record, pieces in own.items()))


def pieces_by_day(
    shelf: Sequence[OnShelf],
    others: Sequence[Candidate],
    confirmed: Sequence[Confirmed],
    expected: Sequence[Mapping[int, int]],
    on_sale: int,
) -> list[tuple[date, int]]:
    """Return how many of the pieces on sale are taken off after each confirmed day, the first first; never more in all."""
    found = []
    for day in sorted({each.harvest_by for each in confirmed}):
        due = [(each, own) for each, own in zip(confirmed, expected, strict=True) if each.harvest_by == day]
        rest = rest_confirmed(shelf, others, [each for each, _own in due], [own for _each, own in due])
        pieces = min(rest.on_sale, on_sale)
        on_sale -= pieces
        if pieces:
            found.append((day, pieces))
    return found
