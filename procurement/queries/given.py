"""What of a gift stands: what was cancelled, refused, returned or given back whole is no gift any more."""

from enum import StrEnum
from typing import Any

from django.db.models import Case, F, Q, Value, When

from procurement.rules.quota import counted_fen
from shop.sales.states import OrderState, PurchaseState


class GiftState(StrEnum):
    """Where a gift stands, as its certificate says it."""

    UNPAID = "unpaid"
    TO_SHIP = "to_ship"
    SHIPPED = "shipped"
    RECEIVED = "received"
    CONFIRMED = "confirmed"
    GIVEN_BACK = "given_back"
    CANCELLED = "cancelled"
    NEVER_PAID = "never_paid"


# Of several orders the slowest says where the gift stands. What was received, by time or by the donor, is not confirmed.
_SLOWEST_FIRST = {
    OrderState.UNPAID: GiftState.UNPAID,
    OrderState.TO_SHIP: GiftState.TO_SHIP,
    OrderState.SHIPPED: GiftState.SHIPPED,
    OrderState.COMPLETED: GiftState.RECEIVED,
}


def is_given_back(line: Any) -> bool:
    """Tell whether all that was paid for a line went back."""
    return bool(line.paid_fen <= line.refunded_fen)


def given_of(line: Any) -> int:
    """Return how many pieces of a line are a gift: what was bought, less what came back in goods or in money whole."""
    if is_given_back(line):
        return 0
    return max(0, line.ordered - line.cancelled - line.rejected - line.returned)


def sent_of(line: Any) -> int:
    """Return how many pieces of a line the beneficiary was sent and keeps."""
    return 0 if is_given_back(line) else max(0, line.shipped - line.rejected - line.returned)


def stands(order: Any) -> bool:
    """Tell whether anything of an order is still a gift. Needs its lines."""
    return order.state != OrderState.CANCELLED and any(given_of(line) for line in order.lines.all())


def standing_fen(orders: Any) -> int:
    """Return what orders cost in the end, in 分: nothing of cancelled ones."""
    return sum(
        counted_fen(
            order.total_fen, order.refunded_fen, order.waived_fen, is_cancelled=order.state == OrderState.CANCELLED
        )
        for order in orders
    )


def gift_state(pledge: Any) -> GiftState:
    """Return where a gift stands: confirmed once all that stands of it is, else where the slowest of the rest is.

    Needs its purchase, orders, their lines, and its receipts.
    """
    orders = list(pledge.purchase.orders.all())
    standing = {order.pk: OrderState(order.state) for order in orders if stands(order)}
    confirmed = {receipt.order_id for receipt in pledge.receipts.all()}
    if waiting := [state for pk, state in standing.items() if pk not in confirmed]:
        return next(said for state, said in _SLOWEST_FIRST.items() if state in waiting)
    if standing:
        return GiftState.CONFIRMED
    if pledge.purchase.state in (PurchaseState.EXPIRED, PurchaseState.CANCELLED) and pledge.purchase.paid_at is None:
        return GiftState.NEVER_PAID
    is_cancelled = all(order.state == OrderState.CANCELLED for order in orders)
    return GiftState.CANCELLED if is_cancelled else GiftState.GIVEN_BACK


def confirmed_orders(pledge: Any) -> list[Any]:
    """Return the orders of a gift that its beneficiary confirmed and that stand: what its certificate is about."""
    confirmed = {receipt.order_id for receipt in pledge.receipts.all()}
    return [order for order in pledge.purchase.orders.all() if order.pk in confirmed and stands(order)]


def pieces_given(line: str, order: str, *, is_paid: bool) -> Case:
    """Return `given_of` as the database counts it, of the lines at the path `line` ("…lines__").

    Of the orders at the path `order` ("…orders__") that are paid, or of those that wait for their money.
    """
    bought = F(f"{line}ordered") - F(f"{line}cancelled") - F(f"{line}rejected") - F(f"{line}returned")
    unpaid = Q(**{f"{order}state": OrderState.UNPAID})
    return Case(When(still_paid(line) & (~unpaid if is_paid else unpaid), then=bought), default=Value(0))


def still_paid(line: str) -> Q:
    """Return the condition that not all of the money of the lines at the path `line` went back."""
    paid = F(f"{line}unit_price_fen") * F(f"{line}ordered") - F(f"{line}discount_fen")
    return Q(**{f"{line}refunded_fen__lt": paid})
