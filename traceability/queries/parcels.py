"""Trace codes of parcels, for the pages of packages above."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from traceability.models import HAS_LEFT, ParcelLot, ProduceLot, TracedParcel
from traceability.queries.recalled import RECALLED
from traceability.rules.codes import grouped
from traceability.states import LotState


@dataclass(frozen=True)
class ParcelCode:
    """A parcel's trace code, and whether lots, and a certificate of one, were recorded for what is in it.

    `is_recalled`: a lot of it was recalled after it was sent.
    """

    code: str
    has_lots: bool
    has_certificate: bool
    is_recalled: bool

    @property
    def printed(self) -> str:
        """The code as it stands on the parcel."""
        return grouped(self.code)


def codes_of(shipment_ids: Iterable[int]) -> dict[int, ParcelCode]:
    """Return the trace codes of shipments, by shipment. One query, none without shipments."""
    wanted = list(shipment_ids)
    if not wanted:
        return {}
    lots = ParcelLot.objects.filter(parcel=OuterRef("pk"))
    rows = TracedParcel.objects.filter(shipment_id__in=wanted).annotate(
        has_lots=Exists(lots),
        has_certificate=Exists(lots.filter(lot__certificates__isnull=False)),
        is_recalled=Exists(lots.filter(lot__state__in=RECALLED)),
    )
    return {row.shipment_id: ParcelCode(row.code, row.has_lots, row.has_certificate, row.is_recalled) for row in rows}


def lots_to_choose(supplier_id: int, listing_ids: Iterable[int], *, at: datetime) -> dict[int, list[ProduceLot]]:
    """Return the lots that may be sent now, by listing, the first to expire first. One query.

    Packed, with something left of it (`lot.left_grams`), open (no test failed or missing), not expired.
    """
    day = timezone.localtime(at).date()
    rows = ProduceLot.objects.filter(
        HAS_LEFT,
        supplier_id=supplier_id,
        listing_id__in=list(listing_ids),
        state=LotState.OPEN,
        harvested_on__lte=day,
    ).order_by(F("best_before").asc(nulls_last=True), "harvested_on", "pk")
    found: dict[int, list[ProduceLot]] = {}
    for lot in rows:
        if _keeps(lot.best_before, day):
            found.setdefault(lot.listing_id, []).append(lot)
    return found


def _keeps(best_before: date | None, day: date) -> bool:
    return best_before is None or best_before >= day
