"""Slips of transfers, of buyers and of finance, and who may see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

from shop.core.numbers import read_id
from shop.core.private_files import private_url
from shop.sales import hooks, visitors
from shop.sales.models import Payment, Purchase, Refund, TransferSlip
from shop.sales.queries.purchases import is_bought_by
from shop.sales.states import PaymentState, PurchaseState

SLIPS, PROOFS = "slip", "payout"
SMALL = 240


@dataclass(frozen=True, slots=True)
class SlipShown:
    """A slip's small and large address; both expire, and open for those concerned only."""

    pk: int
    thumb: str
    full: str
    added_at: datetime


def slips_of(payment_ids: Sequence[int]) -> dict[int, list[SlipShown]]:
    """Return the slips of each transfer, the oldest first. One query."""
    found: dict[int, list[SlipShown]] = {}
    for row in TransferSlip.objects.filter(payment__in=payment_ids).select_related("picture").order_by("pk"):
        full = private_url(SLIPS, row.pk, max(row.picture.widths or [SMALL]))
        found.setdefault(row.payment_id, []).append(
            SlipShown(row.pk, private_url(SLIPS, row.pk, SMALL), full, row.added_at)
        )
    return found


def slip_replaced(request: HttpRequest) -> int | None:
    """Return which slip a form's new one comes in place of, None for none."""
    return read_id(request.POST.get("replaces"), most_digits=15)


def open_transfer(purchase: Purchase) -> Payment | None:
    """Return the transfer of an unpaid purchase that waits for money, None where nobody announced one. One query."""
    if purchase.state != PurchaseState.UNPAID:
        return None
    waiting = (PaymentState.STARTED, PaymentState.CHECKING)
    rows = Payment.objects.filter(payable_kind="purchase", payable_id=purchase.pk, gateway="transfer")
    return rows.filter(state__in=waiting).order_by("-pk").first()


def slip_key(request: HttpRequest, pk: int) -> str | None:
    """Return the key of a slip for who pays, who bought, and the platform's finance. See `shop.core.private_files`."""
    row = TransferSlip.objects.filter(pk=pk).select_related("picture", "payment").first()
    if row is None:
        return None
    user = visitors.user_of(request)
    purchase = Purchase.objects.get(pk=row.payment.payable_id)
    is_concerned = (
        (user is not None and user.has_perm("sales.decide_transfers"))
        or is_bought_by(visitors.visitor(request), purchase)
        or (user is not None and hooks.pays_for(user, purchase))
    )
    return row.picture.key if is_concerned else None


def proof_key(request: HttpRequest, pk: int) -> str | None:
    """Return the key of the slip of a refund that finance paid out, for finance alone."""
    user = visitors.user_of(request)
    if user is None or not user.has_perm("sales.decide_transfers"):
        return None
    refund = Refund.objects.filter(pk=pk, proof__isnull=False).select_related("proof").first()
    return refund.proof.key if refund is not None and refund.proof is not None else None
