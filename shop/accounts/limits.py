"""How often one may try to sign in, ask for a code, and the like: ACCOUNT_RATE_LIMITS, counted in the database.

allauth counts in the cache, which forgets with a restart of Redis and keeps everybody out while it is away.
"""

import math
from dataclasses import dataclass

from allauth.core.internal import ratelimit
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from shop.core import limits
from shop.core.errors import DomainError

LONGEST_IN_MINUTES = 90


class TooOften(DomainError):
    """Too many attempts; later it works again."""

    code = "too_often"
    status = 429


@dataclass(frozen=True)
class Usage:
    """What one attempt was counted under."""

    keys: tuple[str, ...]

    def rollback(self) -> None:
        """Take the attempt back."""
        for key in self.keys:
            limits.give_back(key=key)


def consume(request: HttpRequest, *, action: str, key: str = "") -> Usage | None:
    """Count one attempt of `action`; None when there were too many: by address, by person, or of the same `key`.

    An attempt that one of the rates refuses counts for none of the others: who is stopped under one key does not
    use up what is shared under another.
    """
    counted: list[str] = []
    at = timezone.now()
    for rate in ratelimit.parse_rates(settings.ACCOUNT_RATE_LIMITS[action]):
        name = f"{action}:{rate}:{_source(request, rate.per, key)}"
        if not limits.take(key=name, amount=rate.amount, seconds=rate.duration, at=at):
            Usage(tuple(counted)).rollback()
            return None
        counted.append(name)
    return Usage(tuple(counted))


def seconds_left(request: HttpRequest, *, action: str, key: str = "") -> float:
    """Return for how long no attempt of `action` is let through any more; 0 where one is. Counts nothing."""
    at = timezone.now()
    return max(
        limits.seconds_left(key=f"{action}:{rate}:{_source(request, rate.per, key)}", amount=rate.amount, at=at)
        for rate in ratelimit.parse_rates(settings.ACCOUNT_RATE_LIMITS[action])
    )


def minutes_left(request: HttpRequest, *, action: str, key: str = "") -> int:
    """Return after how many minutes an attempt of `action` is let through again: 1 at least."""
    return whole_minutes(seconds_left(request, action=action, key=key))


def whole_minutes(seconds: float) -> int:
    """Return so many minutes: 1 at least."""
    return max(1, math.ceil(seconds / 60))


def sentences(*parts: str) -> str:
    """Return one text of these sentences; empty ones are left out."""
    between = "" if (get_language() or "").startswith("zh") else " "
    return between.join(part for part in parts if part)


def wait_words(minutes: int) -> str:
    """Return "5 minutes" or, of more than an hour and a half, "3 hours"."""
    if minutes <= LONGEST_IN_MINUTES:
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    hours = math.ceil(minutes / 60)
    return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}


def limit(request: HttpRequest, action: str, key: str = "") -> Usage:
    """Count one attempt of `action`. Raises TooOften."""
    used = consume(request, action=action, key=key)
    if used is None:
        wait = wait_words(minutes_left(request, action=action, key=key))
        raise TooOften(_("Too many attempts. Try again in %(wait)s.") % {"wait": wait})
    return used


def _source(request: HttpRequest, per: str, key: str) -> str:
    if per == "ip":
        return str(ratelimit.get_ip(request))
    if per == "user":
        return str(request.user.pk)
    return key
