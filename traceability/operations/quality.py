"""Tests, and what follows from them: lots that wait, are held, released, recalled, disposed of; and the stock of them.

A failed test stops its lot and every lot that was mixed from it, at once and everywhere: packing, sending, mixing,
certificates. Pieces that are free in the shop's stock and that no other lot can be sent for (`rules.holding`) go into
a pool of their own, from which nobody sells.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.operations.holding import lock_main_pools, pieces_of_listing, set_held, write_off_held
from shop.core import audit
from shop.core.errors import InvalidInput
from traceability.errors import UnknownLot, WrongMove
from traceability.models import LabTest, LotSource, ProduceLot
from traceability.operations.assigning import can_be_sent
from traceability.operations.lot_rows import append_event, check_order, lock_lots, tests_of
from traceability.rules.epcis import test_facts
from traceability.rules.fefo import Candidate
from traceability.rules.holding import OnShelf, Stopped, to_hold
from traceability.rules.quality import missing_tests, standing_failures, state_after_tests
from traceability.states import DISPOSITIONS, BizStep, LotState, TestKind

TRIES = 5
# Lots with packed goods that are sent, or that would be if nothing stood against them.
ON_SHELF = (LotState.OPEN, LotState.HELD, LotState.RECALLED, LotState.AWAITING)
SUSPENDED = (LotState.HELD, LotState.RECALLED, LotState.AWAITING)


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
    *, supplier_id: int, lot_id: int, test: LabReport, occurred_at: datetime, actor: Any, at: datetime
) -> LabTest:
    """Record a test of a lot and set its state by all its tests (`rules.quality`). Returns the test.

    A failed one holds the lot and what was mixed from it, or recalls what was sent of them already; a passed one
    releases what waited for it. The same test again, of the same moment, is the same row. Raises UnknownLot,
    FromTheFuture, InvalidInput for a time before the harvest or a commissioned test without its report's number.
    Locks: main stock pools of the lots' products by id, lots by id, the head of the chain.
    """
    if test.kind not in TestKind.values:
        raise InvalidInput(_("Choose who tested."), field="kind")
    if test.kind == TestKind.COMMISSIONED and not test.report_no.strip():
        raise InvalidInput(_("A commissioned test has a report: enter its number."), field="report_no")
    with transaction.atomic():
        lots = _lock_family(supplier_id, lot_id)
        lot = lots[lot_id]
        check_order(lot, BizStep.TEST, occurred_at, at=at)
        known = LabTest.objects.filter(lot=lot, tested_at=occurred_at, **asdict(test)).first()
        if known is not None:
            return known
        facts = {"test": test_facts(test)}
        event = append_event(lot, BizStep.TEST, lot.harvested_grams, occurred_at, at, facts)
        row = LabTest.objects.create(lot=lot, event=event, tested_at=occurred_at, **asdict(test))
        audit.record(action="lot_tested", object_kind="lot", object_id=lot.pk, actor=actor, at=at, passed=test.passed)
        _settle(lots, family_of(lot_id), actor=actor, at=at)
    return row


def dispose_of_lot(
    *, supplier_id: int, lot_id: int, method: str, occurred_at: datetime, actor: Any, at: datetime
) -> ProduceLot:
    """Record that what is left of a held, recalled or untested lot was destroyed or used otherwise than as food.

    Its held pieces leave the stock. Once is enough: a second call returns the lot. Raises UnknownLot, InvalidInput
    without words on how, WrongMove for a lot that nothing stands against. Locks as `record_test`.
    """
    if not method.strip():
        raise InvalidInput(_("Say what was done with it."), field="method")
    with transaction.atomic():
        lots = _lock_family(supplier_id, lot_id)
        lot = lots[lot_id]
        if lot.state == LotState.DISPOSED:
            return lot
        if not DISPOSITIONS[lot.state].can_dispose:
            raise WrongMove(_("Nothing stands against this lot: it is sold, or finished."))
        check_order(lot, BizStep.DISPOSAL, occurred_at, at=at)
        rest = lot.unpacked_grams + lot.left_grams
        append_event(lot, BizStep.DISPOSAL, rest, occurred_at, at, {"method": method.strip()[:120]})
        _move(lot, LotState.DISPOSED, actor=actor, at=at)
        write_off_held(pool=pool_of(lot), actor=actor, at=at)
    return lot


def pool_of(lot: ProduceLot) -> str:
    """Return the name of the stock pool in which a held lot's pieces stay."""
    return _pool(lot.pk)


