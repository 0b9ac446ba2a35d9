"""Reviewers decide one case that is before the platform, each in another way, while its buyer takes it back; buyers claim
on one line, and have what they ask granted.
"""

import threading
import time
from typing import Any

from shop.accounts.models import User
from shop.core.errors import DomainError
from shop.sales.operations import aftersales
from shop.sales.operations.aftersales import decide_after_sale, withdraw_after_sale
from shop.sales.operations.arbitration import judge
from tests.concurrency.meeting import Meeting
from tests.factories import AT

TRIES = 400
_first = threading.local()


def judge_or_withdraw(job: dict[str, Any], number: int) -> str:
    """Do what the job says for this number: refund, dismiss or withdraw."""
    what = job["wanted"][number % len(job["wanted"])]
    if what == "withdraw":
        withdraw_after_sale(case_id=job["case"], actor=None, at=AT)
        return "withdrawn"
    reviewer = User.objects.get(pk=job["reviewers"][number % len(job["reviewers"])])
    amount = job["fen"] if what == "refund" else 0
    judge(case_id=job["case"], verdict=what, amount_fen=amount, reason="照片属实", actor=reviewer, at=AT)
    return "decided"


def claim_and_grant(job: dict[str, Any], number: int) -> str:
    """Claim on one piece and have it granted; while another claim is open, come again.

    Without locks the first begins when the second has looked, who opens its claim when the first has had all of its own.
    """
    _first.comes = number == 0
    if _first.comes:
        come_to_claim("claim:looked")
    for _again in range(TRIES):
        try:
            case = aftersales.open_after_sale(
                line_id=job["line"], kind="refund_only", quantity=1, amount_fen=job["fen"], reason="不好吃", actor=None,
                at=AT,
            )  # fmt: skip
        except DomainError as error:
            if error.code != "case_open":
                raise
            time.sleep(0.005)
            continue
        decide_after_sale(case_id=case.pk, approve=True, amount_fen=job["fen"], actor=None, at=AT)
        if _first.comes:
            come_to_claim("claim:granted")
        return "granted"
    return "never"


def come_to_claim(place: str) -> None:
    """Mark where the two racers of a control meet: nobody waits while the locks are on."""


def watch_claims(meeting: Meeting) -> None:
    """Have the second racer of a control stop when its claim fits, before it is opened."""
    due_at = aftersales.due_at

    def stop(*args: Any) -> Any:
        if not _first.comes:
            meeting.come("claim:looked")
            meeting.come("claim:granted")
        return due_at(*args)

    globals()["come_to_claim"] = meeting.come
    aftersales.due_at = stop
