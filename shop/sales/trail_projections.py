"""What `manage.py check_ledger` checks of trails: moves, cases, payments, parcels say what their rows say."""

from collections.abc import Collection, Iterator
from datetime import timedelta
from itertools import groupby
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from oscar.apps.order.models import OrderDiscount

from shop.core.models import AuditEntry
from shop.core.money import to_fen
from shop.core.projections import Mismatch, check
from shop.sales.models import (
    AfterSale,
    CaseMove,
    DeliveryDue,
    LineDiscount,
    LineFacts,
    OfferConsent,
    OfferFunding,
    OrderFacts,
    OrderMove,
    Payment,
    Purchase,
    Refund,
)
from shop.sales.operations.case_moves import refund_key
from shop.sales.states import AfterSaleState, ConsentState, OrderState, PaymentState, PurchaseState, RefundState, Terms

# Where an order may stand before its first move.
BEGIN = ("", OrderState.UNPAID, OrderState.TO_SHIP)


def _chain(
    moves: QuerySet[Any], what: str, states: dict[int, str], first: Collection[str] = ("",)
) -> Iterator[Mismatch]:
    """Follow each row's moves (its id, from, to) in their order: each begins where the one before ended."""
    left = dict(states)
    for pk, group in groupby(moves.iterator(), key=lambda row: row[0]):
        at = None
        for _pk, before, after in group:
            if before != at if at is not None else before not in first:
                yield Mismatch(f"moves of {what} {pk}: one from {before or 'nothing'} follows {at or 'nothing'}", 1, 0)
            at = after
        if left.pop(pk, None) != at:
            yield Mismatch(f"moves of {what} {pk} end at {at}", 1, 0)
    for pk, state in sorted(left.items()):
        if state not in first:
            yield Mismatch(f"{what} {pk} has no moves", 0, 1)


@check("orders and cases stand where their moves led them")
def _moves() -> Iterator[Mismatch]:
    moves = OrderMove.objects.order_by("order_id", "pk").values_list("order_id", "from_state", "to_state")
    yield from _chain(moves, "order", dict(OrderFacts.objects.values_list("pk", "state")), BEGIN)
    # Only goods that are paid for later begin ready to be sent: of others the move that paying made is gone.
    began = OrderMove.objects.filter(order=OuterRef("pk")).order_by("pk").values("from_state")[:1]
    rows = OrderFacts.objects.exclude(purchase__terms=Terms.POSTPAID).annotate(began=Coalesce(Subquery(began), "state"))
    for pk in rows.filter(began=OrderState.TO_SHIP).order_by("pk").values_list("pk", flat=True).iterator():
        yield Mismatch(f"order {pk} is to be sent without a move that paid it", 0, 1)
    cases = CaseMove.objects.order_by("case_id", "pk").values_list("case_id", "from_state", "to_state")
    yield from _chain(cases, "case", dict(AfterSale.objects.values_list("pk", "state")))


@check("a granted case gave back what was granted, and no other case gave anything")
def _cases() -> Iterator[Mismatch]:
    prefix = refund_key(0)[:-1]
    back: dict[int, int] = {}
    reasons: dict[int, str] = {}
    for key, reason, fen in Refund.objects.filter(key__startswith=prefix).values_list("key", "reason", "amount_fen"):
        pk = int(key[len(prefix) :].split(":")[0])
        back[pk] = back.get(pk, 0) + fen
        reasons[pk] = reason
    last: dict[int, int] = dict(CaseMove.objects.order_by("pk").values_list("case_id", "amount_fen"))
    rows = AfterSale.objects.order_by("pk").values_list("pk", "kind", "state", "agreed_fen", "line__order__waived_fen")
    for pk, kind, state, agreed, waived in rows.iterator():
        if reasons.get(pk, kind) != kind:
            yield Mismatch(f"reason of the refund of case {pk}", 1, 0)
        if last.get(pk, agreed) != agreed:
            yield Mismatch(f"amount of the last move of case {pk}", last[pk], agreed)
        given = back.pop(pk, 0)
        is_granted = state == AfterSaleState.APPROVED
        # Of goods that are not paid yet nothing goes back: it is not charged.
        if given != (agreed if is_granted else 0) and not (is_granted and waived >= agreed - given and agreed > given):
            yield Mismatch(f"given back by the {state} case {pk}", given, agreed if is_granted else 0)
    for pk, fen in sorted(back.items()):
        yield Mismatch(f"given back by case {pk}, which is not there", fen, 0)


