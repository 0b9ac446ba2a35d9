"""What `manage.py check_ledger` checks of units and gifts: quota and budget are what orders and requests say."""

from collections import defaultdict
from collections.abc import Iterator

from procurement import books
from procurement.models import (
    DeclarationSnapshot,
    Pledge,
    PledgeReceipt,
    PurchaseRequest,
    QuotaDeclaration,
    UnitOrder,
    UnitPayer,
)
from procurement.queries.papers import acceptance_faults, request_faults, state_faults
from procurement.queries.sealed import PAYER, all_payer_facts
from procurement.rules.quota import counted_fen, counts_at
from procurement.states import CanteenMode, DeclarationState, Fund, RequestState
from procurement.texts import year_of
from shop.core import ledger, sealed
from shop.core.models import AuditEntry
from shop.core.projections import Mismatch, check
from shop.sales.states import OrderState

_FACTS = ("order__state", "order__total_fen", "order__refunded_fen", "order__waived_fen")


@check("each unit's quota is what its declarations and orders say")
def _quota() -> Iterator[Mismatch]:
    expected: dict[str, int] = defaultdict(int)
    for snapshot in DeclarationSnapshot.objects.filter(pk__in=QuotaDeclaration.objects.values("in_force")):
        for (unit_id, fund), fen in counts_at(snapshot).items():
            expected[books.quota(unit_id, snapshot.year, fund, books.RESERVED)] += fen
    rows = UnitOrder.objects.values_list("counts_for_id", "year", "fund", *_FACTS)
    for unit_id, year, fund, state, total, refunded, waived in rows:
        counts = counted_fen(total, refunded, waived, is_cancelled=state == OrderState.CANCELLED)
        where = books.FULFILLED if state == OrderState.COMPLETED else books.COMMITTED
        expected[books.quota(unit_id, year, fund, where)] += counts
        expected[books.quota(unit_id, year, fund, books.REVERSED)] += total - counts
    booked = ledger.balances("quota:")
    for name in sorted(booked.keys() | expected.keys()):
        if not name.endswith(books.SOURCE) and booked.get(name, 0) != expected.get(name, 0):
            yield Mismatch(f"account {name}", booked.get(name, 0), expected.get(name, 0))


@check("each budget's spending is what its approved requests and their orders cost")
def _budget() -> Iterator[Mismatch]:
    expected: dict[str, int] = defaultdict(int)
    for unit_id, year, fund, fen in PurchaseRequest.objects.filter(state=RequestState.APPROVED).values_list(
        "unit_id", "year", "fund", "approved_fen"
    ):
        expected[books.budget(unit_id, year, "spent", fund)] += fen
    rows = UnitOrder.objects.filter(request__isnull=False).values_list("unit_id", "year", "fund", *_FACTS)
    for unit_id, year, fund, state, total, refunded, waived in rows:
        counts = counted_fen(total, refunded, waived, is_cancelled=state == OrderState.CANCELLED)
        expected[books.budget(unit_id, year, "spent", fund)] += counts
    booked = {name: fen for name, fen in ledger.balances("budget:").items() if name.endswith(":spent")}
    for name in sorted(booked.keys() | expected.keys()):
        if booked.get(name, 0) != expected.get(name, 0):
            yield Mismatch(f"account {name}", booked.get(name, 0), expected.get(name, 0))


@check(
    "what was approved of a request is its version, decided by others than who asked for it, and is what was ordered"
)
def _approved() -> Iterator[Mismatch]:
    yield from request_faults()
    yield from state_faults()


@check("acceptances say what their orders' lines say, and what they said when they were made")
def _accepted() -> Iterator[Mismatch]:
    yield from acceptance_faults()


@check("the accounts that units pay from are as they were registered, and ended by who ended them")
def _payers() -> Iterator[Mismatch]:
    yield from sealed.faults(PAYER, all_payer_facts().values())
    entries = AuditEntry.objects.filter(object_kind="unit", action="end_payer")
    ended = {data["payer"]: (at, actor) for data, at, actor in entries.values_list("data", "at", "actor_id")}
    for pk, at, actor in UnitPayer.objects.order_by("pk").values_list("pk", "ended_at", "ended_by_id"):
        if ended.get(pk, (None, None)) != (at, actor):
            yield Mismatch(f"end of unit_payer {pk}", int(at is not None), int(pk in ended))


