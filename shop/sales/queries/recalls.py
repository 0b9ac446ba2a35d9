"""What of order lines is recalled since it was sent: how many pieces, and since when."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from shop.sales.models import LineFacts, OrderFacts
from traceability.queries.recalled import recall_times, recalled_of_lines


@dataclass(frozen=True, slots=True)
class Recall:
    """Pieces that a line was sent of lots recalled since; `since` when the first of these lots was."""

    pieces: int
    since: datetime


def recalls_of(line_ids: Collection[int]) -> dict[int, Recall]:
    """Return by line (id) what of it is recalled. One query, two where something is."""
    rows = recalled_of_lines(line_ids)
    times = recall_times({lot_id for _line, lot_id, _code, _pieces in rows})
    found: dict[int, Recall] = {}
    for line_id, lot_id, _code, pieces in rows:
        before = found.get(line_id)
        since = min(times[lot_id], before.since) if before else times[lot_id]
        found[line_id] = Recall(pieces + (before.pieces if before else 0), since)
    return found


def recall_of(line: LineFacts) -> Recall | None:
    """Return what of one line is recalled, None where nothing is. One query, two where something is."""
    return recalls_of([line.pk]).get(line.pk) if line.shipped else None


def note_recalls(orders: Iterable[OrderFacts]) -> None:
    """Note on each line what of it is recalled (`recall`, None for nothing).

    One query where something was sent, two where some of it is recalled. Needs the orders' lines.
    """
    lines = [line for order in orders for line in order.lines.all()]
    found = recalls_of({line.pk for line in lines if line.shipped})
    for line in lines:
        line.recall = found.get(line.pk)  # type: ignore[attr-defined]  # noted on the row for who shows it
