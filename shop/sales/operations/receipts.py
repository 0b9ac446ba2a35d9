"""Receiving: the buyer confirms, or time does. What was held for the supplier becomes payable."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext as _

from shop.core import ledger, outbox, periodic
from shop.sales import books, hooks, rules
from shop.sales.errors import WrongState
from shop.sales.models import AfterSale, LineFacts, OrderFacts, Shipment
from shop.sales.operations.doors import refuse_elsewhere
from shop.sales.operations.events import order_event
from shop.sales.operations.locks import lock_order
from shop.sales.operations.moves import move_order
from shop.sales.operations.terms import note_delivery_due, start_term
from shop.sales.queries.deliveries import accepted_part_fen
from shop.sales.queries.open_recalls import has_open_recall, with_open_recall
from shop.sales.states import ONGOING_CASES, OrderState, PurchaseState, Terms

BATCH = 100
BY_TIME = "received_by_time"


def confirm_receipt(*, order_id: int, actor: Any, at: datetime, way: str = "") -> bool:
    """Note, as its buyer, that all that was sent arrived; return False when that was noted before.

    Every sent piece counts as accepted; what is left of the money becomes payable to the supplier.
    Raises DoneElsewhere where somebody else receives (a unit in form, a beneficiary by its link), WrongState when the
    order is not on its way. Locks: purchase, order, ledger.
    """
    return _receive_all(order_id, actor, at, "received", asks=True, way=way)


def _receive_all(order_id: int, actor: Any, at: datetime, reason: str, *, asks: bool, way: str = "") -> bool:
    with transaction.atomic():
        order = lock_order(order_id)
        if order.state == OrderState.COMPLETED:
            return False
        if order.state != OrderState.SHIPPED:
            raise WrongState(_("This order is not on its way."))
        if reason == BY_TIME and has_open_recall(order):
            raise WrongState(_("These goods are recalled: time does not confirm their receipt."), code="recalled")
        if asks:
            refuse_elsewhere(hooks.Step.RECEIVE, order.purchase, order.order.number)
        lines = list(LineFacts.objects.filter(order=order))
        complete_order(order, lines, actor=actor, at=at, reason=reason, way=way)
        return True


def complete_order(
    order: OrderFacts, lines: Sequence[LineFacts], *, actor: Any, at: datetime, reason: str, way: str = ""
) -> None:
    """Move a locked order on whose last delivery was decided on, and settle its money.

    Sent pieces that nobody rejected count as accepted. Where the goods came first, the last delivery falls due.
    """
    LineFacts.objects.filter(order=order).update(accepted=F("shipped") - F("rejected"))
    Shipment.objects.filter(order=order, received_at=None).update(received_at=at)
    move_order(order, OrderState.COMPLETED, reason=reason, actor=actor, at=at, way=way)
    if order.purchase.state == PurchaseState.PAID:
        ledger.post(
            books.completed(
                number=order.order.number,
                supplier_id=order.supplier_id,
                amount_fen=rules.still_held(order.money()) - accepted_part_fen(order),
            ),
            at=at,
            actor_id=getattr(actor, "pk", None),
        )
    else:
        # Received and owed: from now on it is a sale.
        OrderFacts.objects.filter(pk=order.pk, sold_at=None).update(sold_at=at)
        note_delivery_due(order=order, key=f"last:{order.pk}", actor=actor, at=at)
        start_term(purchase=order.purchase, actor=actor, at=at)
    outbox.enqueue(task="sales.tell_received", args={"order_id": order.pk}, key=f"received:{order.pk}", at=at)
    hooks.tell(
        order_event(
            hooks.Event.ACCEPTED, order, key=order.order.number, at=at, actor=actor,
            fen=order.left_fen, lines=lines, pieces={line.pk: line.shipped - line.rejected for line in lines},
            reason=reason,
        )
    )  # fmt: skip


def receipt_days(terms: str) -> int:
    """Return after how many days a receipt that nobody confirmed is confirmed; units accept in form, and get longer."""
    return int(settings.UNIT_RECEIPT_DAYS if terms in (Terms.PREPAID, Terms.POSTPAID) else settings.AUTO_RECEIPT_DAYS)


@periodic.every("sales.receive", seconds=300)
def receive_overdue(*, at: datetime) -> int:
    """Complete what was sent long ago and never confirmed, unless a case is under way; return how many.

    Never what is recalled, as long as its buyer did nothing about it: time does not pay for goods that nobody may eat.
    """
    disputed = AfterSale.objects.filter(line__order=OuterRef("pk"), state__in=ONGOING_CASES)
    late = Q()
    for terms in Terms:
        late |= Q(purchase__terms=terms, shipped_at__lte=at - timedelta(days=receipt_days(terms)))
    due = OrderFacts.objects.filter(~Exists(disputed), late, state=OrderState.SHIPPED)
    due = due.exclude(pk__in=with_open_recall(due))
    ids = list(due.order_by("shipped_at").values_list("pk", flat=True)[:BATCH])
    return sum(_receive(order_id, at) for order_id in ids)


def _receive(order_id: int, at: datetime) -> bool:
    try:
        return _receive_all(order_id, None, at, BY_TIME, asks=False)
    except WrongState:
        # Moved by somebody else since it was listed.
        return False