@check("each unit's order is of the unit that bought it, and of the fund of its request")
def _whose() -> Iterator[Mismatch]:
    rows = UnitOrder.objects.order_by("pk").values_list(
        *("pk", "unit_id", "fund", "request__fund", "request__unit_id"),
        *("order__purchase__attribution_kind", "order__purchase__attribution_ref"),
    )
    for pk, unit_id, fund, asked, asking, kind, ref in rows.iterator():
        if asking not in (None, unit_id):
            yield Mismatch(f"unit of order {pk}, of which the request names another", unit_id, asking or 0)
        if (kind, ref) != ("unit", str(unit_id)):
            yield Mismatch(f"unit of order {pk}, which another bought", unit_id, int(ref) if ref.isdigit() else 0)
        if asked is not None and asked != fund:
            yield Mismatch(f"fund of order {pk}, of which the request names another", 1, 0)


@check("each unit's order belongs to the year of its day, and counts where its unit's canteen is declared")
def _years() -> Iterator[Mismatch]:
    shared = {
        (unit_id, year): to
        for unit_id, year, to in QuotaDeclaration.objects.filter(in_force__canteen=CanteenMode.SHARED).values_list(
            "unit_id", "year", "in_force__represented_by_id"
        )
    }
    rows = UnitOrder.objects.values_list("pk", "unit_id", "counts_for_id", "year", "fund", "order__placed_at")
    for pk, unit_id, counts_for, year, fund, placed_at in rows.order_by("pk"):
        if year != year_of(placed_at):
            yield Mismatch(f"year of order {pk}", year, year_of(placed_at))
        to = shared.get((unit_id, year), unit_id) if fund == Fund.CANTEEN else unit_id
        if counts_for != to:
            yield Mismatch(f"the unit that order {pk} counts for", counts_for, to)


_DECLARED = (
    *("canteen", "represented_by_id", "canteen_spend_fen", "union_fen", "ratio_bp", "policy_id", "shares"),
    *("canteen_reserved_fen", "union_reserved_fen", "reserved_fen"),
)


@check("a confirmed declaration is the version in force, and its shares add up")
def _declared() -> Iterator[Mismatch]:
    rows = QuotaDeclaration.objects.filter(in_force__isnull=False).select_related("in_force").order_by("pk")
    for row in rows:
        kept = row.in_force
        if kept is None:
            continue
        if kept.reserved_fen != kept.canteen_reserved_fen + kept.union_reserved_fen:
            parts = kept.canteen_reserved_fen + kept.union_reserved_fen
            yield Mismatch(f"reserved by declaration {row.pk} in force", kept.reserved_fen, parts)
        if row.version == kept.version and row.state != DeclarationState.CONFIRMED:
            yield Mismatch(f"declaration {row.pk} is in force, and {row.state}", 1, 0)
        # An amendment that waits, or came back, is another version.
        for name in _DECLARED if row.version == kept.version else ():
            if getattr(row, name) != getattr(kept, name):
                yield Mismatch(f"{name} of declaration {row.pk} is not that of its version in force", 1, 0)


STAGES = {
    OrderState.UNPAID: books.PLEDGED,
    OrderState.TO_SHIP: books.ORDERED,
    OrderState.SHIPPED: books.DELIVERED,
    OrderState.COMPLETED: books.DELIVERED,
}


@check("each beneficiary's gifts are where their orders are, and count for no quota")
def _pledges() -> Iterator[Mismatch]:
    expected: dict[str, int] = defaultdict(int)
    rows = Pledge.objects.values_list(
        "beneficiary_id",
        "purchase__orders__pk",
        "purchase__orders__state",
        "purchase__orders__total_fen",
        "purchase__orders__refunded_fen",
        "purchase__orders__waived_fen",
    )
    given = set()
    confirmed = set(PledgeReceipt.objects.values_list("order_id", flat=True))
    for beneficiary_id, order_id, state, total, refunded, waived in rows:
        given.add(order_id)
        counts = counted_fen(total, refunded, waived, is_cancelled=state == OrderState.CANCELLED)
        if counts:
            stage = books.CONFIRMED if order_id in confirmed else STAGES[OrderState(state)]
            expected[books.pledge(beneficiary_id, stage)] += counts
        expected[books.pledge(beneficiary_id, books.REVERSED)] += total - counts
    booked = ledger.balances("pledge:")
    for name in sorted(booked.keys() | expected.keys()):
        if not name.endswith(books.SOURCE) and booked.get(name, 0) != expected.get(name, 0):
            yield Mismatch(f"account {name}", booked.get(name, 0), expected.get(name, 0))
    for order_id in UnitOrder.objects.filter(pk__in=given).values_list("pk", flat=True):
        yield Mismatch(f"order {order_id} counts as a gift and for a quota", 2, 1)
