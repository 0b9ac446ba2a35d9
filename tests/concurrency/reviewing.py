"""Reviewers decide on one proposal while its supplier takes it back: what each of them does in a race."""

from typing import Any

from catalog.operations import deciding, proposing, revoking
from shop.accounts.models import User
from tests.factories import AT


def come(job: dict[str, Any], number: int) -> str:
    """Every third comer is the supplier, who takes it back; the others approve what they read."""
    if number % 3 == 2:
        proposing.take_back(supplier_id=job["supplier"], proposal_id=job["proposal"], actor=None, at=AT)
        return "taken back"
    reviewer = User.objects.get(pk=job["reviewers"][number % 2])
    deciding.decide_proposal(proposal_id=job["proposal"], version=job["version"], approve=True, actor=reviewer, at=AT)
    return "approved"


def revoke(job: dict[str, Any], number: int) -> str:
    """Two reviewers press: each revokes the certificate that both read."""
    reviewer = User.objects.get(pk=job["reviewers"][number % 2])
    revoking.revoke_certificate(certificate_id=job["certificate"], reason="撤证", actor=reviewer, at=AT)
    return "revoked"
