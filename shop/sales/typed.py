"""What somebody typed at the checkout, kept in their session while they sign in or prove a phone, and no longer.

It goes with the purchase that it was typed for, at signing out, and by itself after two hours.
"""

import time

from django.conf import settings
from django.http import HttpRequest, QueryDict

KEY = "typed_checkout"
SECONDS = 2 * 3600
# Beside these, the words to each supplier: note_<id>. The goods go along in the address.
FIELDS = frozenset(
    [
        "name",
        "phone",
        "province",
        "city",
        "division",
        "street",
        "postcode",
        "coupon",
        "invoice",
        "invoice_title",
        "invoice_tax_no",
        "invoice_email",
    ]
)
NOTE = "note_"
# What is longer, or more of it, no form of ours would take: it is no address to be kept.
LONGEST = 500
MOST = 60


def keep(request: HttpRequest) -> None:
    """Keep what the checkout's form sent."""
    typed = {
        name: value
        for name, value in request.POST.items()
        if (name in FIELDS or name.startswith(NOTE)) and value and len(value) <= LONGEST and len(name) <= LONGEST
    }
    if typed and len(typed) <= MOST:
        request.session[KEY] = {"at": int(time.time()), "typed": typed}


def typed_in(request: HttpRequest) -> dict[str, str]:
    """Return what this session typed before; without a session cookie nothing is asked."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return {}
    kept = request.session.get(KEY)
    if not isinstance(kept, dict):
        return {}
    if kept["at"] < int(time.time()) - SECONDS:
        forget(request)
        return {}
    return dict(kept["typed"])


def with_typed(request: HttpRequest) -> QueryDict:
    """Return the address's own values with what was typed before; what stands in the address counts first."""
    given = request.GET.copy()
    for name, value in typed_in(request).items():
        given.setdefault(name, value)
    return given


def forget(request: HttpRequest) -> None:
    """Erase it: it was ordered."""
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        request.session.pop(KEY, None)
