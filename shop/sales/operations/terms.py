"""账期: when what was received first is to be paid, and what becomes of it when nothing is left to pay."""

from datetime import datetime, timedelta
from typing import Any

from shop.sales import rules
from shop.sales.models import OrderFacts, Purchase
from shop.sales.operations.settling import send_all_back, settle
from shop.sales.queries.due import due_of
from shop.sales.states import OrderState, PurchaseState, Terms

_OPEN = (OrderState.UNPAID, OrderState.TO_SHIP, OrderState.SHIPPED)


def start_term(*, purchase: Purchase, at: datetime, actor: Any = None) -> None:
    """Let a locked POSTPAID purchase fall due once its last order is received; close it when nothing of it is left.

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
    else:
        days = purchase.term_days if purchase.term_days is not None else rules.POSTPAID_DAYS
        purchase.pay_by = at + timedelta(days=days)
        Purchase.objects.filter(pk=purchase.pk).update(pay_by=purchase.pay_by)
