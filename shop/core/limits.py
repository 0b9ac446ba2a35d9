"""Limits on how often something may be tried: exact under races, and independent of the cache.

Each count is one row, moved by conditional updates: of two that come at the same moment for the last attempt, one
gets it. A limit that can't be counted is not passed (the database's error goes up to the caller).
"""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from shop.core import periodic
from shop.core.models import Limit

TURNS = 2


def take(*, key: str, amount: int, seconds: float, at: datetime) -> bool:
    """Count one attempt of `key`; False, counting nothing, when `amount` were counted within `seconds`."""
    digest = _digest(key)
    # At most twice: who loses the race to make the row finds it the second time.
    for _ in range(TURNS):
        if _begin_again(digest, seconds, at) or _count(digest, amount, at):
            return True
        if Limit.objects.filter(key=digest).exists():
            return False
        try:
            with transaction.atomic():
                Limit.objects.create(key=digest, count=1, began_at=at, over_at=at + timedelta(seconds=seconds))
        except IntegrityError:
            continue
        return True
    return False


def seconds_left(*, key: str, amount: int, at: datetime) -> float:
    """Return how long no attempt of `key` is let through any more; 0 where one is. One query."""
    rows = Limit.objects.filter(key=_digest(key), over_at__gt=at, count__gte=amount)
    over_at = rows.values_list("over_at", flat=True).first()
    return (over_at - at).total_seconds() if over_at else 0.0


def give_back(*, key: str) -> None:
    """Take back one attempt of `key`: it turned out not to be one (the right password)."""
    Limit.objects.filter(key=_digest(key), count__gt=0).update(count=F("count") - 1)


def forget(*, key: str) -> None:
    """Start counting `key` anew."""
    Limit.objects.filter(key=_digest(key)).delete()


def _begin_again(digest: str, seconds: float, at: datetime) -> bool:
    over = Limit.objects.filter(key=digest, over_at__lte=at)
    return bool(over.update(count=1, began_at=at, over_at=at + timedelta(seconds=seconds)))


def _count(digest: str, amount: int, at: datetime) -> bool:
    return bool(Limit.objects.filter(key=digest, over_at__gt=at, count__lt=amount).update(count=F("count") + 1))


def _digest(key: str) -> str:
    return salted_hmac("core.limits", key, algorithm="sha256").hexdigest()


@periodic.every("core.forget_limits", seconds=3600)
def forget_limits(*, at: datetime) -> None:
    """Delete counts that are over."""
    Limit.objects.filter(over_at__lt=at).delete()
