"""Ending what will not be delivered: unpaid purchases expire, buyers cancel, suppliers run out."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from catalog.operations.listings import count_sold
from shop.core import outbox, periodic
from shop.sales import hooks, rules
from shop.sales.errors import WrongState
from shop.sales.models import LineFacts, OrderFacts, Purchase
from shop.sales.operations.discounts_back import give_uses_back, take_discounts_back, uncount_uses
from shop.sales.operations.doors import refuse_elsewhere
from shop.sales.operations.events import order_event
from shop.sales.operations.locks import lock_order, lock_orders, lock_purchase
from shop.sales.operations.moves import move_order, move_orders
from shop.sales.operations.refunds import reduce_order
from shop.sales.operations.settling import follow_due, send_all_back, settle
from shop.sales.operations.stock_back import release_pieces
from shop.sales.operations.terms import start_term
from shop.sales.queries.due import due_of
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


def cancel_purchase(*, purchase: Purchase, actor: Any, at: datetime, way: str = "") -> None:
    """Close an unpaid purchase, all its orders, at its buyer's wish.

    Raises WrongState when it was paid or closed meanwhile, DoneElsewhere where somebody else has to agree (a unit's).
    """
    refuse_elsewhere(hooks.Step.CANCEL, purchase)
    if not _close(purchase.pk, PurchaseState.CANCELLED, reason="buyer_cancelled", actor=actor, at=at, way=way):
        raise WrongState(_("This purchase is not waiting for payment any more."))


def _close(purchase_id: int, to: str, *, reason: str, actor: Any, at: datetime, way: str = "") -> bool:
    with transaction.atomic():
        purchase = lock_purchase(purchase_id)
        if purchase.state != PurchaseState.UNPAID:
            return False
        if to == PurchaseState.EXPIRED and not rules.is_too_late_to_pay(purchase.terms, purchase.pay_by, at):
            return False
        _shut(purchase, to, reason, actor, at)
        orders = [order for order in lock_orders(purchase) if order.state != OrderState.CANCELLED]
        lines = list(LineFacts.objects.filter(order__in=orders))
        LineFacts.objects.filter(order__in=orders).update(cancelled=F("ordered"))
        move_orders(orders, OrderState.CANCELLED, reason=reason, actor=actor, at=at, way=way)
        _release(lines, actor, at)
        give_uses_back(purchase=purchase)
        hooks.tell(*(_cancelled(order, lines, order.left_fen, reason, actor, at) for order in orders))
        outbox.enqueue(
            task="sales.stock_came_back", args={"listing_ids": sorted({line.listing_id for line in lines})}, at=at
        )
        return True


def _shut(purchase: Purchase, to: str, reason: str, actor: Any, at: datetime) -> None:
    """Close a locked, unpaid purchase; what came for it goes back."""
    Purchase.objects.filter(pk=purchase.pk).update(state=to, closed_at=at)
    purchase.state, purchase.closed_at = to, at
    send_all_back(purchase=purchase, reason=reason, actor=actor, at=at)


def cancel_order(
    *, order_id: int, actor: Any, at: datetime, reason: str = "buyer_cancelled", through: str = "", way: str = ""
) -> None:
    """Cancel one order before it is shipped: stock back, money back. The others of its purchase stay as they are.

    Of an unpaid purchase less is due then; with its last order it is closed. `through` is the kind of purchases whose
    own door this is: elsewhere a unit's order is not cancelled by one person (DoneElsewhere, which says where).
    Raises WrongState when it is shipped, completed or cancelled.
    Locks: purchase, order, listings, stock pools by id, offers, ledger (`locks.LOCK_ORDER`).
    """
    with transaction.atomic():
        order = lock_order(order_id)
        refuse_elsewhere(hooks.Step.CANCEL, order.purchase, order.order.number, through=through)
        drop_order(order=order, actor=actor, at=at, reason=reason, way=way)


def drop_order(*, order: OrderFacts, actor: Any, at: datetime, reason: str, way: str = "", through: str = "") -> None:
    """Cancel a locked order, for its buyer or since its supplier has nothing to send. Raises as `cancel_order` does.

    Whoever cancels `through` a door of its own tells the buyer.
    """
    if order.state not in (OrderState.UNPAID, OrderState.TO_SHIP):
        raise WrongState(_("This order can't be cancelled any more."))
    lines = list(LineFacts.objects.filter(order=order).order_by("pk"))
    if any(line.shipped for line in lines):
        raise WrongState(_("Part of this order is on its way already."))
    was_unpaid = order.state == OrderState.UNPAID
    if was_unpaid:
        _drop_unpaid(order, lines, reason, actor, at, way)
    else:
        _drop_working(order, lines, reason, actor, at, way)
    outbox.enqueue(
        task="sales.stock_came_back", args={"listing_ids": sorted({line.listing_id for line in lines})}, at=at
    )
    outbox.enqueue(
        task="sales.tell_cancelled",
        args={"order_id": order.pk, "reason": reason, "was_unpaid": was_unpaid, "through": through},
        key=f"cancelled:{order.pk}",
        at=at,
    )


def _drop_unpaid(order: OrderFacts, lines: list[LineFacts], reason: str, actor: Any, at: datetime, way: str) -> None:
    """Take an order out of a purchase that waits for its money: that much less is due."""
    purchase, fen = order.purchase, order.left_fen
    OrderFacts.objects.filter(pk=order.pk).update(waived_fen=F("total_fen") - F("refunded_fen"))
    LineFacts.objects.filter(order=order).update(cancelled=F("ordered"))
    move_order(order, OrderState.CANCELLED, reason=reason, actor=actor, at=at, way=way)
    is_last = not OrderFacts.objects.filter(purchase=purchase).exclude(state=OrderState.CANCELLED).exists()
    if is_last:
        _shut(purchase, PurchaseState.CANCELLED, reason, actor, at)
    elif not due_of(purchase).due_fen:
        settle(purchase=purchase, actor=actor, at=at)
    else:
        follow_due(purchase=purchase, actor=actor, at=at)
    _release(lines, actor, at, reason=reason, reference=order.order.number)
    if is_last:
        give_uses_back(purchase=purchase)
    else:
        take_discounts_back(order=order, is_over=True)
    cancelled = _cancelled(order, lines, fen, reason, actor, at)
    order.waived_fen = order.total_fen - order.refunded_fen
    hooks.tell(cancelled)


def _drop_working(order: OrderFacts, lines: list[LineFacts], reason: str, actor: Any, at: datetime, way: str) -> None:
    """Cancel an order that its supplier works on: its money goes back, or is not charged where the goods come first."""
    sold: dict[int, int] = {}
    for line in lines:
        sold[line.listing_id] = sold.get(line.listing_id, 0) - line.ordered + line.cancelled
    count_sold(sold, at=at)
    _release(lines, actor, at, reason=reason, reference=order.order.number)
    LineFacts.objects.filter(order=order).update(cancelled=F("ordered"))
    move_order(order, OrderState.CANCELLED, reason=reason, actor=actor, at=at, way=way)
    if not OrderFacts.objects.filter(purchase=order.purchase).exclude(state=OrderState.CANCELLED).exists():
        # Nothing of the purchase was sent or is kept: its coupon may be used again.
        uncount_uses(purchase=order.purchase)
    left = order.left_fen
    # One call of the participants for both events: they lock certified output before budgets.
    cancelled = _cancelled(order, lines, 0, reason, actor, at)
    reduce_order(
        order=order,
        amount_fen=left,
        reason=reason,
        key=f"cancel:{order.pk}",
        actor=actor,
        at=at,
        lines={line.pk: max(0, line.paid_fen - line.refunded_fen) for line in lines},
        also=[cancelled],
    )
    start_term(purchase=order.purchase, actor=actor, at=at)


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


def _release(lines: list[LineFacts], actor: Any, at: datetime, *, reason: str = "", reference: str = "") -> None:
    back: dict[int, int] = {}
    for line in lines:
        back[line.stock_id] = back.get(line.stock_id, 0) + line.ordered - line.cancelled - line.shipped
    listing_ids = {line.listing_id for line in lines}
    release_pieces(back, listing_ids, actor=actor, at=at, reason=reason, reference=reference)
