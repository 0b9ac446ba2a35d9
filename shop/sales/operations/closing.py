"""Ending what will not be delivered: unpaid purchases expire, buyers cancel, suppliers run out."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from catalog.operations import stock
from catalog.operations.listings import count_sold
from shop.core import outbox, periodic
from shop.sales import hooks
from shop.sales.errors import WrongState
from shop.sales.models import LineFacts, OrderFacts, Purchase
from shop.sales.operations.discounts import give_uses_back
from shop.sales.operations.events import order_event
from shop.sales.operations.locks import lock_order, lock_orders
from shop.sales.operations.moves import move_order, move_orders
from shop.sales.operations.refunds import reduce_order
from shop.sales.operations.terms import start_term
from shop.sales.states import OrderState, PurchaseState, Terms

BATCH = 100


@periodic.every("sales.expire", seconds=15)
def expire_purchases(*, at: datetime) -> int:
    """Close what was not paid in time and give everything back; return how many."""
    due = Purchase.objects.filter(state=PurchaseState.UNPAID, pay_by__lte=at).exclude(terms=Terms.POSTPAID)
    ids = list(due.order_by("pay_by").values_list("pk", flat=True)[:BATCH])
    return sum(expire_purchase(purchase_id=pk, at=at) for pk in ids)


def expire_purchase(*, purchase_id: int, at: datetime) -> bool:
    """Close one purchase if its time is over; return whether this call did."""
    return _close(purchase_id, PurchaseState.EXPIRED, reason="expired", actor=None, at=at)


def cancel_purchase(*, purchase: Purchase, actor: Any, at: datetime) -> None:
    """Close an unpaid purchase at its buyer's wish. Raises WrongState when it was paid or closed meanwhile."""
    if not _close(purchase.pk, PurchaseState.CANCELLED, reason="buyer_cancelled", actor=actor, at=at):
        raise WrongState(_("This purchase is not waiting for payment any more."))


def _close(purchase_id: int, to: str, *, reason: str, actor: Any, at: datetime) -> bool:
    with transaction.atomic():
        unpaid = Purchase.objects.select_for_update(no_key=True).filter(pk=purchase_id, state=PurchaseState.UNPAID)
        if to == PurchaseState.EXPIRED:
            unpaid = unpaid.filter(pay_by__lte=at).exclude(terms=Terms.POSTPAID)
        purchase = unpaid.first()
        if purchase is None:
            return False
        Purchase.objects.filter(pk=purchase_id).update(state=to, closed_at=at)
        orders = lock_orders(purchase)
        lines = list(LineFacts.objects.filter(order__in=orders))
        _release(lines)
        LineFacts.objects.filter(order__in=orders).update(cancelled=F("ordered"))
        move_orders(orders, OrderState.CANCELLED, reason=reason, actor=actor, at=at)
        give_uses_back(purchase=purchase)
        hooks.tell(*(_cancelled(order, lines, order.total_fen, reason, actor, at) for order in orders))
        outbox.enqueue(
            task="sales.stock_came_back", args={"listing_ids": sorted({line.listing_id for line in lines})}, at=at
        )
        return True


def cancel_order(*, order_id: int, actor: Any, at: datetime, reason: str = "buyer_cancelled") -> None:
    """Cancel one order before it is shipped: stock back, money back. An unpaid one closes its whole purchase.

    Raises WrongState when it is shipped, completed or cancelled.
    Locks: purchase, order, listings, stock pools by id, ledger (`locks.LOCK_ORDER`).
    """
    with transaction.atomic():
        order = lock_order(order_id)
        if order.state == OrderState.UNPAID:
            cancel_purchase(purchase=order.purchase, actor=actor, at=at)
            return
        if order.state != OrderState.TO_SHIP:
            raise WrongState(_("This order can't be cancelled any more."))
        lines = list(LineFacts.objects.filter(order=order).order_by("pk"))
        if any(line.shipped for line in lines):
            raise WrongState(_("Part of this order is on its way already."))
        sold: dict[int, int] = {}
        for line in lines:
            sold[line.listing_id] = sold.get(line.listing_id, 0) - line.ordered + line.cancelled
        count_sold(sold, at=at)
        _release(lines)
        LineFacts.objects.filter(order=order).update(cancelled=F("ordered"))
        move_order(order, OrderState.CANCELLED, reason=reason, actor=actor, at=at)
        left = order.left_fen
        # One call of the participants for both events: they lock certified output before budgets.
        cancelled = _cancelled(order, lines, 0, reason, actor, at)
        if left > 0:
            reduce_order(
                order=order,
                amount_fen=left,
                reason=reason,
                key=f"cancel:{order.pk}",
                actor=actor,
                at=at,
                lines={
                    line.pk: part
                    for line in lines
                    if (part := line.unit_price_fen * line.ordered - line.discount_fen - line.refunded_fen) > 0
                },
                also=[cancelled],
            )
        else:
            hooks.tell(cancelled)
        start_term(purchase=order.purchase, at=at)
        outbox.enqueue(task="sales.stock_came_back", args={"listing_ids": sorted(sold)}, at=at)
        outbox.enqueue(
            task="sales.tell_cancelled",
            args={"order_id": order.pk, "reason": reason},
            key=f"cancelled:{order.pk}",
            at=at,
        )


def _cancelled(
    order: OrderFacts, lines: Sequence[LineFacts], fen: int, reason: str, actor: Any, at: datetime
) -> hooks.OrderEvent:
    """Return the event; `lines` as they were before, perhaps of several orders."""
    own = [line for line in lines if line.order_id == order.pk]
    pieces = {line.pk: line.ordered - line.cancelled for line in own}
    return order_event(
        hooks.Event.CANCELLED, order, key=order.order.number, at=at, actor=actor, fen=fen, lines=own, pieces=pieces,
        reason=reason,
    )  # fmt: skip


def _release(lines: list[LineFacts]) -> None:
    back: dict[int, int] = {}
    for line in lines:
        back[line.stock_id] = back.get(line.stock_id, 0) + line.ordered - line.cancelled - line.shipped
    stock.release(back)
