"""Reading bank transfers: what was announced and not found on a statement yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator

from shop.accounts.queries import organisation_names
from shop.sales import hooks
from shop.sales.models import Payment, Purchase
from shop.sales.states import PaymentState

TRANSFERS_A_PAGE = 20


@dataclass
class Transfer:
    """One announced transfer. `payers` are the names and accounts that may stand on the statement."""

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

    Four queries, two more where some are of a kind whose payers are registered; whatever the number.
    """
    rows = Payment.objects.filter(gateway="transfer", payable_kind="purchase")
    if booked:
        rows = rows.filter(state=PaymentState.SUCCEEDED).order_by("-finished_at", "-pk")
    else:
        rows = rows.filter(state__in=(PaymentState.STARTED, PaymentState.CHECKING)).order_by("started_at", "pk")
    found: Page[Any] = Paginator(rows, TRANSFERS_A_PAGE).get_page(page)
    payments = list(found.object_list)
    purchases = Purchase.objects.select_related("user").in_bulk([payment.payable_id for payment in payments])
    names = _payers(list(purchases.values()))
    found.object_list = [
        Transfer(
            pk=payment.pk,
            code=payment.provider_ref,
            amount_fen=payment.amount_fen,
            number=purchases[payment.payable_id].number,
            payers=names[payment.payable_id],
            started_at=payment.started_at,
            pay_by=purchases[payment.payable_id].pay_by,
            finished_at=payment.finished_at,
        )
        for payment in payments
    ]
    return found


def expected_payers(payment: Payment) -> list[str]:
    """Return from whom a transfer may come; anybody else is an operator's decision, with a reason.

    For a unit: its registered name and accounts, nothing that somebody typed on the way. For others: the title of the
    invoice, the buyer, the organisations the buyer acts for. Never the recipient: anybody can be sent a parcel.
    """
    purchase = Purchase.objects.select_related("user").get(pk=payment.payable_id)
    return _payers([purchase])[purchase.pk]


def _payers(purchases: Sequence[Purchase]) -> dict[int, list[str]]:
    """Return the expected payers by purchase."""
    registered = {
        kind: payers({each.attribution_ref for each in purchases if each.attribution_kind == kind})
        for kind, payers in hooks.payer_sources.items()
        if any(each.attribution_kind == kind for each in purchases)
    }
    others = [each for each in purchases if each.attribution_kind not in registered]
    organisations = organisation_names([each.user_id for each in others if each.user_id])
    found: dict[int, list[str]] = {}
    for each in purchases:
        if each.attribution_kind in registered:
            found[each.pk] = registered[each.attribution_kind].get(each.attribution_ref, [])
            continue
        own = [each.invoice_title, each.user.name if each.user else "", *organisations.get(each.user_id or 0, [])]
        found[each.pk] = [name for name in dict.fromkeys(own) if name]
    return found


def transfer_exists(payment_id: int) -> bool:
    """Tell whether there is such a bank transfer. One query."""
    return Payment.objects.filter(pk=payment_id, gateway="transfer").exists()
