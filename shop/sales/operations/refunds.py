"""Giving money back, through the gateway that took it; capped by the database, each reason once."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from shop.core import ledger, outbox
from shop.sales import books
from shop.sales.errors import TooMuch, WrongState
from shop.sales.gateways import gateway
from shop.sales.models import LineFacts, OrderFacts, Payment, Refund
from shop.sales.states import OrderState, PaymentState, RefundState


def refund_order_part(
    *,
    order: OrderFacts,
    amount_fen: int,
    reason: str,
    key: str,
    actor: Any,
    at: datetime,
    lines: dict[int, int] | None = None,
) -> Refund:
    """Give part of an order's money back; the same `key` again returns the first refund.

    `lines` says how much of it belongs to which line (line id → 分); freight belongs to none. Book it in the
    caller's transaction, have the gateway do it after the commit. Raises TooMuch when more than was paid (and not
    yet given back) is asked for, WrongState when nothing was paid.
    """
    if amount_fen < 1:
        raise TooMuch(_("The amount must be above zero."), field="amount")
    with transaction.atomic():
        known = Refund.objects.filter(key=key).first()
        if known is not None:
            return known
        payment = payment_of(order)
        if payment is None:
            raise WrongState(_("This order has not been paid."))
        before = order_refunded(order)
        if not OrderFacts.objects.filter(pk=order.pk, refunded_fen__lte=F("total_fen") - amount_fen).update(
            refunded_fen=F("refunded_fen") + amount_fen
        ):
            raise TooMuch(_("That is more than what is left of this order's payment."), field="amount")
        for line_id, part in (lines or {}).items():
            most = F("unit_price_fen") * F("ordered") - F("discount_fen") - part
            if not LineFacts.objects.filter(pk=line_id, order_id=order.pk, refunded_fen__lte=most).update(
                refunded_fen=F("refunded_fen") + part
            ):
                raise TooMuch(_("That is more than what was paid for this product."), field="amount")
        refund = Refund.objects.create(
            payment=payment, order=order, amount_fen=amount_fen, reason=reason, key=key, requested_at=at
        )
        ledger.post(
            books.refunded(
                key=key,
                number=order.order.number,
                supplier_id=order.supplier_id,
                gateway_name=payment.gateway,
                amount_fen=amount_fen,
                discount_back_fen=_discount_back(order, before, amount_fen),
                is_completed=order.state == OrderState.COMPLETED,
            ),
            at=at,
            actor_id=getattr(actor, "pk", None),
        )
        _send(refund, at)
    order.refunded_fen = before + amount_fen
    return refund


def refund_payment(*, payment: Payment, reason: str, at: datetime) -> Refund:
    """Give a whole payment back that no order took (it came too late, or twice)."""
    with transaction.atomic():
        refund, made = Refund.objects.get_or_create(
            key=f"payment:{payment.pk}",
            defaults={"payment": payment, "amount_fen": payment.amount_fen, "reason": reason, "requested_at": at},
        )
        if made:
            _send(refund, at)
    return refund


def payment_of(order: OrderFacts) -> Payment | None:
    """Return the payment whose money an order got, if it is paid."""
    return (
        Payment.objects.filter(payable_kind="purchase", payable_id=order.purchase_id, state=PaymentState.SUCCEEDED)
        .exclude(refunds__key__startswith="payment:")
        .first()
    )


def order_refunded(order: OrderFacts) -> int:
    """Return 分 given back of an order so far, with its row locked."""
    return OrderFacts.objects.select_for_update().values_list("refunded_fen", flat=True).get(pk=order.pk)


def _discount_back(order: OrderFacts, before: int, amount: int) -> int:
    """Return the platform's discount that goes back with `amount`: proportional, exact over all refunds together."""
    discount = order.discount_fen - order.discount_supplier_fen
    if not discount or not order.total_fen:
        return 0
    return discount * (before + amount) // order.total_fen - discount * before // order.total_fen


def _send(refund: Refund, at: datetime) -> None:
    outbox.enqueue(task="sales.send_refund", args={"refund_id": refund.pk}, key=f"refund:{refund.pk}", at=at)


@outbox.register("sales.send_refund")
def send_refund(*, refund_id: int, at: datetime) -> None:
    """Have the gateway give the money back, and note that it did. The gateway knows the refund by its key."""
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    if refund.state == RefundState.SUCCEEDED:
        return
    reference = gateway(refund.payment.gateway).refund(refund)
    Refund.objects.filter(pk=refund_id).exclude(state=RefundState.SUCCEEDED).update(
        state=RefundState.SUCCEEDED, provider_ref=reference, finished_at=at
    )
