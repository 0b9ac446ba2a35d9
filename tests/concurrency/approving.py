"""Deep offers that may be used together, approved at the same moment."""

from typing import Any

from django.utils import timezone

from shop.accounts.models import User
from shop.sales.errors import TermsChanged
from shop.sales.operations.offer_bounds import approve_offer


def come(job: dict[str, Any], number: int) -> str:
    """Approve one of the offers as a second person who read its terms while the others waited."""
    approver = User.objects.get(pk=job["approver"])
    try:
        approve_offer(offer_id=job["offers"][number], seen=job["seen"][number], actor=approver, at=timezone.now())
    except TermsChanged:
        return "changed"
    return "approved"
