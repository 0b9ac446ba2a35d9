"""What was sent of lots that were recalled afterwards, and the lots that wait to be disposed of."""

from collections.abc import Collection, Iterable

from django.db.models import QuerySet, Sum

from traceability.models import ParcelLot, ProduceLot
from traceability.states import LotState

# A recalled lot's rest is disposed of, its parcels are still out: nothing else that is disposed of was sent before.
RECALLED = (LotState.RECALLED, LotState.DISPOSED)
STOPPED = (LotState.HELD, LotState.RECALLED)


def recalled_of_lines(line_ids: Collection[int]) -> list[tuple[int, str, int]]:
    """Return (line, code of the lot, pieces) of what was sent from lots recalled since. One query, none without lines."""
    if not line_ids:
        return []
    rows = ParcelLot.objects.filter(line_id__in=line_ids, lot__state__in=RECALLED)
    found = rows.values_list("line_id", "lot__code").annotate(sent=Sum("pieces")).order_by("line_id", "lot__code")
    return list(found)


def recalled_line_ids() -> QuerySet[ParcelLot, int]:
    """Return the order lines (ids) that something was sent for from lots recalled since, as a subquery."""
    return ParcelLot.objects.filter(lot__state__in=RECALLED).values_list("line_id", flat=True)


def lines_sent_of(lot_id: int) -> list[int]:
    """Return the order lines (ids) that pieces of a lot were sent for. One query."""
    return sorted(set(ParcelLot.objects.filter(lot=lot_id).values_list("line_id", flat=True)))


def lots_going(supplier_id: int) -> list[ProduceLot]:
    """Return a supplier's lots of which something may be to be done, the first first, with their products. One query."""
    states = [*STOPPED, LotState.OPEN, LotState.AWAITING]
    rows = ProduceLot.objects.filter(supplier_id=supplier_id, state__in=states)
    return list(rows.select_related("listing").order_by("pk"))


def lots_to_dispose(lots: Iterable[ProduceLot]) -> list[ProduceLot]:
    """Return which of `lots` a test failed, and nothing was done about yet."""
    return [lot for lot in lots if lot.state in STOPPED]
