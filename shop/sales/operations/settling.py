"""Money and what is due meet here: open attempts follow what is due, and a purchase is paid once enough came.

All of it in the caller's transaction, with the purchase locked. What came is on the purchase's own account of the
ledger until its orders take it; what they don't need goes back.
"""

from datetime import datetime
from typing import Any

from django.db.models import F

from shop.core import ledger, outbox
from shop.core.sealed import seal_all
from shop.sales import books, hooks, rules
from shop.sales.models import LineFacts, OrderFacts, Payment, Purchase, Remittance
from shop.sales.operations.events import order_event
from shop.sales.operations.locks import lock_orders
from shop.sales.operations.moves import move_orders
from shop.sales.operations.parts import book_parts, booked_parts
from shop.sales.operations.paybacks import pay_back
from shop.sales.operations.starting import start_work
from shop.sales.queries.due import due_of
from shop.sales.queries.sealed import money_facts
from shop.sales.queries.unpayable import unpaid_under_revoked
from shop.sales.states import OrderState, PaymentState, PurchaseState

WAITING = (PaymentState.STARTED, PaymentState.CHECKING)


def take_money(
    *,
    payment: Payment,
    purchase: Purchase,
    fen: int,
    actor: Any,
    at: datetime,
    payer: str = "",
    reference: str = "",
    goes_back: bool = False,
    over_fen: int = 0,
) -> None:
    """Book that `fen` came by a payment of a locked purchase, as what it is: enough, too little, too much, too late.

    Enough makes the purchase paid, what is more than enough goes back; of a purchase that waits for no money, and of
    what is refused (`goes_back`), all of it. `over_fen` of it goes back at once though more will fall due later.
    """
    Payment.objects.filter(pk=payment.pk).update(received_fen=F("received_fen") + fen)
    payment.received_fen += fen
    row = Remittance.objects.create(
        payment=payment, amount_fen=fen, payer=payer, reference=reference, reference_key=rules.reference_key(reference),
        actor_id=getattr(actor, "pk", None), at=at,
    )  # fmt: skip
    seal_all(money_facts(row), at=at)
    ledger.post(
        [books.came(key=str(row.pk), number=purchase.number, gateway_name=payment.gateway, fen=fen)],
        at=at,
        actor_id=getattr(actor, "pk", None),
    )
    if purchase.state == PurchaseState.UNPAID and not goes_back:
        if over_fen:
            pay_back(
                purchase=purchase, amount_fen=over_fen, source=books.received(purchase.number),
                reference=purchase.number, reason="not_due_yet", key=f"payment:{payment.pk}:{row.pk}", first=payment,
                actor=actor, at=at,
            )  # fmt: skip
        follow_due(purchase=purchase, actor=actor, at=at, latest=payment)
        return
    if purchase.state != PurchaseState.UNPAID:
        _finish([payment], at)
    pay_back(
        purchase=purchase, amount_fen=fen, source=books.received(purchase.number), reference=purchase.number,
        reason="too_little" if goes_back else "not_waiting", key=f"payment:{payment.pk}:{row.pk}", first=payment,
        actor=actor, at=at,
    )  # fmt: skip
    follow_due(purchase=purchase, actor=actor, at=at)


def follow_due(*, purchase: Purchase, actor: Any, at: datetime, latest: Payment | None = None) -> None:
    """Have a locked purchase's open attempts ask for what is still due; make it paid where enough came already.

    An attempt whose amount a provider knows can't change and may still take it: it stays as it is, what comes of it is
    booked as it is, and who starts to pay again gets an attempt of its own.
    """
    if purchase.state != PurchaseState.UNPAID:
        return
    due = due_of(purchase)
    if due.received_fen and not due.left_fen:
        settle(purchase=purchase, actor=actor, at=at, latest=latest)
        return
    book_parts(purchase=purchase, actor=actor, at=at)
    for payment in _attempts(purchase).filter(state__in=WAITING, gateway__in=rules.BY_HAND):
        # A transfer is announced once for all that will come. With nothing due there is nothing to ask for; who sends
        # it all the same finds it booked, and gets it back.
        asked = payment.received_fen + due.left_fen
        if asked != payment.amount_fen:
            Payment.objects.filter(pk=payment.pk).update(amount_fen=asked or payment.amount_fen)


