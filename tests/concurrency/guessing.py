"""Racers that guess: many wrong codes in one session, many tries against one limit, two answers to one reset."""

import time
from importlib import import_module
from typing import Any

from django.conf import settings
from django.utils import timezone

from shop.accounts import one_time_codes
from shop.accounts.models import OneTimeCode, User
from shop.accounts.operations import people
from shop.core import limits
from shop.core.models import Limit

THINKING_SECONDS = 0.01


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


def take_lock_off() -> None:
    """Look, think, then write what was seen plus one."""

    def take_try(row: OneTimeCode, at: object) -> bool:
        if row.tries >= one_time_codes.TRIES:
            return False
        time.sleep(THINKING_SECONDS)
        OneTimeCode.objects.filter(pk=row.pk).update(tries=row.tries + 1)
        return True

    def count(digest: str, amount: int, at: object) -> bool:
        row = Limit.objects.filter(key=digest).first()
        if row is None or row.count >= amount:
            return False
        time.sleep(THINKING_SECONDS)
        Limit.objects.filter(key=digest).update(count=row.count + 1)
        return True

    one_time_codes._take_try = take_try
    limits._count = count
