"""Sending money back the way it came: one row for each payment it leaves, with its part of the ledger.

What a gateway can't send by itself (a bank transfer) stays on `refunds:to_pay` until finance has paid it out.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Sum

from shop.core import ledger, outbox
from shop.core.ledger import Posting
from shop.core.sealed import seal
from shop.sales import books, rules
from shop.sales.models import OrderFacts, Payment, Purchase, Refund
from shop.sales.queries.sealed import REFUND, refund_facts


def pay_back(
    *,
    purchase: Purchase,
    amount_fen: int,
    source: str,
    reference: str,
    reason: str,
    key: str,
    actor: Any,
    at: datetime,
    order: OrderFacts | None = None,
    first: Payment | None = None,
    also: Sequence[Posting] = (),
) -> list[Refund]:
    """Send `amount_fen` of a locked purchase back from the account `source`; return a row per payment it leaves.

    From `first`, then from the latest payment on: never more of one than came by it. `also` is booked with it. Has the
    gateways send it after the commit, or finance pay it. Raises ValueError when less came than should go back.
    """
    shares = list(_shares(purchase, amount_fen, first))
    if sum(share for _payment, share in shares) != amount_fen:
        raise ValueError(f"{purchase.number}: less came than should go back")
    refunds, postings = [], list(also)
    for number, (payment, share) in enumerate(shares, 1):
        own_key = key if number == 1 else f"{key}#{number}"
        refund = Refund.objects.create(
            payment=payment, order=order, amount_fen=share, reason=reason, key=own_key, requested_at=at
        )
        refunds.append(refund)
        postings.append(
            books.sent_back(key=own_key, source=source, gateway_name=payment.gateway, fen=share, reference=reference)
        )
        if rules.is_by_hand(payment.gateway):
            outbox.enqueue(
                task="sales.ask_account", args={"purchase_id": purchase.pk}, key=f"ask_account:{purchase.pk}", at=at
            )
        else:
            outbox.enqueue(task="sales.send_refund", args={"refund_id": refund.pk}, key=f"refund:{refund.pk}", at=at)
    seal(REFUND, refund_facts(refunds), at=at)
    ledger.post(postings, at=at, actor_id=getattr(actor, "pk", None))
    return refunds


def _shares(purchase: Purchase, amount_fen: int, first: Payment | None) -> Iterator[tuple[Payment, int]]:
    payments = Payment.objects.filter(payable_kind="purchase", payable_id=purchase.pk, received_fen__gt=0)
    rows = sorted(payments, key=lambda each: (first is not None and each.pk == first.pk, each.pk), reverse=True)
    gone = dict(Refund.objects.filter(payment__in=rows).values_list("payment_id").annotate(fen=Sum("amount_fen")))
    for payment in rows:
        share = min(amount_fen, payment.received_fen - gone.get(payment.pk, 0))
        if share > 0:
            amount_fen -= share
            yield payment, share
