"""Reviewers decide one case that is before the platform, each in another way, while its buyer takes it back."""

from typing import Any

from shop.accounts.models import User
from shop.sales.operations.aftersales import withdraw_after_sale
from shop.sales.operations.arbitration import judge
from tests.factories import AT


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
