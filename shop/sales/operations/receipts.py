"""Receiving: the buyer confirms, or time does. What was held for the supplier becomes payable."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext as _

from shop.core import ledger, outbox, periodic
from shop.sales import books, rules
from shop.sales.errors import WrongState
from shop.sales.models import AfterSale, LineFacts, OrderFacts
from shop.sales.operations.moves import lock_order, move_order
from shop.sales.states import AfterSaleState, OrderState, PurchaseState

BATCH = 100


def confirm_receipt(*, order_id: int, actor: Any, at: datetime, reason: str = "received") -> bool:
    """Note that the goods arrived; return False when that was noted before.

    Every sent piece counts as accepted; what is left of the money becomes payable to the supplier.
    Raises WrongState when the order is not on its way. Locks: order, then ledger.
    """
    with transaction.atomic():
        order = lock_order(order_id)
        if order.state == OrderState.COMPLETED:
            return False
        if order.state != OrderState.SHIPPED:
            raise WrongState(_("This order is not on its way."))
        LineFacts.objects.filter(order=order).update(accepted=F("shipped"))
        move_order(order, OrderState.COMPLETED, reason=reason, actor=actor, at=at)
        if order.purchase.state == PurchaseState.PAID:
            ledger.post(
                books.completed(number=order.order.number, supplier_id=order.supplier_id, amount_fen=still_held(order)),
                at=at,
                actor_id=getattr(actor, "pk", None),
            )
        outbox.enqueue(task="sales.tell_received", args={"order_id": order.pk}, key=f"received:{order.pk}", at=at)
        return True


def still_held(order: OrderFacts) -> int:
    """Return 分 of an order that are neither given back nor payable yet, the platform's discount included."""
    discount = order.discount_fen - order.discount_supplier_fen
    back = discount * order.refunded_fen // order.total_fen if order.total_fen else 0
    return order.total_fen - order.refunded_fen + discount - back


@periodic.every("sales.receive", seconds=300)
def receive_overdue(*, at: datetime) -> int:
    """Complete what was sent long ago and never confirmed, unless a case is open; return how many."""
    days = getattr(settings, "AUTO_RECEIPT_DAYS", rules.AUTO_RECEIPT_DAYS)
    disputed = AfterSale.objects.filter(line__order=OuterRef("pk"), state=AfterSaleState.OPEN)
    due = OrderFacts.objects.filter(
        ~Exists(disputed), state=OrderState.SHIPPED, shipped_at__lte=at - timedelta(days=days)
    )
    ids = list(due.order_by("shipped_at").values_list("pk", flat=True)[:BATCH])
    return sum(_receive(order_id, at) for order_id in ids)


def _receive(order_id: int, at: datetime) -> bool:
    try:
        return confirm_receipt(order_id=order_id, actor=None, at=at, reason="received_by_time")
    except WrongState:
        # Moved by somebody else since it was listed.
        return False
