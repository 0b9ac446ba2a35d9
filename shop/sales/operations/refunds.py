"""Giving money back, through the gateway that took it; capped by the database, each reason once."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from shop.core import audit, ledger, outbox
from shop.sales import books, hooks, rules
from shop.sales.errors import TooMuch, WrongState
from shop.sales.gateways import gateway
from shop.sales.models import LineFacts, OrderFacts, Refund
from shop.sales.operations.discounts_back import take_discounts_back
from shop.sales.operations.events import order_event
from shop.sales.operations.locks import lock_order
from shop.sales.operations.paybacks import pay_back
from shop.sales.operations.settling import follow_due
from shop.sales.queries.deliveries import accepted_part_fen
from shop.sales.states import OrderState, PurchaseState, RefundState, Terms


def refund_order_part(
    *,
    order: OrderFacts,
    amount_fen: int,
    reason: str,
    key: str,
    actor: Any,
    at: datetime,
    lines: Mapping[int, int] | None = None,
    pieces: Mapping[int, int] | None = None,
    also: Sequence[hooks.OrderEvent] = (),
) -> Refund:
    """Give part of an order's money back; the same `key` again returns the first refund.

    `lines` says how much of it belongs to which line (line id → 分), `pieces` what does not count as sold any more;
    freight belongs to no line. The lines' pieces are counted before. Book it in the caller's transaction, have the gateway do it after the commit. Raises TooMuch when more than was paid (and not
    yet given back) is asked for, WrongState when nothing was paid.
    """
    if amount_fen < 1:
        raise TooMuch(_("The amount must be above zero."), field="amount")
    with transaction.atomic():
        known = Refund.objects.filter(key=key).first()
        if known is not None:
            return known
        locked = lock_order(order.pk)
        before = locked.refunded_fen
        if locked.purchase.state != PurchaseState.PAID:
            raise WrongState(_("This order has not been paid."))
        if not OrderFacts.objects.filter(
            pk=order.pk, refunded_fen__lte=F("total_fen") - F("waived_fen") - amount_fen
        ).update(refunded_fen=F("refunded_fen") + amount_fen):
            raise TooMuch(_("That is more than what is left of this order's payment."), field="amount")
        _take_from_lines(order, lines or {})
        back = take_discounts_back(order=order, line_ids={*(lines or {}), *(pieces or {})})
        is_completed = order.state == OrderState.COMPLETED
        source = books.source(order.supplier_id, is_completed=is_completed)
        number = order.order.number
        also_booked = books.discount_back(key=key, number=number, source=source, fen=back.platform_fen)
        if not is_completed:
            # What is payable already of an order under way is at most what is left of it.
            payable = accepted_part_fen(locked)
            locked.refunded_fen = before + amount_fen
            also_booked += books.part_reduced(
                key=key, number=number, supplier_id=order.supplier_id, fen=payable - accepted_part_fen(locked)
            )
        refund = pay_back(
            purchase=locked.purchase, amount_fen=amount_fen, source=source, reference=number, reason=reason, key=key,
            order=order, actor=actor, at=at, also=also_booked,
        )[0]  # fmt: skip
        order.refunded_fen = before + amount_fen
        _tell_reduced(order, amount_fen, reason, key, pieces or {}, actor, at, also)
    return refund


def reduce_order(
    *,
    order: OrderFacts,
    amount_fen: int,
    reason: str,
    key: str,
    actor: Any,
    at: datetime,
    lines: Mapping[int, int] | None = None,
    pieces: Mapping[int, int] | None = None,
    also: Sequence[hooks.OrderEvent] = (),
) -> None:
    """Take `amount_fen` off a locked order: given back where it is paid, not charged where the goods came first.

    The caller makes sure that this happens once (an order's or a case's state, on its locked row). Nothing at all is
    taken off for goods that a discount paid whole: the discount goes back. Raises TooMuch as `refund_order_part` does;
    an unpaid order on other terms owes nothing yet and raises WrongState.
    """
    if not amount_fen:
        _reduce_by_nothing(order, reason, key, lines or {}, pieces or {}, actor, at, also)
        return
    if order.purchase.state == PurchaseState.PAID:
        refund_order_part(
            order=order, amount_fen=amount_fen, reason=reason, key=key, actor=actor, at=at, lines=lines,
            pieces=pieces, also=also,
        )  # fmt: skip
        return
    if order.purchase.terms != Terms.POSTPAID or order.purchase.state != PurchaseState.UNPAID:
        raise WrongState(_("This order has not been paid."))
    with transaction.atomic():
        left = F("total_fen") - F("refunded_fen") - amount_fen
        if not OrderFacts.objects.filter(pk=order.pk, waived_fen__lte=left).update(
            waived_fen=F("waived_fen") + amount_fen
        ):
            raise TooMuch(_("That is more than what this order costs."), field="amount")
        _take_from_lines(order, lines or {})
        take_discounts_back(order=order, line_ids={*(lines or {}), *(pieces or {})})
        order.waived_fen += amount_fen
        follow_due(purchase=order.purchase, actor=actor, at=at)
        audit.record(
            action="order_waived", object_kind="order", object_id=order.pk, actor=actor, at=at, amount_fen=amount_fen,
            reason=reason,
        )  # fmt: skip
        _tell_reduced(order, amount_fen, reason, key, pieces or {}, actor, at, also)


def _reduce_by_nothing(
    order: OrderFacts,
    reason: str,
    key: str,
    lines: Mapping[int, int],
    pieces: Mapping[int, int],
    actor: Any,
    at: datetime,
    also: Sequence[hooks.OrderEvent],
) -> None:
    """Take pieces that cost their buyer nothing off a locked order, as its lines say: what paid for them goes back."""
    with transaction.atomic():
        back = take_discounts_back(order=order, line_ids={*lines, *pieces})
        if order.purchase.state == PurchaseState.PAID:
            source = books.source(order.supplier_id, is_completed=order.state == OrderState.COMPLETED)
            postings = books.discount_back(key=key, number=order.order.number, source=source, fen=back.platform_fen)
            ledger.post(postings, at=at, actor_id=getattr(actor, "pk", None))
        _tell_reduced(order, 0, reason, key, pieces, actor, at, also)


def _take_from_lines(order: OrderFacts, lines: Mapping[int, int]) -> None:
    for line_id, part in lines.items():
        most = F("unit_price_fen") * F("ordered") - F("discount_fen") - part
        if not LineFacts.objects.filter(pk=line_id, order_id=order.pk, refunded_fen__lte=most).update(
            refunded_fen=F("refunded_fen") + part
        ):
            raise TooMuch(_("That is more than what was paid for this product."), field="amount")


def _tell_reduced(
    order: OrderFacts,
    amount_fen: int,
    reason: str,
    key: str,
    pieces: Mapping[int, int],
    actor: Any,
    at: datetime,
    also: Sequence[hooks.OrderEvent],
) -> None:
    if not hooks.participants:
        return
    lines = LineFacts.objects.filter(pk__in=pieces) if pieces else ()
    hooks.tell(
        order_event(
            hooks.Event.REDUCED, order, key=key, at=at, actor=actor, fen=amount_fen, lines=lines, pieces=pieces,
            reason=reason,
        ),
        *also,
    )  # fmt: skip


@outbox.register("sales.send_refund")
def send_refund(*, refund_id: int, at: datetime) -> None:
    """Have the gateway give the money back, and note that it did. The gateway knows the refund by its key."""
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    if refund.state == RefundState.SUCCEEDED or rules.is_by_hand(refund.payment.gateway):
        return
    reference = gateway(refund.payment.gateway).refund(refund)
    Refund.objects.filter(pk=refund_id).exclude(state=RefundState.SUCCEEDED).update(
        state=RefundState.SUCCEEDED, provider_ref=reference, finished_at=at
    )
