"""What a parcel's trace page shows, in few queries whatever is in the parcel."""

import time
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import OuterRef, Q, Subquery

from catalog.queries import Rendition
from catalog.queries.places import shown_picture
from shop.core.prepared import Prepared
from traceability.models import (
    ConformityCertificate,
    ParcelLot,
    Plot,
    ProduceLot,
    TracedParcel,
    TraceEvent,
)
from traceability.queries.telling import Told, told
from traceability.queries.verifying import Broken, Link, fault_of, verify_after, verify_chain
from traceability.queries.writing import COLUMNS, Written
from traceability.rules import chain
from traceability.states import BizStep

WHOLE_SECONDS = 60
_PICTURE = ("key", "widths", "alt_zh", "alt_en")
_parcel = Prepared(
    lambda code: TracedParcel.objects.filter(code=code).values_list(
        *("pk", "supplier_id", "supplier__trace_chain__head", "shipped_at"),
        *(f"supplier__{name}" for name in ("slug", "name_zh", "name_en", "head_name", "households")),
        *("supplier__story_zh", "supplier__story_en"),
        *(f"supplier__portrait__{name}" for name in _PICTURE),
        *(f"supplier__picture__{name}" for name in _PICTURE),
        *(f"supplier__village__picture__{name}" for name in _PICTURE),
    )
)
_LOT = ("code", "state", "harvested_on", "best_before", "harvested_grams", "assigned_grams")
_BASE = ("name_zh", "name_en", "place_zh", "place_en", "latitude", "longitude", "altitude_m")
_goods = Prepared(
    lambda parcel_id: (
        ParcelLot.objects.filter(parcel=parcel_id)
        .order_by("lot_id", "line_id")
        .values_list(
            *("pk", "lot_id", "event_id", "lot__base_id", "lot__plot_id", "pieces", "name_zh", "name_en"),
            *(f"lot__{name}" for name in _LOT),
            *(f"lot__listing__{name}" for name in ("slug", "name_zh", "name_en")),
            *(f"lot__base__{name}" for name in _BASE),
            *(f"lot__certificate__{name}" for name in ("number", "basis", "grams", "issued_on")),
            # A row for each certificate of the product: one that is revoked or renewed makes the page anew.
            *(f"lot__listing__certified__certificate__{name}" for name in ("pk", "is_revoked", "valid_until")),
        )
    )
)
_PLOT = ("pk", "name_zh", "name_en", "area_tenth_mu", "latitude", "longitude")
_plots_of = Prepared(lambda base_ids: Plot.objects.filter(base_id__in=base_ids).order_by("pk"))
_events = Prepared(
    lambda lot_ids, shipping_ids: (
        TraceEvent.objects.filter(~Q(step=BizStep.SHIPPING) | Q(pk__in=shipping_ids), lot_id__in=lot_ids)
        .order_by("seq")
        .annotate(
            before=Subquery(
                TraceEvent.objects.filter(supplier=OuterRef("supplier"), seq=OuterRef("seq") - 1).values("hash")[:1]
            )
        )
        .values_list(*COLUMNS, "before")
    )
)
_SUPPLIER = ("supplier__county", "supplier__portrait", "supplier__picture", "supplier__village__picture")


@dataclass(frozen=True)
class LotInParcel:
    """A lot, what of it is in the parcel, and what happened to it."""

    lot: ProduceLot
    goods: list[ParcelLot]
    events: list[Told]
    plots: list[Plot]
    certificate: ConformityCertificate | None

    @property
    def tests(self) -> list[Told]:
        """The tests among the events."""
        return [event for event in self.events if event.step == BizStep.TEST]


@dataclass(frozen=True)
class TracePage:
    """A parcel, its lots, and the first event that was changed, if one was."""

    parcel: TracedParcel
    lots: list[LotInParcel]
    certified: frozenset[int]
    broken: Broken | None
    broken_step: str
    hero: Rendition | None
    portrait: Rendition | None


def trace_page(code: str, read: "TraceFacts | None" = None) -> TracePage | None:
    """Return what is known of the parcel with this code, or None. `read`: its facts, where they have been read.

    Two queries besides those of the facts.
    """
    read = read or trace_facts(code)
    if read is None:
        return None
    parcel = TracedParcel.objects.select_related(*_SUPPLIER).filter(code=code).first()
    if parcel is None:
        return None
    goods = list(
        ParcelLot.objects.filter(parcel=parcel)
        .select_related("lot__listing", "lot__base", "lot__plot", "lot__certificate")
        .order_by("lot_id", "line_id")
    )
    lots = [
        _lot(lot, [row for row in goods if row.lot_id == lot.pk], read.events, read.plots)
        for lot in {row.lot_id: row.lot for row in goods}.values()
    ]
    supplier = parcel.supplier
    hero = (supplier.village.picture if supplier.village else None) or supplier.picture
    return TracePage(
        parcel=parcel,
        lots=lots,
        certified=read.certified,
        broken=read.broken,
        broken_step=_step_of(read.broken),
        hero=shown_picture(hero),
        portrait=shown_picture(supplier.portrait),
    )


