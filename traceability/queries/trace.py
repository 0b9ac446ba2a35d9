"""What a parcel's trace page shows, in few queries whatever is in the parcel."""

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db.models import OuterRef, Q, Subquery

from catalog.queries import Rendition
from catalog.queries.certificates import standing
from catalog.queries.places import shown_picture
from shop.core.prepared import Prepared
from traceability.models import (
    ConformityCertificate,
    LabTest,
    LotSource,
    ParcelLot,
    Plot,
    ProduceLot,
    TracedParcel,
    TraceEvent,
)
from traceability.queries.parts import products_in
from traceability.queries.sealed import (
    Rows,
    altered,
    by_lot,
    goods_with_events,
    papers_with_events,
    tests_with_events,
)
from traceability.queries.telling import Told, told
from traceability.queries.verifying import Broken, Link, fault_of, verify_after, verify_chain
from traceability.queries.writing import COLUMNS, Written
from traceability.rules import chain
from traceability.states import BEGINNINGS, DISPOSITIONS, STOPPED, BizStep, LotKind

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
_goods = Prepared(lambda parcel_id: goods_with_events(ParcelLot.objects.filter(parcel=parcel_id)))
_lots_of = Prepared(
    lambda lot_ids: ProduceLot.objects.filter(pk__in=lot_ids).select_related("listing", "base", "plot").order_by("pk")
)
_tests_of = Prepared(lambda lot_ids: tests_with_events(LabTest.objects.filter(lot_id__in=lot_ids)))
_papers_of = Prepared(lambda lot_ids: papers_with_events(ConformityCertificate.objects.filter(lot_id__in=lot_ids)))
_sources_of = Prepared(
    lambda lot_ids: (
        LotSource.objects.filter(lot_id__in=lot_ids).order_by("source_id").values_list("lot_id", "source_id", "grams")
    )
)
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
    """A lot, what of it is in the parcel, and what happened to it. `papers` are its certificates, one for each packing.

    `sealed` holds the numbers of those whose facts an event holds; `is_sealed` tells it of the lot's own facts.
    `made_of`: the products (ids) of all lots that went into a mix.
    """

    lot: ProduceLot
    goods: list[ParcelLot]
    events: list[Told]
    plots: list[Plot]
    papers: list[ConformityCertificate]
    sealed: frozenset[str]
    is_sealed: bool
    made_of: frozenset[int]

    @property
    def tests(self) -> list[Told]:
        """The tests among the events."""
        return [event for event in self.events if event.step == BizStep.TEST]

    @property
    def is_certified(self) -> bool:
        """Whether its certificates still stand: no test of it failed after they were issued."""
        return DISPOSITIONS[self.lot.state].can_certify

    @property
    def is_stopped(self) -> bool:
        """Whether it must not be eaten: then that is its verdict, whatever a later test found."""
        return self.lot.state in STOPPED

    @property
    def failed_at(self) -> datetime | None:
        """When the last test of a lot that was suspended failed; None where the failure is that of a part of it."""
        failed = [event.at for event in self.tests if not event.test.get("passed")]
        return None if self.is_certified else max(failed, default=None)

    @property
    def disposed_at(self) -> datetime | None:
        """When what was left of the lot was disposed of; None where nothing was."""
        return max((event.at for event in self.events if event.step == BizStep.DISPOSAL), default=None)

    @property
    def sources(self) -> list[dict[str, Any]]:
        """What it was mixed from, as the mix's event says it; nothing for a harvest."""
        found = (event.fact("sources") for event in self.events if event.step == BizStep.MIXING)
        return next(found, None) or []


@dataclass(frozen=True)
class TracePage:
    """A parcel, its lots, and the first event or row that was changed, if one was."""

    parcel: TracedParcel
    lots: list[LotInParcel]
    certified: frozenset[int]
    revoked: frozenset[int]
    broken: Broken | None
    broken_step: str
    hero: Rendition | None
    portrait: Rendition | None


