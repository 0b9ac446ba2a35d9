"""Taking money: attempts, captures. Each effect happens once, however often a provider or a buyer repeats it."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from shop.core import ledger, outbox
from shop.sales import books, hooks, rules
from shop.sales.errors import DoneElsewhere, WrongState
from shop.sales.gateways import Started, gateway
from shop.sales.models import LineFacts, OrderFacts, Payment, Purchase
from shop.sales.operations.events import order_event
from shop.sales.operations.locks import lock_orders, lock_purchase
from shop.sales.operations.moves import move_orders
from shop.sales.operations.refunds import refund_payment
from shop.sales.operations.starting import start_work
from shop.sales.states import OrderState, PaymentState, PurchaseState, Terms

PURCHASE = "purchase"
DEMO_THINKS_SECONDS = 3


def start_payment(
    *, purchase: Purchase, gateway_name: str, method: str = "", through: str = "", at: datetime
) -> tuple[Payment, Started]:
    """Start (or take up again) an attempt to pay `purchase`; return it with what the gateway answered.

    `through` is the kind of purchases whose own door this is: what a unit's finance pays, its buyer does not pay at
    the cashier's (DoneElsewhere). Raises WrongState when the purchase is not waiting for money, KeyError for a
    gateway that is not offered.
    """
    chosen = gateway(gateway_name)
    with transaction.atomic():
        locked = lock_purchase(purchase.pk)
        if locked.state != PurchaseState.UNPAID or rules.is_too_late_to_pay(locked.terms, locked.pay_by, at):
            raise WrongState(_("This purchase is not waiting for payment."))
        door = hooks.elsewhere(hooks.Step.PAY, locked) if through != locked.attribution_kind else None
        if door is not None:
            raise DoneElsewhere(door.why, url=door.url)
        payment = Payment.objects.filter(
            payable_kind=PURCHASE, payable_id=purchase.pk, gateway=gateway_name, state__in=_WAITING
        ).first()
        if payment is None:
            payment = Payment.objects.create(
                payable_kind=PURCHASE,
                payable_id=purchase.pk,
                gateway=gateway_name,
                method=method,
                amount_fen=due_fen(locked),
                key=secrets.token_hex(16),
                started_at=at,
            )
        if gateway_name == "transfer" and locked.terms == Terms.ONLINE:
            # A transfer takes days: the purchase waits as long as its terms allow.
            Purchase.objects.filter(pk=locked.pk).update(
                terms=Terms.TRANSFER, pay_by=rules.pay_by(Terms.TRANSFER, locked.placed_at)
            )
    started = chosen.start(payment, return_url=f"/pay/{purchase.number}/")
    if not payment.provider_ref:
        Payment.objects.filter(pk=payment.pk, provider_ref="").update(provider_ref=started.provider_ref)
        payment.provider_ref = started.provider_ref
    return payment, started


_WAITING = (PaymentState.STARTED, PaymentState.CHECKING)


def capture_payment(*, payment_id: int, at: datetime, actor: Any = None) -> bool:
    """Book that the provider has the money of a payment; return False when that was booked before.

    The purchase becomes paid, its orders wait to be shipped, the suppliers' held accounts grow. Money for a purchase
    that is no longer waiting (expired, cancelled, paid by another attempt) is given back.
    Locks: purchase, payment, orders by id, listings, ledger (`locks.LOCK_ORDER`).
    """
    with transaction.atomic():
        payment = Payment.objects.get(pk=payment_id)
        purchase = lock_purchase(payment.payable_id)
        if not Payment.objects.filter(pk=payment_id, state__in=[*_WAITING, PaymentState.FAILED]).update(
            state=PaymentState.SUCCEEDED, finished_at=at
        ):
            return False
        payment.state = PaymentState.SUCCEEDED
        if purchase.state != PurchaseState.UNPAID:
            refund_payment(payment=payment, reason="not_waiting", at=at)
            return True
        Purchase.objects.filter(pk=purchase.pk).update(state=PurchaseState.PAID, paid_at=at)
        _orders_paid(purchase, payment.gateway, actor, at)
        outbox.enqueue(task="sales.tell_paid", args={"purchase_id": purchase.pk}, key=f"paid:{purchase.pk}", at=at)
        return True


def settle_nothing_due(*, purchase_id: int, at: datetime) -> bool:
    """Make a purchase paid that costs nothing (a coupon covers all); return whether this call did."""
    with transaction.atomic():
        purchase = lock_purchase(purchase_id)
        if purchase.state != PurchaseState.UNPAID or purchase.total_fen:
            return False
        Purchase.objects.filter(pk=purchase.pk).update(state=PurchaseState.PAID, paid_at=at)
        _orders_paid(purchase, "", None, at)
        outbox.enqueue(task="sales.tell_paid", args={"purchase_id": purchase.pk}, key=f"paid:{purchase.pk}", at=at)
        return True


def due_fen(purchase: Purchase) -> int:
    """Return 分 that a purchase costs: its total less what is not charged."""
    waived = OrderFacts.objects.filter(purchase=purchase).aggregate(waived=Sum("waived_fen"))["waived"] or 0
    return purchase.total_fen - waived


def await_confirmation(*, payment_id: int, at: datetime) -> None:
    """Note that the provider is still thinking: the cashier says so until it answers."""
    Payment.objects.filter(pk=payment_id, state=PaymentState.STARTED).update(state=PaymentState.CHECKING)
    outbox.enqueue(
        task="sales.demo_answers",
        args={"payment_id": payment_id},
        key=f"demo:{payment_id}",
        at=at,
        delay=timedelta(seconds=DEMO_THINKS_SECONDS),
    )


@outbox.register("sales.demo_answers")
def demo_answers(*, payment_id: int, at: datetime) -> None:
    """Play the demo provider's answer: the money is there."""
    capture_payment(payment_id=payment_id, at=at)


def fail_payment(*, payment_id: int, at: datetime) -> None:
    """Note that an attempt failed; the purchase stays as it is and can be paid by another."""
    Payment.objects.filter(pk=payment_id, state__in=_WAITING).update(state=PaymentState.FAILED, finished_at=at)


def _orders_paid(purchase: Purchase, gateway_name: str, actor: Any, at: datetime) -> None:
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
    for order in orders:
        number = order.order.number
        postings += books.captured(
            number=number,
            supplier_id=order.supplier_id,
            gateway_name=gateway_name,
            total_fen=order.total_fen - order.waived_fen,
            platform_discount_fen=rules.platform_discount_left(order.money(), order.waived_fen),
        )
        if order.state == OrderState.COMPLETED:
            postings += books.completed(
                number=number, supplier_id=order.supplier_id, amount_fen=rules.still_held(order.money())
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
