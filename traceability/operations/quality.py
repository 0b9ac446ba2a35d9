"""Tests, and what follows from them: lots that wait, are held, released, recalled, disposed of; and the stock of them.

A failed test stops its lot and every lot that was mixed from it, at once and everywhere: packing, sending, mixing,
certificates. Free pieces, the shop's and those of drops, that no other lot can be sent for (`rules.holding`) go into
pools of their own, from which nobody sells.
"""

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.operations.holding import lock_pools
from catalog.queries.pools import pieces_of_listings
from shop.core import audit
from shop.core.codes import packed_code, plain_code
from shop.core.errors import InvalidInput
from shop.core.lengths import check_length
from shop.core.named_locks import lock_name
from shop.core.texts import sentences
from traceability.errors import StopUnconfirmed, UnknownLot, WrongMove
from traceability.hooks import Waiting, lot_stopped, waiting_of
from traceability.models import LabTest, LotSource, ProduceLot
from traceability.operations.holding import hold, lots_on_shelf, refuse_unconfirmed, take_off
from traceability.operations.lot_rows import (
    already_recorded,
    append_event,
    check_order,
    key_fact,
    lock_lots,
    refuse_recorded,
    tests_of,
)
from traceability.queries.reports import reports_numbered
from traceability.queries.waiting import Concerned, concerned_words, parcels_with
from traceability.rules.epcis import test_facts
from traceability.rules.quality import missing_tests, same_item, standing_failures, state_after_tests
from traceability.states import DISPOSITIONS, BizStep, LotState, TestKind

TRIES = 5
MOST_LAB = 60


@dataclass(frozen=True)
class LabReport:
    """A test in plain words: what was looked for, how, what was found, by whom, and who asked for it."""

    item: str
    result: str
    passed: bool
    lab: str
    method: str = ""
    report_no: str = ""
    kind: str = TestKind.OWN


def record_test(
    *,
    supplier_id: int,
    lot_id: int,
    test: LabReport,
    occurred_at: datetime,
    actor: Any,
    at: datetime,
    confirm: bool = False,
    key: str = "",
) -> LabTest:
    """Record a test of a lot and set its state by all its tests (`rules.quality`). Returns the test.

    A failed one holds the lot and what was mixed from it, or recalls what was sent of them already; a passed one
    releases what waited for it. The same page's test again (`key`), or the same finding of the same moment, raises
    AlreadyRecorded. Raises UnknownLot,
    FromTheFuture, InvalidInput for a time before the harvest, a commissioned test without laboratory or report's number, or
    with the number of another supplier's report, or of another one of its own (`_refuse_other_report`). Raises StopUnconfirmed
    where it stops lots of which parcels are out, orders wait or pieces are on sale, unless that is confirmed (`confirm`).
    Locks: stock pools of the lots' products by id, lots by id, the report's number, the head of the chain.
    """
    if test.kind not in TestKind.values:
        raise InvalidInput(_("Choose who tested."), field="kind")
    test = replace(test, report_no=plain_code(test.report_no))
    if test.kind == TestKind.COMMISSIONED and not test.report_no:
        raise InvalidInput(_("A commissioned test has a report: enter its number."), field="report_no")
    if test.kind == TestKind.COMMISSIONED and not test.lab:
        raise InvalidInput(_("Enter the laboratory that tested it."), field="lab")
    with transaction.atomic():
        lots = _lock_family(supplier_id, lot_id, at)
        lot = lots[lot_id]
        # Who tests its own goods is no laboratory.
        test = replace(test, lab=test.lab or lot.supplier.name_zh[:MOST_LAB])
        check_order(lot, BizStep.TEST, occurred_at, at=at)
        _refuse_other_report(lot, test)
        refuse_recorded("lot_tested", key)
        if LabTest.objects.filter(lot=lot, tested_at=occurred_at, **asdict(test)).exists():
            raise already_recorded(lot.pk)
        listing_ids = sorted({each.listing_id for each in lots.values()})
        before = _standing(listing_ids, at)
        facts = {"test": test_facts(test)}
        event = append_event(lot, BizStep.TEST, lot.harvested_grams, occurred_at, at, facts)
        row = LabTest.objects.create(lot=lot, event=event, tested_at=occurred_at, **asdict(test))
        audit.record(
            action="lot_tested", object_kind="lot", object_id=lot.pk, actor=actor, at=at, passed=test.passed,
            **key_fact(key),
        )  # fmt: skip
        stopped = _settle(lots, family_of(lot_id), actor=actor, at=at)
        if stopped and not confirm:
            _refuse_unconfirmed_stop(stopped, before, _standing(listing_ids, at))
    return row


