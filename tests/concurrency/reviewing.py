"""Reviewers decide on one proposal while its supplier takes it back, or revoke a certificate while others buy under it."""

import time
from pathlib import Path
from typing import Any

from catalog.operations import deciding, proposing, revoking
from shop.accounts.models import User
from shop.core.models import Transfer
from tests.concurrency.buying import buy_one
from tests.concurrency.meeting import LONGEST_SECONDS, NobodyCame
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
    revoking.revoke_certificate(certificate_id=job["certificate"], reason="撤证", actor=reviewer, at=AT, confirm=True)
    return "revoked"


def revoke_or_buy(job: dict[str, Any], number: int) -> str:
    """The first revokes the certificate and says how many sales had drawn it by then; the others buy goods sold under it.

    The control revokes once its buyers have read that the certificate stands; they go on after that.
    """
    if number:
        return buy_one({**job, "specification": job["specifications"][number - 1]}, number)
    met = Path(job["folder"]) / "met-standing"
    until = time.monotonic() + LONGEST_SECONDS
    while not job["lock"] and not (met.exists() and len(list(met.iterdir())) == job["size"] - 1):
        if time.monotonic() > until:
            raise NobodyCame("standing")
        time.sleep(0.002)
    if job["lock"]:
        time.sleep(job["waits_ms"] / 1000)
    reviewer = User.objects.get(pk=job["reviewers"][0])
    revoking.revoke_certificate(certificate_id=job["certificate"], reason="撤证", actor=reviewer, at=AT, confirm=True)
    seen = Transfer.objects.filter(kind="output_drawn").count()
    if not job["lock"]:
        (met / "revoked").touch()
    return f"revoked after {seen}"
