"""Racers that guess: many wrong codes in one session, many tries against one limit, two answers to one reset."""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.utils import timezone

from shop.accounts import one_time_codes
from shop.accounts.models import User
from shop.accounts.operations import people
from shop.core import limits


def guess(job: dict[str, Any], number: int) -> str:
    """Answer with a wrong code in the one session that everybody shares."""
    session = import_module(settings.SESSION_ENGINE).SessionStore(job["session"])
    one_time_codes.check(session, "000000")
    return "right"


def tries(job: dict[str, Any], number: int) -> str:
    """Take one attempt of a limit."""
    taken = limits.take(key="race", amount=job["amount"], seconds=600, at=timezone.now())
    return "taken" if taken else "refused"


def answer_reset(job: dict[str, Any], number: int) -> str:
    """Set a new password by the same proved reset."""
    user = User.objects.get(pk=job["user"])
    people.set_password(user=user, password=f"a good new one {number}", at=timezone.now(), instead_of=job["before"])
    return "set"
