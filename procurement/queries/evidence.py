"""Who may see the photos of acceptances and of received gifts: those concerned by them, nobody else."""

from typing import Any

from django.http import HttpRequest

from procurement.models import AcceptancePhoto, PledgeReceipt
from procurement.queries.requests import unit_order
from procurement.queries.units import seats_of
from shop.core.private_files import private_url

ACCEPTANCE = "acceptance"
RECEIPT = "receipt"


def acceptance_picture_key(request: HttpRequest, pk: int) -> str | None:
    """Return the key of an acceptance's photo for the unit, who oversees it and the order's supplier, else None."""
    user: Any = request.user
    if not user.is_authenticated:
        return None
    rows = AcceptancePhoto.objects.select_related("picture", "acceptance__order__order", "acceptance__order__supplier")
    row = rows.filter(pk=pk).first()
    if row is None:
        return None
    order = row.acceptance.order
    is_concerned = (
        order.supplier.organisation_id in user.organisation_ids
        or unit_order(seats_of(user), order.order.number) is not None
    )
    return row.picture.key if is_concerned else None


def receipt_picture_key(request: HttpRequest, pk: int) -> str | None:
    """Return the key of a receipt's photo for its donor and the beneficiary's people, else None."""
    row = PledgeReceipt.objects.filter(pk=pk).select_related("picture", "pledge").first()
    if row is None or row.picture is None:
        return None
    return row.picture.key if may_see_receipts(request.user, row.pledge) else None


def may_see_receipts(user: Any, pledge: Any) -> bool:
    """Whether somebody gave a gift, or acts for whom it was given to."""
    return bool(user.is_authenticated) and (
        pledge.donor_id == user.pk or pledge.beneficiary_id in user.organisation_ids
    )


def picture_urls(kind: str, pk: int, picture: Any) -> tuple[str, str]:
    """Return the small and the large address of a private photo; both expire."""
    return private_url(kind, pk, 240), private_url(kind, pk, max(picture.widths or [240]))