def _standing(listing_ids: list[int], at: datetime) -> tuple[Waiting, int]:
    """Return what of products waits without a sound lot, and the pieces that are on sale."""
    waiting = sum((waiting_of(listing_id, at) for listing_id in listing_ids), Waiting())
    return waiting, sum(row.free for rows in pieces_of_listings(listing_ids).values() for row in rows)


def _refuse_unconfirmed_stop(
    stopped: list[ProduceLot], before: tuple[Waiting, int], after: tuple[Waiting, int]
) -> None:
    """Raise StopUnconfirmed with what is concerned by lots that were stopped, if anything is."""
    parcels, pieces = parcels_with([lot.pk for lot in stopped])
    concerned = Concerned(
        lots=tuple(lot.code for lot in stopped),
        parcels=parcels,
        sent_pieces=pieces,
        waiting=after[0] if after[0].exceeds(before[0]) else Waiting(),
        on_sale=max(0, before[1] - after[1]),
    )
    if concerned.is_any:
        raise StopUnconfirmed(
            sentences(concerned_words(concerned), _("Confirm it to go on.")),
            field="confirm", confirm="confirm", **concerned.facts,
        )  # fmt: skip


def _refuse_other_report(lot: ProduceLot, test: LabReport) -> None:
    """Raise InvalidInput (field `report_no`) for the number of a report that says something else.

    A laboratory's report is of one customer's goods: its number stands for no other supplier's lots. A supplier may have
    one report for several lots, if it is the same one: of the same laboratory, with the same finding. Own tests are
    numbered as everybody likes.
    """
    if test.kind != TestKind.COMMISSIONED:
        return
    lock_name("report_no", packed_code(test.report_no).upper())
    others = reports_numbered(test.report_no)
    if others.exclude(lot__supplier=lot.supplier_id).exists():
        raise InvalidInput(
            _("This report is recorded for another supplier's lot: check the number."),
            code="report_of_another", field="report_no",
        )  # fmt: skip
    for other in others.select_related("lot"):
        same_finding = not same_item(other.item, test.item) or other.passed == test.passed
        if not (same_item(other.lab, test.lab) and same_finding):
            raise InvalidInput(
                _("Report %(no)s stands for lot %(lot)s with another laboratory or finding: check the number.")
                % {"no": other.report_no, "lot": other.lot.code},
                code="report_differs", field="report_no",
            )  # fmt: skip


def dispose_of_lot(
    *,
    supplier_id: int,
    lot_id: int,
    method: str,
    occurred_at: datetime,
    actor: Any,
    at: datetime,
    confirm: bool = False,
) -> ProduceLot:
    """Record that what is left of a held, recalled or untested lot was destroyed or used otherwise than as food.

    Its held pieces leave the stock; what other lots are held for stays held. A second call raises
    AlreadyRecorded. Raises UnknownLot, InvalidInput without words on how, WrongMove for a lot that nothing stands against, and
    OrdersWait where orders wait for its goods and no sound lot has them, unless that is confirmed (`confirm`).
    Locks as `record_test`.
    """
    method = check_length(method, "method", 120)
    if not method:
        raise InvalidInput(_("Say what was done with it."), field="method")
    with transaction.atomic():
        lots = _lock_family(supplier_id, lot_id, at)
        lot = lots[lot_id]
        if lot.state == LotState.DISPOSED:
            raise already_recorded(lot.pk)
        if not DISPOSITIONS[lot.state].can_dispose:
            raise WrongMove(_("Nothing stands against this lot: it is sold, or finished."))
        check_order(lot, BizStep.DISPOSAL, occurred_at, at=at)
        rest = lot.unpacked_grams + lot.left_grams
        append_event(lot, BizStep.DISPOSAL, rest, occurred_at, at, {"method": method})
        _move(lot, LotState.DISPOSED, actor=actor, at=at)
        same = [each for each in lots.values() if each.listing_id == lot.listing_id]
        take_off(lot, same, actor=actor, at=at)
        waiting = waiting_of(lot.listing_id, at) if lot.owed_grams and not confirm else Waiting()
        if waiting.is_any:
            refuse_unconfirmed(waiting)
    return lot


