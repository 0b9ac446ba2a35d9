"""Reviewers decide on one proposal while its supplier takes it back: what each of them does in a race."""

import time
from typing import Any

from catalog.models import ListingProposal
from catalog.operations import deciding, proposing
from shop.accounts.models import User
from tests.factories import AT

THINKING_SECONDS = 0.4


def come(job: dict[str, Any], number: int) -> str:
    """Every third comer is the supplier, who takes it back; the others approve what they read."""
    if number % 3 == 2:
        proposing.take_back(supplier_id=job["supplier"], proposal_id=job["proposal"], actor=None, at=AT)
        return "taken back"
    reviewer = User.objects.get(pk=job["reviewers"][number % 2])
    deciding.decide_proposal(proposal_id=job["proposal"], version=job["version"], approve=True, actor=reviewer, at=AT)
    return "approved"


def take_lock_off() -> None:
    """Look at the proposal without holding it, and think before writing."""

    def look(*ids: int) -> ListingProposal:
        proposal = ListingProposal.objects.select_related("supplier__organisation", "listing").get(pk=ids[-1])
        time.sleep(THINKING_SECONDS)
        return proposal

    deciding._lock = look
    proposing._lock = look