def trace_page(code: str, read: "TraceFacts | None" = None) -> TracePage | None:
    """Return what is known of the parcel with this code, or None. `read`: its facts, where they have been read.

    One query besides those of the facts, and one more where something is broken.
    """
    read = read or trace_facts(code)
    if read is None:
        return None
    parcel = TracedParcel.objects.select_related(*_SUPPLIER).filter(code=code).first()
    if parcel is None:
        return None
    supplier = parcel.supplier
    hero = (supplier.village.picture if supplier.village else None) or supplier.picture
    return TracePage(
        parcel=parcel,
        lots=read.lots(),
        certified=read.certified,
        revoked=read.revoked,
        broken=read.broken,
        broken_step=step_of(read.broken),
        hero=shown_picture(hero),
        portrait=shown_picture(supplier.portrait),
    )


@dataclass(frozen=True)
class TraceFacts:
    """What tells one state of a trace page from another; scans are counted apart.

    `certified`: the products (ids) of goods with a certificate that stands, `revoked`: with one that was. `made_of`: those of a mix's parts, by lot.
    """

    parcel_id: int
    certified: frozenset[int]
    revoked: frozenset[int]
    made_of: dict[int, frozenset[int]]
    rows: Rows
    events: list[tuple[Written, str | None]]
    plots: list[Plot]
    broken: Broken | None
    shown: tuple[Any, ...]

    def lots(self) -> list[LotInParcel]:
        """Return the lots of the parcel with all that belongs to each."""
        return [_lot(lot, self) for lot in self.rows.lots.values()]

    @property
    def papers(self) -> list[ConformityCertificate]:
        """Return the certificates of the parcel's lots that were issued by the time it was sent."""
        return [paper for each in self.lots() for paper in each.papers]


def trace_facts(code: str) -> TraceFacts | None:
    """Return what the page of this parcel depends on, everything verified, or None. Nine queries, one without lots."""
    found = _parcel(code)
    if not found:
        return None
    parcel_id, supplier_id, head, *shown = found[0]
    rows = _rows(_goods(parcel_id))
    lot_ids = list(rows.lots)
    events = _written(lot_ids, sorted({row.event_id for row in rows.goods}))
    broken = _fault(supplier_id, events, head or "")
    if broken is None and lot_ids:
        broken = _altered(supplier_id, rows, [event for event, _before in events])
    plots: list[Plot] = _plots_of(sorted({lot.base_id for lot in rows.lots.values()})) if lot_ids else []
    made_of = products_in(rows.sources)
    products = {lot.listing_id for lot in rows.lots.values()}.union(*made_of.values())
    certified = standing(products) if lot_ids else []
    return TraceFacts(
        parcel_id=parcel_id,
        certified=frozenset(row[0] for row in certified if not row[2]),
        revoked=frozenset(row[0] for row in certified if row[2]),
        made_of=made_of,
        rows=rows,
        events=events,
        plots=plots,
        broken=broken,
        shown=(shown, _plain(rows), events, [_columns(plot) for plot in plots], certified, broken),
    )


def _rows(goods: list[Any]) -> Rows:
    """Return the rows of the lots in a parcel. Five queries, none without lots."""
    lot_ids = sorted({row.lot_id for row in goods})
    if not lot_ids:
        return Rows({}, [], [], [], {})
    lots = {lot.pk: lot for lot in _lots_of(lot_ids)}
    is_mixed = any(lot.kind == LotKind.MIX for lot in lots.values())
    return Rows(
        lots=lots,
        tests=_tests_of(lot_ids),
        papers=_papers_of(lot_ids),
        goods=goods,
        sources=by_lot(_sources_of(lot_ids) if is_mixed else ()),
    )


