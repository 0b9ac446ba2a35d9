"""What a parcel's trace page shows, in few queries whatever is in the parcel."""

from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import Q

from catalog.queries import Rendition
from catalog.queries.places import shown_picture
from catalog.queries.trade import first_pictures
from traceability.models import (
    ConformityCertificate,
    ParcelLot,
    Plot,
    ProduceLot,
    SupplierChain,
    TracedParcel,
    TraceEvent,
)
from traceability.queries.telling import Told, told
from traceability.queries.verifying import Broken, fault_of, verify_chain
from traceability.rules import chain
from traceability.states import BizStep

WHOLE_SECONDS = 60
_SUPPLIER = ("supplier__county", "supplier__portrait", "supplier__picture", "supplier__village__picture")


@dataclass(frozen=True)
class LotInParcel:
    """A lot, what of it is in the parcel, and what happened to it."""

    lot: ProduceLot
    goods: list[ParcelLot]
    events: list[Told]
    plots: list[Plot]
    certificate: ConformityCertificate | None
    picture: Rendition | None

    @property
    def tests(self) -> list[Told]:
        """The tests among the events."""
        return [event for event in self.events if event.step == BizStep.TEST]


@dataclass(frozen=True)
class TracePage:
    """A parcel, its lots, and the first event that was changed, if one was."""

    parcel: TracedParcel
    lots: list[LotInParcel]
    broken: Broken | None
    broken_step: str
    hero: Rendition | None
    portrait: Rendition | None


def trace_page(code: str) -> TracePage | None:
    """Return what is known of the parcel with this code, or None. Eight queries, five for a parcel without lots."""
    parcel = TracedParcel.objects.select_related(*_SUPPLIER).filter(code=code).first()
    if parcel is None:
        return None
    goods = list(
        ParcelLot.objects.filter(parcel=parcel)
        .select_related("lot__listing", "lot__base", "lot__plot", "lot__certificate")
        .order_by("lot_id", "line_id")
    )
    events = _events({row.lot_id for row in goods}, {row.event_id for row in goods})
    broken = _fault(parcel.supplier_id, events)
    pictures = first_pictures({row.lot.listing_id for row in goods}) if goods else {}
    plots = _plots({row.lot.base_id for row in goods}) if goods else []
    lots = [
        _lot(lot, [row for row in goods if row.lot_id == lot.pk], events, plots, pictures.get(lot.listing_id))
        for lot in {row.lot_id: row.lot for row in goods}.values()
    ]
    supplier = parcel.supplier
    hero = (supplier.village.picture if supplier.village else None) or supplier.picture
    return TracePage(
        parcel=parcel,
        lots=lots,
        broken=broken,
        broken_step=_step_of(broken),
        hero=shown_picture(hero),
        portrait=shown_picture(supplier.portrait),
    )


def is_known(code: str) -> bool:
    """Tell whether there is a parcel with this code. One query."""
    return TracedParcel.objects.filter(code=code).exists()


def certificates_of(code: str) -> list[ConformityCertificate]:
    """Return the 合格证 of the lots in a parcel; empty for an unknown code too."""
    rows = ConformityCertificate.objects.filter(lot__parcels__parcel__code=code).select_related("lot__listing")
    return list(rows.distinct().order_by("pk"))


def _lot(
    lot: ProduceLot, goods: list[ParcelLot], events: list[TraceEvent], plots: list[Plot], picture: Any
) -> LotInParcel:
    own = [told(event) for event in events if event.lot_id == lot.pk]
    return LotInParcel(
        lot=lot,
        goods=goods,
        events=sorted([each for each in own if each.is_readable], key=lambda each: (each.at, each.seq)),
        plots=[plot for plot in plots if plot.base_id == lot.base_id],
        certificate=getattr(lot, "certificate", None),
        picture=shown_picture(picture),
    )


def _plots(base_ids: set[int]) -> list[Plot]:
    return list(Plot.objects.filter(base_id__in=base_ids).order_by("pk"))


def _events(lot_ids: set[int], shipping_ids: set[int]) -> list[TraceEvent]:
    """Return the lots' events, of the shippings only this parcel's."""
    if not lot_ids:
        return []
    own = ~Q(step=BizStep.SHIPPING) | Q(pk__in=shipping_ids)
    return list(TraceEvent.objects.filter(own, lot_id__in=lot_ids).order_by("seq"))


def _fault(supplier_id: int, events: list[TraceEvent]) -> Broken | None:
    """Return the first changed event: of those shown always, of the rest of the chain as of the last minute."""
    before = dict(
        TraceEvent.objects.filter(supplier_id=supplier_id, seq__in=[event.seq - 1 for event in events]).values_list(
            "seq", "hash"
        )
    )
    faults = [
        Broken(supplier_id, event.seq, why)
        for event in events
        if (why := fault_of(event, before.get(event.seq - 1, chain.START if event.seq == 1 else "")))
    ]
    head = SupplierChain.objects.filter(pk=supplier_id).values_list("length", "head").first()
    key = f"traceability:chain:{supplier_id}:{head}".replace(" ", "")
    if faults:
        cache.delete(key)
        return verify_chain(supplier_id)[1] or faults[0]
    kept = cache.get(key)
    if kept is None:
        kept = (verify_chain(supplier_id)[1],)
        cache.set(key, kept, WHOLE_SECONDS)
    return kept[0]


def _step_of(broken: Broken | None) -> str:
    if broken is None:
        return ""
    row = TraceEvent.objects.filter(supplier_id=broken.supplier_id, seq=broken.seq).values_list("step", flat=True)
    step = row.first()
    return str(BizStep(step).label) if step in BizStep.values else ""
