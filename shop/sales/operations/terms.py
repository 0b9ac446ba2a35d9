"""账期: when what was received first is to be paid, and what becomes of it when nothing is left to pay."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, Sum

from shop.sales import rules
from shop.sales.models import DeliveryDue, OrderFacts, Purchase
from shop.sales.operations.parts import book_later_part, book_parts
from shop.sales.operations.settling import send_all_back, settle
from shop.sales.queries.deliveries import accepted_part_fen
from shop.sales.queries.due import due_of
from shop.sales.states import OrderState, PurchaseState, Terms

_OPEN = (OrderState.UNPAID, OrderState.TO_SHIP, OrderState.SHIPPED)


def note_delivery_due(*, order: OrderFacts, key: str, actor: Any, at: datetime, amount_fen: int | None = None) -> None:
    """Let an accepted delivery of a locked POSTPAID order fall due on a day of its own; the same `key` again is nothing.

    Without `amount_fen` it is the last one: it costs what the earlier ones left of the order. The purchase is to be
    paid by the earliest of its deliveries' days. What came for it already, is its supplier's.
    """
    purchase = order.purchase
    if purchase.terms != Terms.POSTPAID or purchase.state not in (PurchaseState.UNPAID, PurchaseState.PAID):
        return
    before = accepted_part_fen(order)
    if amount_fen is None:
        earlier = DeliveryDue.objects.filter(order=order).exclude(key=key).aggregate(fen=Sum("amount_fen"))["fen"] or 0
        amount_fen = max(0, order.left_fen - earlier)
    if not amount_fen:
        return
    days = purchase.term_days if purchase.term_days is not None else rules.POSTPAID_DAYS
    due, made = DeliveryDue.objects.get_or_create(
        key=key,
        defaults={"order": order, "amount_fen": amount_fen, "accepted_at": at, "pay_by": at + timedelta(days=days)},
    )
    if not made:
        return
    if purchase.state == PurchaseState.PAID:
        book_later_part(order=order, key=key, before_fen=before, actor=actor, at=at)
    else:
        first = Q(pay_by=None) | Q(pay_by__gt=due.pay_by)
        Purchase.objects.filter(first, pk=purchase.pk, state=PurchaseState.UNPAID).update(pay_by=due.pay_by)
        book_parts(purchase=purchase, actor=actor, at=at)


def start_term(*, purchase: Purchase, at: datetime, actor: Any = None) -> None:
    """Close a locked POSTPAID purchase when nothing of it is left; what was accepted of it falls due by its own days.

    Of what was received and rejected whole nothing is due: it is settled at once. In the caller's transaction. Other
    purchases, and those with orders under way, stay as they are.
    """
    if purchase.terms != Terms.POSTPAID or purchase.state != PurchaseState.UNPAID:
        return
    states = set(OrderFacts.objects.filter(purchase=purchase).values_list("state", flat=True))
    if states & set(_OPEN):
        return
    if states == {OrderState.CANCELLED}:
        Purchase.objects.filter(pk=purchase.pk).update(state=PurchaseState.CANCELLED, closed_at=at)
        purchase.state, purchase.closed_at = PurchaseState.CANCELLED, at
        send_all_back(purchase=purchase, reason="cancelled", actor=actor, at=at)
    elif not due_of(purchase).due_fen:
        settle(purchase=purchase, actor=actor, at=at)
