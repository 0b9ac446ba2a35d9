"""Where the payment of a unit's purchase or order stands, in words: the one answer of lists, pages and papers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from procurement.models import PurchaseRequest, UnitOrder
from procurement.queries.requests import orders_of_request
from procurement.settled import Settled, settle_order, settle_purchase
from procurement.shown import OrderShown, due_words, show_order
from shop.core import times
from shop.sales.queries.deliveries import Schedule, schedule_of, schedules_by_id
from shop.sales.queries.trails import going_back_of_orders, going_back_of_purchases
from shop.sales.states import PurchaseState, Terms


def show_orders(rows: Sequence[UnitOrder], at: datetime) -> list[OrderShown]:
    """Return orders as pages show them. Seven queries at most (`settle_orders`)."""
    settled = settle_orders(rows)
    return [show_order(row, settled[row.order.pk], at) for row in rows]


def settle_orders(rows: Sequence[UnitOrder]) -> dict[int, Settled]:
    """Return what each of these orders comes to, by id. Seven queries at most.

    One reads what of them is given back and did not leave yet; six what is due of those whose purchase is not paid.
    """
    going_back = going_back_of_orders([row.order.pk for row in rows])
    unpaid = {row.order.purchase_id for row in rows if row.order.purchase.state == PurchaseState.UNPAID}
    schedules = schedules_by_id(sorted(unpaid))
    return {
        row.order.pk: settle_order(row, going_back.get(row.order.pk, 0), schedules.get(row.order.purchase_id))
        for row in rows
    }


def settle_request(found: PurchaseRequest) -> Settled | None:
    """Return what all orders of a request come to together; None before it is ordered. Ten queries at most."""
    if found.purchase is None:
        return None
    purchase, rows = found.purchase, orders_of_request(found.pk)
    going_back = going_back_of_purchases([purchase.pk]).get(purchase.pk, 0)
    return settle_purchase(purchase, rows, going_back, schedule_of(purchase))


@dataclass(frozen=True)
class PaymentShown:
    """Where a payment stands: the `words` of its badge, and the day that goes with them, "" for none."""

    words: str
    badge: str
    day: str = ""
    is_late: bool = False

    @property
    def icon(self) -> str:
        """The drawing of its badge."""
        return "warning" if self.is_late else ""


def show_payment(settled: Settled, purchase: Any, schedule: Schedule, at: datetime) -> PaymentShown:
    """Return where the payment of what `settled` is about stands; `schedule` is what is due of it."""
    if settled.is_nothing:
        return PaymentShown(_("Nothing to pay"), "neutral")
    if settled.is_paid:
        return _paid(settled, times.full_day(purchase.paid_at))
    if not settled.is_open:
        # Cancelled, or the time to pay went by: nobody waits for money.
        return PaymentShown(str(PurchaseState(purchase.state).label), "neutral")
    if purchase.terms == Terms.POSTPAID and not schedule.due_now_fen:
        return PaymentShown(_("Waits for acceptance"), "neutral")
    first = schedule.pay_by if purchase.terms == Terms.POSTPAID else purchase.pay_by
    is_late = first is not None and first < at
    words = _("Payment overdue") if is_late else str(PurchaseState.UNPAID.label)
    return PaymentShown(words, "overdue" if is_late else "limited", due_words(first, at), is_late)


def _paid(settled: Settled, day: str) -> PaymentShown:
    if settled.going_back_fen:
        return PaymentShown(_("Refund in progress"), "limited", day)
    if settled.refunded_fen and not settled.left_fen:
        return PaymentShown(_("Given back"), "neutral", day)
    return PaymentShown(str(PurchaseState.PAID.label), "proven", day)
