"""What is still expected of pieces beyond the lots whose harvest a supplier said to record by a day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime


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
