"""What `manage.py check_ledger` checks of times, people and returns: rows say what their moves and parcels say."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db.models import Exists, F, Max, OuterRef, Q, Sum
from django.utils import timezone

from shop.core.models import AuditEntry
from shop.core.projections import Mismatch, check
from shop.sales.models import (
    AfterSale,
    AfterSaleTerms,
    CaseDecision,
    CaseMove,
    LineFacts,
    OrderFacts,
    OrderMove,
    Purchase,
    Refund,
)
from shop.sales.operations.case_moves import hours_of
from shop.sales.rules import CaseTimes
from shop.sales.states import ONGOING_CASES, AfterSaleKind, AfterSaleState, OrderState, PurchaseState, Verdict

SENT = (OrderState.SHIPPED, OrderState.COMPLETED)
CLOSED = (PurchaseState.EXPIRED, PurchaseState.CANCELLED)
Moved = tuple[str, datetime, int | None, int]


@check(
    "an order was sent with its last parcel and received when it moved, a purchase paid and closed as its state says"
)
def _times() -> Iterator[Mismatch]:
    received = OrderMove.objects.filter(to_state=OrderState.COMPLETED).order_by()
    at = dict(received.values_list("order_id").annotate(at=Max("at")))
    rows = OrderFacts.objects.annotate(left=Max("shipments__shipped_at")).order_by("pk")
    names = ("pk", "order__number", "state", "shipped_at", "completed_at", "left")
    for pk, number, state, shipped_at, completed_at, left in rows.values_list(*names).iterator():
        if shipped_at != (left if state in SENT else None):
            yield Mismatch(f"when order {number} was sent", _second(shipped_at), _second(left))
        if completed_at != at.get(pk):
            yield Mismatch(f"when order {number} was received", _second(completed_at), _second(at.get(pk)))
    is_paid, is_closed = Q(state=PurchaseState.PAID), Q(state__in=CLOSED)
    odd = is_paid & Q(paid_at__isnull=True) | ~is_paid & Q(paid_at__isnull=False)
    odd |= is_closed & Q(closed_at__isnull=True) | ~is_closed & Q(closed_at__isnull=False)
    for number in Purchase.objects.filter(odd).order_by("pk").values_list("number", flat=True):
        yield Mismatch(f"when purchase {number} was paid or closed", 1, 0)


@check("a purchase is the account's that its orders are of, and that adopted it")
def _whose() -> Iterator[Mismatch]:
    others = OrderFacts.objects.filter(purchase=OuterRef("pk")).exclude(order__user=F("purchase__user"))
    others = others.exclude(order__user__isnull=True, purchase__user__isnull=True)
    for number in Purchase.objects.filter(Exists(others)).order_by("pk").values_list("number", flat=True):
        yield Mismatch(f"account that purchase {number} is of", 1, 0)
    entries = AuditEntry.objects.filter(object_kind="purchase", action="adopt_purchase").order_by("pk")
    adopted = {int(pk): actor for pk, actor in entries.values_list("object_id", "actor_id")}
    for pk, number, user in Purchase.objects.order_by("pk").values_list("pk", "number", "user_id").iterator():
        if adopted.get(pk, user) != user:
            yield Mismatch(f"account that adopted purchase {number}", user or 0, adopted[pk] or 0)


@check("a line weighs what its parcels do")
def _weights() -> Iterator[Mismatch]:
    lines = LineFacts.objects.annotate(packed=Sum("shipment_lines__grams")).order_by("pk")
    weighed = lines.filter(Q(is_weighed=True) | Q(weighed_grams__gt=0) | Q(heavy_grams__gt=0))
    for pk, charged, heavy, packed in weighed.values_list("pk", "weighed_grams", "heavy_grams", "packed").iterator():
        if charged + heavy != (packed or 0):
            yield Mismatch(f"grams of line {pk} in parcels", charged + heavy, packed or 0)


@check("whose turn a case is, until when, and who brought it there is what its last move says")
def _turns() -> Iterator[Mismatch]:
    terms = _times_since()
    moves: dict[int, list[tuple[str, datetime, int | None]]] = defaultdict(list)
    rows = CaseMove.objects.filter(case__state__in=ONGOING_CASES).order_by("pk")
    for pk, to, at, actor in rows.values_list("case_id", "to_state", "at", "actor_id").iterator():
        moves[pk].append((to, at, actor))
    back = set(CaseDecision.objects.filter(verdict=Verdict.RETURN).values_list("case_id", flat=True))
    for case in AfterSale.objects.filter(state__in=ONGOING_CASES).order_by("pk").iterator():
        if not moves[case.pk]:
            continue
        state, at, actor = moves[case.pk][-1]
        hours = {hours_of(state, times) for since, times in terms if since <= timezone.localdate(at)}
        if case.due_at not in {at + timedelta(hours=each) if each else None for each in hours}:
            yield Mismatch(f"until when case {case.pk} waits", _second(case.due_at), _second(at))
        if len(moves[case.pk]) > 1 and (case.decided_at, case.decided_by_id) != (at, actor):
            yield Mismatch(f"who moved case {case.pk} last, or when", 1, 0)
        asked = [at for state, at, _actor in moves[case.pk] if state == AfterSaleState.ARBITRATION]
        if case.asked_at != (asked[-1] if asked else None):
            yield Mismatch(f"since when case {case.pk} is with the platform", _second(case.asked_at), 0)
        if case.needs_return != (case.kind == AfterSaleKind.RETURN or case.pk in back):
            yield Mismatch(f"return of the {case.state} case {case.pk}", int(case.needs_return), 1)


@check("who moved a case, when and with what amount is in the audit trail")
def _case_trail() -> Iterator[Mismatch]:
    said: dict[int, list[Moved]] = defaultdict(list)
    rows = AuditEntry.objects.filter(object_kind="after_sale", action__startswith="after_sale_").order_by("pk")
    for pk, action, at, actor, data in rows.values_list("object_id", "action", "at", "actor_id", "data").iterator():
        said[int(pk)].append((action.removeprefix("after_sale_"), at, actor, data.get("amount_fen", 0)))
    made: dict[int, list[Moved]] = defaultdict(list)
    moves = CaseMove.objects.exclude(from_state="").order_by("pk")
    for case, to, at, actor, fen in moves.values_list("case_id", "to_state", "at", "actor_id", "amount_fen").iterator():
        made[case].append((to, at, actor, fen))
    for case in sorted(said.keys() | made.keys()):
        if said.get(case) != made.get(case):
            yield Mismatch(f"moves of case {case} in the audit trail", len(made[case]), len(said[case]))


@check("the slip of a refund that finance paid is the one that the audit trail names")
def _proofs() -> Iterator[Mismatch]:
    entries = AuditEntry.objects.filter(object_kind="refund", action="refund_paid_out").order_by("pk")
    said = {int(pk): data for pk, data in entries.values_list("object_id", "data").iterator()}
    rows = Refund.objects.filter(Q(proof__isnull=False) | Q(account_version__isnull=False))
    for pk, proof in rows.order_by("pk").values_list("pk", "proof_id").iterator():
        data = said.get(pk, {})
        # Entries of before only say whether there was one.
        if (data["proof"] != proof) if "proof" in data else (data.get("has_proof", False) != (proof is not None)):
            yield Mismatch(f"slip of refund {pk}", proof or 0, data.get("proof") or 0)


def _times_since() -> list[tuple[date, CaseTimes]]:
    """Return the times of after-sales by their first day: a row may begin on the day it is written. One query."""
    return [(date.min, CaseTimes()), *((row.since, row.times()) for row in AfterSaleTerms.objects.order_by("since"))]


def _second(moment: datetime | None) -> int:
    return int(moment.timestamp()) if moment else 0