def _pool(lot_id: int) -> str:
    return f"lot:{lot_id}"


def family_of(lot_id: int) -> set[int]:
    """Return a lot and every lot that anything of it was mixed into. One query for each generation."""
    found, new = {lot_id}, {lot_id}
    while new:
        new = set(LotSource.objects.filter(source__in=new).values_list("lot_id", flat=True)) - found
        found |= new
    return found


def _lock_family(supplier_id: int, lot_id: int) -> dict[int, ProduceLot]:
    """Lock the main stock pools of a lot and its descendants, then these lots and all others of the same products that
    are on the shelf, whose goods decide what has to be held; return them by id.

    Mixing locks its sources: what was mixed between our looking and our locking shows afterwards, and we look again.
    Pools that are locked once more are held already; new ones of the rare second look come with higher ids or wait.
    """
    if not ProduceLot.objects.filter(pk=lot_id, supplier_id=supplier_id).exists():
        raise UnknownLot(_("There is no such lot."))
    lots: dict[int, ProduceLot] = {}
    for _again in range(TRIES):
        family = family_of(lot_id)
        listings = set(ProduceLot.objects.filter(pk__in=family).values_list("listing_id", flat=True))
        lock_main_pools(listings)
        others = ProduceLot.objects.filter(listing__in=listings, state__in=ON_SHELF).values_list("pk", flat=True)
        lots = lock_lots(family.union(others))
        if family_of(lot_id) == family:
            break
    return lots


def _settle(lots: dict[int, ProduceLot], family: set[int], *, actor: Any, at: datetime) -> None:
    """Set the state of each lot of the family by its own tests and those of what it was mixed from; hold or release
    the stock of its product. `lots` are the family's and all that stand on the shelf beside them.
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

    changed = set()
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
    for listing_id in sorted(changed):
        _hold(listing_id, [lot for lot in lots.values() if lot.listing_id == listing_id], actor=actor, at=at)


def _hold(listing_id: int, lots: list[ProduceLot], *, actor: Any, at: datetime) -> None:
    """Have the pools of suspended lots hold what no sound lot of the product can be sent for, and nothing else.

    Pieces that orders have reserved stay with them: they are sent from another lot, or not at all.
    """
    pools = {_pool(lot.pk): lot.pk for lot in lots}
    shelf = pieces_of_listing(listing_id, pools)
    sound = [
        Candidate(lot.pk, lot.best_before, lot.harvested_on, lot.left_grams) for lot in lots if can_be_sent(lot, at)
    ]
    held = to_hold(
        [OnShelf(row.stock_id, row.net_grams, row.free + sum(row.held.values()), row.promised) for row in shelf],
        sound,
        [Stopped(lot.pk, lot.left_grams) for lot in lots if lot.state in SUSPENDED],
    )
    wanted = {_pool(lot_id): pieces for lot_id, pieces in held.items()}
    set_held(listing_id=listing_id, shelf=shelf, wanted=wanted, actor=actor, at=at)


def _move(lot: ProduceLot, state: str, *, actor: Any, at: datetime) -> None:
    """Move a lot as the table allows."""
    if state not in DISPOSITIONS[lot.state].moves:
        raise WrongMove(_("This lot can't be moved from %(state)s.") % {"state": lot.get_state_display()})
    ProduceLot.objects.filter(pk=lot.pk).update(state=state)
    before, lot.state = lot.state, state
    audit.record(
        action="lot_moved", object_kind="lot", object_id=lot.pk, actor=actor, at=at, state=str(state), before=before
    )