def settle(*, purchase: Purchase, actor: Any, at: datetime, latest: Payment | None = None) -> None:
    """Make a locked, unpaid purchase paid: its orders take what they cost, the rest goes back (of `latest` first)."""
    over = due_of(purchase).over_fen
    barred = unpaid_under_revoked([purchase.pk])
    book_parts(purchase=purchase, actor=actor, at=at)
    Purchase.objects.filter(pk=purchase.pk).update(state=PurchaseState.PAID, paid_at=at)
    purchase.state, purchase.paid_at = PurchaseState.PAID, at
    _finish(list(_attempts(purchase).filter(state__in=[*WAITING, PaymentState.FAILED], received_fen__gt=0)), at)
    if latest is not None:
        latest.refresh_from_db()
    _orders_paid(purchase, actor, at)
    if over:
        pay_back(
            purchase=purchase, amount_fen=over, source=books.received(purchase.number), reference=purchase.number,
            reason="more_than_due", key=f"over:{purchase.pk}", first=latest, actor=actor, at=at,
        )  # fmt: skip
    outbox.enqueue(task="sales.tell_paid", args={"purchase_id": purchase.pk}, key=f"paid:{purchase.pk}", at=at)
    if barred:
        # Money that was on its way is booked as always; whether the goods are still wanted is its buyer's to say.
        outbox.enqueue(task="sales.ask_paid_under_revoked", args={"purchase_id": purchase.pk}, at=at)


def send_all_back(*, purchase: Purchase, reason: str, actor: Any, at: datetime) -> int:
    """Send back what came for a locked purchase that was closed without being paid; return 分."""
    fen = due_of(purchase).received_fen
    book_parts(purchase=purchase, actor=actor, at=at)
    if fen:
        _finish(list(_attempts(purchase).filter(state__in=WAITING, received_fen__gt=0)), at)
        pay_back(
            purchase=purchase, amount_fen=fen, source=books.received(purchase.number), reference=purchase.number,
            reason=reason, key=f"closed:{purchase.pk}", actor=actor, at=at,
        )  # fmt: skip
    return fen


def _attempts(purchase: Purchase) -> Any:
    return Payment.objects.filter(payable_kind="purchase", payable_id=purchase.pk).order_by("pk")


def _finish(payments: list[Payment], at: datetime) -> None:
    for payment in payments:
        payment.state, payment.finished_at = PaymentState.SUCCEEDED, at
    Payment.objects.filter(pk__in=[each.pk for each in payments]).update(
        state=PaymentState.SUCCEEDED, finished_at=at, amount_fen=F("received_fen")
    )


def _orders_paid(purchase: Purchase, actor: Any, at: datetime) -> None:
    """Start the work on what waited for the money; where the goods came first, settle what was received already."""
    orders = [order for order in lock_orders(purchase) if order.state != OrderState.CANCELLED]
    by_order: dict[int, list[LineFacts]] = {order.pk: [] for order in orders}
    for line in LineFacts.objects.filter(order__in=by_order):
        by_order[line.order_id].append(line)
    # What the goods came before is a sale since it was received.
    OrderFacts.objects.filter(pk__in=by_order, sold_at=None).update(sold_at=at)
    waiting = [order for order in orders if order.state == OrderState.UNPAID]
    move_orders(waiting, OrderState.TO_SHIP, reason="paid", actor=actor, at=at)
    start_work(orders=[(order, by_order[order.pk]) for order in waiting], at=at)
    postings = []
    parts = booked_parts([order.order.number for order in orders])
    for order in orders:
        number = order.order.number
        part = parts.get(number, (0, 0))[0]
        postings += books.captured(
            number=number,
            purchase_number=purchase.number,
            supplier_id=order.supplier_id,
            total_fen=rules.order_due_fen(order.total_fen, order.waived_fen) - part,
            platform_discount_fen=order.platform_discount_left_fen,
        )
        if order.state == OrderState.COMPLETED:
            postings += books.completed(
                number=number, supplier_id=order.supplier_id, amount_fen=rules.still_held(order.money()) - part
            )
    ledger.post(postings, at=at, actor_id=getattr(actor, "pk", None))
    hooks.tell(
        *(
            order_event(
                hooks.Event.PAID, order, key=order.order.number, at=at, actor=actor,
                fen=order.total_fen - order.waived_fen, lines=by_order[order.pk],
            )
            for order in orders
        )
    )  # fmt: skip
