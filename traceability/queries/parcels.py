"""Trace codes of parcels, for the pages of packages above."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import F
from django.utils import timezone

from traceability.models import ProduceLot, TracedParcel
from traceability.rules.codes import grouped
from traceability.states import LotState


def codes_of(shipment_ids: Iterable[int]) -> dict[int, str]:
    """Return the trace codes of shipments, by shipment. One query."""
    rows = TracedParcel.objects.filter(shipment_id__in=list(shipment_ids))
    return dict(rows.values_list("shipment_id", "code"))


def printed(code: str) -> str:
    """Return a code as it is printed on a parcel."""
    return grouped(code)


def lots_to_choose(supplier_id: int, listing_ids: Iterable[int], *, at: datetime) -> dict[int, list[ProduceLot]]:
    """Return the lots that may be sent now, by listing, the first to expire first. One query."""
    day = timezone.localtime(at).date()
    rows = ProduceLot.objects.filter(
        supplier_id=supplier_id,
        listing_id__in=list(listing_ids),
        state=LotState.OPEN,
        harvested_on__lte=day,
        assigned_grams__lt=F("harvested_grams"),
    ).order_by(F("best_before").asc(nulls_last=True), "harvested_on", "pk")
    found: dict[int, list[ProduceLot]] = {}
    for lot in rows:
        if _keeps(lot.best_before, day):
            found.setdefault(lot.listing_id, []).append(lot)
    return found


def _keeps(best_before: date | None, day: date) -> bool:
    return best_before is None or best_before >= day