def family_of(lot_id: int) -> set[int]:
    """Return a lot and every lot that anything of it was mixed into. One query for each generation."""
    found, new = {lot_id}, {lot_id}
    while new:
        new = set(LotSource.objects.filter(source__in=new).values_list("lot_id", flat=True)) - found
        found |= new
    return found


def _lock_family(supplier_id: int, lot_id: int, at: datetime) -> dict[int, ProduceLot]:
    """Lock the stock pools of a lot and its descendants, then these lots and all others of the same products that are
    on the shelf, whose goods decide what has to be held; return them by id.

    Mixing locks its sources: what was mixed between our looking and our locking shows afterwards, and we look again.
    Pools that are locked once more are held already; new ones of the rare second look come with higher ids or wait.
    """
    if not ProduceLot.objects.filter(pk=lot_id, supplier_id=supplier_id).exists():
        raise UnknownLot(_("There is no such lot."))
    lots: dict[int, ProduceLot] = {}
    for _again in range(TRIES):
        family = family_of(lot_id)
        listings = set(ProduceLot.objects.filter(pk__in=family).values_list("listing_id", flat=True))
        lock_pools(listings)
        lots = lock_lots(family.union(lots_on_shelf(listings, at)))
        if family_of(lot_id) == family:
            break
    return lots


def _settle(lots: dict[int, ProduceLot], family: set[int], *, actor: Any, at: datetime) -> list[ProduceLot]:
    """Set the state of each lot of the family by its own tests and those of what it was mixed from; hold or release
    the stock of its product. `lots` are the family's and all that stand on the shelf beside them. Return the stopped.
    """
    parents: dict[int, list[int]] = {lot_id: [] for lot_id in family}
    wanted = set(family)
    while wanted:
        rows = list(LotSource.objects.filter(lot__in=wanted).values_list("lot_id", "source_id"))
        for lot_id, source_id in rows:
            parents.setdefault(lot_id, []).append(source_id)
        wanted = {source_id for _lot, source_id in rows} - parents.keys()
        parents |= {source_id: [] for source_id in wanted}
    tests = tests_of(parents)

    def failures(lot_id: int) -> int:
        return len(standing_failures(tests[lot_id])) + sum(failures(source) for source in parents[lot_id])

    changed, stopped = set(), []
    for lot in (lots[lot_id] for lot_id in sorted(family)):
        state = state_after_tests(
            lot.state,
            failures=failures(lot.pk),
            missing=len(missing_tests(lot.required_tests, tests[lot.pk])),
            sent_grams=lot.assigned_grams,
        )
        if state != lot.state:
            _move(lot, state, actor=actor, at=at)
            changed.add(lot.listing_id)
            if state in (LotState.HELD, LotState.RECALLED):
                lot_stopped(lot.pk, at)
                stopped.append(lot)
    for listing_id in sorted(changed):
        hold(listing_id, [lot for lot in lots.values() if lot.listing_id == listing_id], actor=actor, at=at)
    return stopped


def _move(lot: ProduceLot, state: str, *, actor: Any, at: datetime) -> None:
    """Move a lot as the table allows."""
    if state not in DISPOSITIONS[lot.state].moves:
        raise WrongMove(_("This lot can't be moved from %(state)s.") % {"state": lot.get_state_display()})
    ProduceLot.objects.filter(pk=lot.pk).update(state=state)
    before, lot.state = lot.state, state
    audit.record(
        action="lot_moved", object_kind="lot", object_id=lot.pk, actor=actor, at=at, state=str(state), before=before
    )
