"""Reading bank transfers: what was announced and not found on a statement yet."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator

from shop.accounts.queries import organisation_names
from shop.sales.models import Payment, Purchase
from shop.sales.states import PaymentState

TRANSFERS_A_PAGE = 20


@dataclass
class Transfer:
    """One announced transfer. `payers` are the names that may stand on the statement."""

    pk: int
    code: str
    amount_fen: int
    number: str
    payers: list[str]
    started_at: datetime
    pay_by: datetime | None
    finished_at: datetime | None


def transfers(page: int | str = 1, *, booked: bool = False) -> Page:
    """Return a page of the transfers that wait (the oldest first), or of the booked ones (the latest first).

    Four queries, whatever the number.
    """
    rows = Payment.objects.filter(gateway="transfer", payable_kind="purchase")
    if booked:
        rows = rows.filter(state=PaymentState.SUCCEEDED).order_by("-finished_at", "-pk")
    else:
        rows = rows.filter(state__in=(PaymentState.STARTED, PaymentState.CHECKING)).order_by("started_at", "pk")
    found: Page[Any] = Paginator(rows, TRANSFERS_A_PAGE).get_page(page)
    payments = list(found.object_list)
    purchases = Purchase.objects.select_related("user").in_bulk([payment.payable_id for payment in payments])
    names = organisation_names([purchase.user_id for purchase in purchases.values() if purchase.user_id])
    found.object_list = [
        Transfer(
            pk=payment.pk,
            code=payment.provider_ref,
            amount_fen=payment.amount_fen,
            number=purchases[payment.payable_id].number,
            payers=_payers(purchases[payment.payable_id], names),
            started_at=payment.started_at,
            pay_by=purchases[payment.payable_id].pay_by,
            finished_at=payment.finished_at,
        )
        for payment in payments
    ]
    return found


def expected_payers(payment: Payment) -> list[str]:
    """Return the names from which a transfer may come: invoice title, buyer, recipient, the buyer's organisations."""
    purchase = Purchase.objects.select_related("user").get(pk=payment.payable_id)
    return _payers(purchase, organisation_names([purchase.user_id] if purchase.user_id else []))


def _payers(purchase: Purchase, organisations: dict[int, list[str]]) -> list[str]:
    own = [purchase.invoice_title, purchase.user.name if purchase.user else "", purchase.ship_name]
    own += organisations.get(purchase.user_id or 0, [])
    return [name for name in dict.fromkeys(own) if name]


def transfer_exists(payment_id: int) -> bool:
    """Tell whether there is such a bank transfer. One query."""
    return Payment.objects.filter(pk=payment_id, gateway="transfer").exists()