@check("what came is of payments that succeeded, and what went back is of its own payment")
def _settled() -> Iterator[Mismatch]:
    paid = Purchase.objects.filter(pk=OuterRef("payable_id"), state=PurchaseState.PAID)
    odd = Payment.objects.filter(
        Q(state=PaymentState.SUCCEEDED) & ~Q(amount_fen=F("received_fen"))
        | Q(Exists(paid), payable_kind="purchase", received_fen__gt=0) & ~Q(state=PaymentState.SUCCEEDED)
    )
    for pk, amount, received in odd.order_by("pk").values_list("pk", "amount_fen", "received_fen"):
        yield Mismatch(f"payment {pk}, its state and what came", amount, received)
    stray = Refund.objects.filter(order__isnull=False, payment__payable_kind="purchase").exclude(
        order__purchase_id=F("payment__payable_id")
    )
    for pk, amount in stray.order_by("pk").values_list("pk", "amount_fen"):
        yield Mismatch(f"refund {pk} is of another purchase's payment", amount, 0)
    done = Refund.objects.exclude(state=RefundState.SUCCEEDED).filter(finished_at__isnull=False)
    for pk, amount in done.order_by("pk").values_list("pk", "amount_fen"):
        yield Mismatch(f"refund {pk} is finished, and not said to be", 0, amount)


@check("parcels hold what was sent, and Oscar's lines are ours")
def _sent() -> Iterator[Mismatch]:
    lines = LineFacts.objects.annotate(sent=Coalesce(Sum("shipment_lines__quantity"), 0)).exclude(shipped=F("sent"))
    for pk, shipped, sent in lines.order_by("pk").values_list("pk", "shipped", "sent"):
        yield Mismatch(f"pieces of line {pk} in parcels", shipped, sent)
    names = ("pk", "ordered", "unit_price_fen", "discount_fen", "line__quantity", "line__line_price_incl_tax")
    for pk, ordered, price, discount, quantity, cost in LineFacts.objects.order_by("pk").values_list(*names).iterator():
        if quantity != ordered:
            yield Mismatch(f"Oscar's pieces of line {pk}", quantity, ordered)
        if to_fen(cost) != price * ordered - discount:
            yield Mismatch(f"Oscar's price of line {pk}", to_fen(cost), price * ordered - discount)
    taken = OrderDiscount.objects.filter(order_id=OuterRef("line__order_id"), offer_id=OuterRef("offer_id"))
    for pk, fen in LineDiscount.objects.exclude(Exists(taken)).order_by("pk").values_list("pk", "amount_fen"):
        yield Mismatch(f"line discount {pk} is of an offer that its order did not use", fen, 0)


@check("a delivery is due after the days of its purchase's terms")
def _terms_of_payment() -> Iterator[Mismatch]:
    rows = DeliveryDue.objects.order_by("pk").values_list(
        "order_id", "accepted_at", "pay_by", "order__purchase__term_days"
    )
    for order_id, accepted, pay_by, days in rows.iterator():
        if days is not None and pay_by - accepted != timedelta(days=days):
            yield Mismatch(f"days until a delivery of order {order_id} is due", (pay_by - accepted).days, days)


@check("a supplier's answer on an offer was given by somebody, on what it was asked")
def _answers() -> Iterator[Mismatch]:
    asked = {
        int(pk): data.get("most_fen")
        for pk, data in AuditEntry.objects.filter(
            object_kind="offer_consent", action="offer_consent_asked"
        ).values_list("object_id", "data")
    }
    given = {
        int(pk)
        for pk in AuditEntry.objects.filter(object_kind="offer_consent", action="offer_consent_given").values_list(
            "object_id", flat=True
        )
    }
    for consent in OfferConsent.objects.order_by("pk"):
        if consent.state == ConsentState.GIVEN and (consent.answered_at is None or consent.pk not in given):
            yield Mismatch(f"answer on consent {consent.pk}", 1, 0)
        if asked.get(consent.pk, consent.most_fen) != consent.most_fen:
            yield Mismatch(f"most of consent {consent.pk}", consent.most_fen, asked[consent.pk] or 0)
    unasked = OfferFunding.objects.filter(funded_by=OfferFunding.FundedBy.SUPPLIER).annotate(
        asked=Count("offer__consents", filter=Q(offer__consents__supplier=F("supplier")))
    )
    for pk in unasked.filter(asked=0).order_by("pk").values_list("pk", flat=True):
        yield Mismatch(f"supplier of offer {pk} was never asked", 1, 0)
