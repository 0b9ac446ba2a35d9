"""Deep offers that may be used together, approved at the same moment."""

from typing import Any

from django.utils import timezone

from shop.accounts.models import User
from shop.sales.operations.offer_bounds import approve_offer


def come(job: dict[str, Any], number: int) -> str:
    """Approve one of the offers as a second person."""
    approver = User.objects.get(pk=job["approver"])
    approve_offer(offer_id=job["offers"][number], actor=approver, at=timezone.now())
    return "approved"
