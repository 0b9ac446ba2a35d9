"""What every step of a lot needs: the lot locked, the order of its events, its next event."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from shop.core import audit
from shop.core.errors import InvalidInput
from traceability.errors import AlreadyRecorded, FromTheFuture, UnknownLot
from traceability.models import LabTest, ProduceLot, TraceEvent
from traceability.operations.chain import append
from traceability.rules import order
from traceability.rules.epcis import Happening
from traceability.rules.quality import Tested, answers
from traceability.states import BEGINNINGS, BizStep, LotKind


def own_lot(supplier_id: int, lot_id: int) -> ProduceLot:
    """Return a lot of the supplier, locked. Raises UnknownLot for another's."""
    lots = ProduceLot.objects.select_for_update(of=("self",))
    rows = lots.select_related("listing", "base", "plot", "supplier__organisation")
    lot = rows.filter(pk=lot_id, supplier_id=supplier_id).first()
    if lot is None:
        raise UnknownLot(_("There is no such lot."))
    return lot


def lock_lots(lot_ids: Iterable[int]) -> dict[int, ProduceLot]:
    """Return lots by id, locked in the order of their ids."""
    rows = ProduceLot.objects.select_for_update(of=("self",)).filter(pk__in=set(lot_ids)).order_by("pk")
    return {lot.pk: lot for lot in rows.select_related("listing", "base", "plot", "supplier__organisation")}


def tests_of(lot_ids: Iterable[int]) -> dict[int, list[Tested]]:
    """Return the tests of lots as plain values, by lot. One query."""
    found: dict[int, list[Tested]] = {lot_id: [] for lot_id in lot_ids}
    rows = LabTest.objects.filter(lot__in=list(found)).order_by("tested_at", "pk")
    for lot_id, item, kind, passed, at in rows.values_list("lot_id", "item", "kind", "passed", "tested_at"):
        found[lot_id].append(Tested(item, kind, passed, at))
    return found


def check_order(lot: ProduceLot, step: str, occurred_at: datetime, *, at: datetime) -> None:
    """Raise FromTheFuture, or InvalidInput (field `occurred_at`), for a moment that can't be that of the step."""
    events = TraceEvent.objects.filter(lot=lot)
    begun = events.filter(step__in=BEGINNINGS).order_by("seq").values_list("occurred_at", flat=True).first()
    packed = events.filter(step=BizStep.PACKING).order_by("occurred_at").values_list("occurred_at", flat=True).first()
    tests = tests_of([lot.pk])[lot.pk] if lot.required_tests else []
    needed = [
        min(test.at for test in tests if test.passed and answers(name, test.item))
        for name in lot.required_tests
        if any(test.passed and answers(name, test.item) for test in tests)
    ]
    known = order.Known(begun_at=begun, passed_at=max(needed, default=None), packed_at=packed)
    refuse_order(order.fault(str(step), occurred_at, known, now=at), is_mix=lot.kind == LotKind.MIX)


def refuse_order(fault: str, *, is_mix: bool = False) -> None:
    """Raise what a fault of `rules.order` means to the person who typed the time; nothing for "".

    A lot that was mixed (`is_mix`) began then: nobody harvested it.
    """
    if fault == "future":
        raise FromTheFuture(_("This is in the future: enter when it happened."), field="occurred_at")
    words = {
        "before_harvest": _("This is before the lot was mixed.") if is_mix else _("This is before the harvest."),
        "before_test": _("This is before the test that it needed had passed."),
        "before_packing": _("This is before it was packed."),
    }
    if fault:
        raise InvalidInput(words[fault], code=f"event_{fault}", field="occurred_at")


def append_event(
    lot: ProduceLot,
    step: str,
    grams: int,
    occurred_at: datetime,
    at: datetime,
    extra: Mapping[str, Any] | None = None,
    inputs: tuple[tuple[int, int], ...] = (),
) -> TraceEvent:
    """Append an event of a lot to its supplier's chain."""
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
            extra=dict(extra or {}),
            inputs=inputs,
        ),
    )


def next_code(supplier_id: int, county: str, day: date) -> str:
    """Return a code such as MX-1118-02: place, day of the harvest, number of the day."""
    from pypinyin import Style, lazy_pinyin  # reason: its dictionaries take 58 MB, which only this needs

    place = "".join(lazy_pinyin(county[:2], style=Style.FIRST_LETTER)).upper()
    start = f"{place}-{day:%y%m%d}-"
    taken = ProduceLot.objects.filter(supplier_id=supplier_id, code__startswith=start).count()
    return f"{start}{taken + 1:02d}"


def refuse_recorded(action: str, key: str) -> None:
    """Raise AlreadyRecorded for the key of a page whose form was recorded; "" is no key. Called under the lot's lock.

    What makes two acts one is the page that both come from: two harvests of a minute may well weigh the same.
    """
    if (entry := audit.with_key(object_kind="lot", action=action, key=key)) is not None:
        raise already_recorded(int(entry.object_id))


def already_recorded(lot_id: int) -> AlreadyRecorded:
    """Return the refusal of what is recorded of a lot."""
    return AlreadyRecorded(_("This is recorded already: nothing was recorded twice."), lot_id=lot_id)


def key_fact(key: str) -> dict[str, str]:
    """Return what the audit trail keeps of a page's key."""
    return {"key": key} if key else {}
