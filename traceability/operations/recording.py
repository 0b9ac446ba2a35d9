"""What a supplier records of a lot: harvest, packing, test, shipping. Each is an event of its chain."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.queries.trade import own_listing
from shop.core import audit
from shop.core.errors import InvalidInput
from traceability.errors import BeyondHarvest, UnknownLot
from traceability.models import (
    ConformityCertificate,
    LabTest,
    Plot,
    ProduceLot,
    ProductionBase,
    TraceEvent,
)
from traceability.operations.chain import append, lock_head, refuse_future
from traceability.queries.telling import Told, told
from traceability.rules.epcis import Happening, test_facts
from traceability.rules.weights import in_words
from traceability.states import Basis, BizStep, LotState

MOST_GRAMS = 1_000_000_000


@dataclass(frozen=True)
class LabReport:
    """A laboratory test in plain words: what was looked for, how, what was found, by whom."""

    item: str
    result: str
    passed: bool
    lab: str
    method: str = ""
    report_no: str = ""


def record_harvest(
    *,
    supplier_id: int,
    listing_id: int,
    base_id: int,
    plot_id: int | None = None,
    grams: int,
    occurred_at: datetime,
    best_before: date | None = None,
    actor: Any,
    at: datetime,
) -> ProduceLot:
    """Open a lot with its harvest and return it. `best_before` defaults to the listing's shelf life.

    The same harvest again (product, field, weight, moment) is the same lot: a second click opens no second one.
    Raises FromTheFuture, InvalidInput for a weight that can't be or a listing or base of somebody else.
    Locks the head of the supplier's chain, so that lots are numbered one after the other.
    """
    refuse_future(occurred_at, at)
    if not 0 < grams <= MOST_GRAMS:
        raise InvalidInput(_("Enter how much was harvested."), field="kilograms")
    listing = own_listing(supplier_id, listing_id)
    if listing is None:
        raise InvalidInput(_("Choose one of your products."), field="listing")
    base = ProductionBase.objects.filter(pk=base_id, supplier_id=supplier_id).first()
    if base is None or (plot_id and not Plot.objects.filter(pk=plot_id, base=base).exists()):
        raise InvalidInput(_("Choose one of your bases."), field="base")
    day = timezone.localtime(occurred_at).date()
    if best_before is None and listing.shelf_life_days:
        best_before = day + timedelta(days=listing.shelf_life_days)
    if best_before is not None and best_before < day:
        raise InvalidInput(_("It can't expire before it was harvested."), field="best_before")
    facts = {"listing": listing, "base": base, "plot_id": plot_id, "best_before": best_before, "harvested_grams": grams}
    with transaction.atomic():
        lock_head(supplier_id)
        same = {"events__step": BizStep.HARVEST, "events__occurred_at": occurred_at.replace(microsecond=0)}
        known = ProduceLot.objects.filter(supplier_id=supplier_id, **facts, **same).first()
        if known is not None:
            return known
        lot = ProduceLot.objects.create(
            supplier_id=supplier_id,
            code=_next_code(supplier_id, listing.county.name_zh, day),
            harvested_on=day,
            created_at=at,
            **facts,
        )
        _append(lot, BizStep.HARVEST, grams, occurred_at, at)
        audit.record(action="lot_opened", object_kind="lot", object_id=lot.pk, actor=actor, at=at, grams=grams)
    return lot


def record_packing(
    *,
    supplier_id: int,
    lot_id: int,
    grams: int,
    boxes: int,
    grade: str,
    basis: str = Basis.OWN_CONTROL,
    occurred_at: datetime,
    actor: Any,
    at: datetime,
) -> TraceEvent:
    """Record that a lot, or a part of it, was sorted and packed; the first packing issues its 合格证. Returns the event.

    The same packing again (weight, boxes, grade, moment) is the same event. Raises UnknownLot, FromTheFuture,
    BeyondHarvest when more would be packed, all packings together, than was harvested.
    """
    with transaction.atomic():
        lot = _own_lot(supplier_id, lot_id)
        _refuse_before_harvest(lot, occurred_at)
        if not grams > 0:
            raise InvalidInput(_("Enter how much was packed."), field="kilograms")
        extra = {"boxes": boxes, "grade": str(grade), "basis": str(basis)}
        packed = 0
        for event in TraceEvent.objects.filter(lot=lot, step=BizStep.PACKING).order_by("seq"):
            said = told(event)
            if _is_same(said, occurred_at, grams, extra):
                return event
            packed += said.grams
        if packed + grams > lot.harvested_grams:
            left = in_words(max(lot.harvested_grams - packed, 0))
            raise BeyondHarvest(
                _("More than was harvested: %(left)s of it is not packed yet.") % {"left": left}, field="kilograms"
            )
        event = _append(lot, BizStep.PACKING, grams, occurred_at, at, extra)
        if not ConformityCertificate.objects.filter(lot=lot).exists():
            _certify(lot, grams, basis, timezone.localtime(occurred_at).date())
        audit.record(action="lot_packed", object_kind="lot", object_id=lot.pk, actor=actor, at=at, grams=grams)
    return event


def record_test(
    *, supplier_id: int, lot_id: int, test: LabReport, occurred_at: datetime, actor: Any, at: datetime
) -> LabTest:
    """Record a test of a lot. A failed one recalls the lot: nothing of it is sent any more. Returns the test.

    The same test again, of the same moment, is the same row. Raises UnknownLot, FromTheFuture.
    """
    with transaction.atomic():
        lot = _own_lot(supplier_id, lot_id)
        _refuse_before_harvest(lot, occurred_at)
        known = LabTest.objects.filter(lot=lot, tested_at=occurred_at, **asdict(test)).first()
        if known is not None:
            return known
        facts = {"test": test_facts(test)}
        event = _append(lot, BizStep.TEST, lot.harvested_grams, occurred_at, at, facts)
        row = LabTest.objects.create(lot=lot, event=event, tested_at=occurred_at, **asdict(test))
        if not test.passed:
            ProduceLot.objects.filter(pk=lot.pk).update(state=LotState.RECALLED)
        audit.record(action="lot_tested", object_kind="lot", object_id=lot.pk, actor=actor, at=at, passed=test.passed)
    return row


def record_shipping(*, lot: ProduceLot, grams: int, pieces: int, parcel_id: int, at: datetime) -> TraceEvent:
    """Record that some of a lot went out in a parcel. Called while lots are assigned."""
    return _append(lot, BizStep.SHIPPING, grams, at, at, {"parcel": parcel_id, "pieces": pieces})


def close_lot(*, supplier_id: int, lot_id: int, actor: Any, at: datetime) -> ProduceLot:
    """Finish a lot: nothing more is sent of it. Raises UnknownLot; a finished one stays as it is."""
    with transaction.atomic():
        lot = _own_lot(supplier_id, lot_id)
        if ProduceLot.objects.filter(pk=lot.pk, state=LotState.OPEN).update(state=LotState.CLOSED):
            audit.record(action="lot_closed", object_kind="lot", object_id=lot.pk, actor=actor, at=at)
            lot.state = LotState.CLOSED
    return lot


def _own_lot(supplier_id: int, lot_id: int) -> ProduceLot:
    lots = ProduceLot.objects.select_for_update(of=("self",)).select_related("listing", "base", "supplier")
    lot = lots.filter(pk=lot_id, supplier_id=supplier_id).first()
    if lot is None:
        raise UnknownLot(_("There is no such lot."))
    return lot


def _refuse_before_harvest(lot: ProduceLot, occurred_at: datetime) -> None:
    if timezone.localtime(occurred_at).date() < lot.harvested_on:
        raise InvalidInput(_("This is before the harvest."), field="occurred_at")


def _is_same(said: Told, occurred_at: datetime, grams: int, extra: dict[str, Any]) -> bool:
    own = {name: said.body.get(f"heqiao:{name}") for name in extra}
    return (said.at, said.grams, own) == (occurred_at.replace(microsecond=0), grams, extra)


def _append(
    lot: ProduceLot,
    step: str,
    grams: int,
    occurred_at: datetime,
    at: datetime,
    extra: dict[str, Any] | None = None,
) -> TraceEvent:
    return append(
        supplier_id=lot.supplier_id,
        what=Happening(
            step=str(step),
            occurred_at=timezone.localtime(occurred_at),
            recorded_at=timezone.localtime(at),
            lot_id=lot.pk,
            lot_code=lot.code,
            base_id=lot.base_id,
            plot_id=lot.plot_id,
            grams=grams,
            harvested_on=lot.harvested_on,
            best_before=lot.best_before,
            extra=extra or {},
        ),
    )


def _next_code(supplier_id: int, county: str, day: date) -> str:
    """Return a code such as MX-1118-02: place, day of the harvest, number of the day."""
    from pypinyin import Style, lazy_pinyin  # reason: its dictionaries take 58 MB, which only this needs

    place = "".join(lazy_pinyin(county[:2], style=Style.FIRST_LETTER)).upper()
    start = f"{place}-{day:%y%m%d}-"
    taken = ProduceLot.objects.filter(supplier_id=supplier_id, code__startswith=start).count()
    return f"{start}{taken + 1:02d}"


def _certify(lot: ProduceLot, grams: int, basis: str, day: date) -> None:
    ConformityCertificate.objects.create(
        lot=lot,
        number=f"HGZ{day:%Y%m%d}{lot.pk:06d}",
        product=lot.listing.name_zh,
        grams=grams,
        producer=lot.supplier.name_zh,
        origin=lot.base.place_zh or lot.base.name_zh,
        contact=lot.base.contact,
        basis=basis,
        issued_on=day,
    )
