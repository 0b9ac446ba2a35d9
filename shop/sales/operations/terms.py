"""账期: when what was received first is to be paid, and what becomes of it when nothing is left to pay."""

from datetime import datetime, timedelta

from shop.sales import rules
from shop.sales.models import OrderFacts, Purchase
from shop.sales.states import OrderState, PurchaseState, Terms

_OPEN = (OrderState.UNPAID, OrderState.TO_SHIP, OrderState.SHIPPED)


def start_term(*, purchase: Purchase, at: datetime) -> None:
    """Let a POSTPAID purchase fall due once its last order is received; close it when nothing of it is left.

    In the caller's transaction. Other purchases, and those with orders under way, stay as they are.
    """
    if purchase.terms != Terms.POSTPAID or purchase.state != PurchaseState.UNPAID:
        return
    states = set(OrderFacts.objects.filter(purchase=purchase).values_list("state", flat=True))
    if states & set(_OPEN):
        return
    unpaid = Purchase.objects.filter(pk=purchase.pk, state=PurchaseState.UNPAID)
    if states == {OrderState.CANCELLED}:
        unpaid.update(state=PurchaseState.CANCELLED, closed_at=at)
    else:
        days = purchase.term_days if purchase.term_days is not None else rules.POSTPAID_DAYS
        unpaid.update(pay_by=at + timedelta(days=days))