def _altered(supplier_id: int, rows: Rows, events: list[Written]) -> Broken | None:
    """Return the first row of the parcel's lots that differs from its event."""
    others = sorted(lot.code for lot in rows.lots.values() if lot.supplier_id != supplier_id)
    if others:
        return Broken(supplier_id, 0, "it is another supplier's", row=f"lot {others[0]}")
    for each in altered(supplier_id, rows, events):
        return Broken(supplier_id, each.seq, each.why, row=each.row)
    return None


def _columns(row: Any) -> tuple[Any, ...]:
    """Return a row's own columns as plain values."""
    return tuple(getattr(row, field.attname) for field in row._meta.concrete_fields)


_OF_LISTING = ("slug", "name_zh", "name_en")


def _plain(rows: Rows) -> tuple[Any, ...]:
    """Return everything of these rows that a page can show, as plain values."""
    lots = [
        (
            _columns(lot),
            _columns(lot.base),
            _columns(lot.plot) if lot.plot else (),
            tuple(getattr(lot.listing, name) for name in _OF_LISTING),
        )
        for lot in rows.lots.values()
    ]
    goods = [(*_columns(row), row.code, row.sent, row.sender) for row in rows.goods]
    return (
        lots,
        goods,
        [_columns(test) for test in rows.tests],
        [_columns(paper) for paper in rows.papers],
        rows.sources,
    )


def is_known(code: str) -> bool:
    """Tell whether there is a parcel with this code. One query."""
    return TracedParcel.objects.filter(code=code).exists()


def lot_fault(lot: ProduceLot) -> Broken | None:
    """Return what was changed of one lot's events, or of the rows beside them; for its supplier's own papers."""
    events = _written([lot.pk], [])
    broken = _fault(lot.supplier_id, events, "")
    goods: list[Any] = []
    rows = Rows({lot.pk: lot}, _tests_of([lot.pk]), _papers_of([lot.pk]), goods, by_lot(_sources_of([lot.pk])))
    return broken or _altered(lot.supplier_id, rows, [event for event, _before in events])


def _lot(lot: ProduceLot, read: TraceFacts) -> LotInParcel:
    own = [told(event) for event, _before in read.events if event.lot_id == lot.pk]
    goods = [row for row in read.rows.goods if row.lot_id == lot.pk]
    events = sorted([each for each in own if each.is_readable], key=lambda each: (each.at, each.seq))
    # The sealed moment, not the column: a changed column must not hide what it is compared with.
    sent = max((each.at for each in events if each.step == BizStep.SHIPPING), default=max(row.sent for row in goods))
    packed = {each.seq: each for each in events if each.step == BizStep.PACKING}
    papers = [
        row
        for row in read.rows.papers
        if row.lot_id == lot.pk and (row.seq not in packed or packed[row.seq].at <= sent)
    ]
    for row in papers:
        row.lot = lot
    return LotInParcel(
        lot=lot,
        goods=goods,
        events=events,
        plots=[plot for plot in read.plots if plot.base_id == lot.base_id],
        papers=papers,
        sealed=frozenset(each.certificate["number"] for each in packed.values() if each.certificate),
        is_sealed=any(each.step in BEGINNINGS and each.fact("product") is not None for each in events),
        made_of=read.made_of.get(lot.pk, frozenset()),
    )


def _written(lot_ids: list[int], shipping_ids: list[int]) -> list[tuple[Written, str | None]]:
    """Return the lots' events, of the shippings only this parcel's, each with the hash of the event before it."""
    if not lot_ids:
        return []
    rows = _events(lot_ids, shipping_ids or [0])
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


def step_of(broken: Broken | None) -> str:
    """Return what kind of step the changed event is of, in the reader's language; "" where none was. One query."""
    if broken is None:
        return ""
    row = TraceEvent.objects.filter(supplier_id=broken.supplier_id, seq=broken.seq).values_list("step", flat=True)
    step = row.first()
    return str(BizStep(step).label) if step in BizStep.values else ""