@dataclass(frozen=True)
class TraceFacts:
    """What tells one state of a trace page from another; scans are counted apart.

    `certified`: the lots (ids) of goods with a certificate that stands.
    """

    parcel_id: int
    certified: frozenset[int]
    events: list[tuple[Written, str | None]]
    plots: list[Plot]
    broken: Broken | None
    shown: tuple[Any, ...]


def trace_facts(code: str) -> TraceFacts | None:
    """Return what the page of this parcel depends on, its events verified, or None. Four queries, one without lots."""
    rows = _parcel(code)
    if not rows:
        return None
    parcel_id, supplier_id, head, *shown = rows[0]
    goods = _goods(parcel_id)
    events = _written({row[1] for row in goods}, {row[2] for row in goods})
    broken = _fault(supplier_id, events, head or "")
    plots: list[Plot] = _plots_of(sorted({row[3] for row in goods})) if goods else []
    drawn = [tuple(getattr(plot, name) for name in _PLOT) for plot in plots]
    certified = frozenset(row[1] for row in goods if row[-3] is not None and not row[-2])
    return TraceFacts(parcel_id, certified, events, plots, broken, (shown, goods, events, drawn, broken))


def is_known(code: str) -> bool:
    """Tell whether there is a parcel with this code. One query."""
    return TracedParcel.objects.filter(code=code).exists()


def certificates_of(code: str) -> list[ConformityCertificate]:
    """Return the 合格证 of the lots in a parcel; empty for an unknown code too."""
    rows = ConformityCertificate.objects.filter(lot__parcels__parcel__code=code).select_related("lot__listing")
    return list(rows.distinct().order_by("pk"))


def _lot(
    lot: ProduceLot, goods: list[ParcelLot], events: list[tuple[Written, str | None]], plots: list[Plot]
) -> LotInParcel:
    own = [told(event) for event, _before in events if event.lot_id == lot.pk]
    return LotInParcel(
        lot=lot,
        goods=goods,
        events=sorted([each for each in own if each.is_readable], key=lambda each: (each.at, each.seq)),
        plots=[plot for plot in plots if plot.base_id == lot.base_id],
        certificate=getattr(lot, "certificate", None),
    )


def _written(lot_ids: set[int], shipping_ids: set[int]) -> list[tuple[Written, str | None]]:
    """Return the lots' events, of the shippings only this parcel's, each with the hash of the event before it."""
    if not lot_ids:
        return []
    rows = _events(sorted(lot_ids), sorted(shipping_ids))
    return [(Written(*row[:-1]), row[-1]) for row in rows]


def _fault(supplier_id: int, events: list[tuple[Written, str | None]], head: str) -> Broken | None:
    """Return the first changed event: of those shown always, of the rest of the chain as of the last minute.

    What was appended within the minute is followed from the place up to which the chain was whole; so a view costs
    what is new since the last one, and once in a minute the whole chain.
    """
    faults = [
        Broken(supplier_id, event.seq, why)
        for event, before in events
        if (why := fault_of(event, before or (chain.START if event.seq == 1 else "")))
    ]
    key = f"traceability:chain:{supplier_id}"
    if faults:
        cache.delete(key)
        return verify_chain(supplier_id)[1] or faults[0]
    now = time.time()
    kept: tuple[float, Link, Broken | None] | None = cache.get(key)
    if kept is not None and now - kept[0] < WHOLE_SECONDS:
        since, link, broken = kept
        if broken is not None or link.hash == head:
            return broken
    else:
        since, link = now, Link(0, chain.START)
    link, broken = verify_after(supplier_id, link)
    cache.set(key, (since, link, broken), WHOLE_SECONDS)
    return broken


def _step_of(broken: Broken | None) -> str:
    if broken is None:
        return ""
    row = TraceEvent.objects.filter(supplier_id=broken.supplier_id, seq=broken.seq).values_list("step", flat=True)
    step = row.first()
    return str(BizStep(step).label) if step in BizStep.values else ""
