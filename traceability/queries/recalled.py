"""What was sent of lots that were recalled afterwards, and the lots that wait to be disposed of."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Q, QuerySet, Sum

from shop.core import audit
from traceability.models import ParcelLot, ProduceLot
from traceability.states import LotState

# A recalled lot's rest is disposed of, its parcels are still out: nothing else that is disposed of was sent before.
RECALLED = (LotState.RECALLED, LotState.DISPOSED)
STOPPED = (LotState.HELD, LotState.RECALLED)


def recalled_of_lines(line_ids: Collection[int]) -> list[tuple[int, int, str, int]]:
    """Return (line, id and code of the lot, pieces) of what was sent from lots recalled since.

    One query, none without lines.
    """
    if not line_ids:
        return []
    rows = ParcelLot.objects.filter(line_id__in=line_ids, lot__state__in=RECALLED)
    found = rows.values_list("line_id", "lot_id", "lot__code").annotate(sent=Sum("pieces"))
    return list(found.order_by("line_id", "lot__code"))


def recall_times(lot_ids: Collection[int]) -> dict[int, datetime]:
    """Return by lot (id) when it was recalled, as the audit trail has it; else when it was made, the earliest it can be.

    One query, two where the trail knows nothing of a lot; none without lots.
    """
    if not lot_ids:
        return {}
    moves = audit.entries(object_kind="lot", object_ids=lot_ids, action="lot_moved")
    found = {int(move.object_id): move.at for move in reversed(moves) if move.data["state"] in RECALLED}
    if rest := set(lot_ids) - found.keys():
        found |= dict(ProduceLot.objects.filter(pk__in=rest).values_list("pk", "created_at"))
    return found


def recalled_line_ids() -> QuerySet[ParcelLot, int]:
    """Return the order lines (ids) that something was sent for from lots recalled since, as a subquery."""
    return ParcelLot.objects.filter(lot__state__in=RECALLED).values_list("line_id", flat=True)


def lines_sent_of(lot_id: int) -> list[int]:
    """Return the order lines (ids) that pieces of a lot were sent for. One query."""
    return sorted(set(ParcelLot.objects.filter(lot=lot_id).values_list("line_id", flat=True)))


def lots_going(supplier_id: int) -> list[ProduceLot]:
    """Return a supplier's lots of which something may be to be done, the first first, with their products. One query.

    Those that are gone while orders wait for what was theirs are among them.
    """
    going = Q(state__in=[*STOPPED, LotState.OPEN, LotState.AWAITING]) | Q(owed_grams__gt=0)
    rows = ProduceLot.objects.filter(going, supplier_id=supplier_id)
    return list(rows.select_related("listing").order_by("pk"))


def lots_to_dispose(lots: Iterable[ProduceLot]) -> list[ProduceLot]:
    """Return which of `lots` a test failed, and nothing was done about yet."""
    return [lot for lot in lots if lot.state in STOPPED]
