"""Where a visitor came from: `?from=campaign-3` is kept for a day in a signed cookie and read by the checkout.

A cookie, not the session: a guest with a session would get no page from the page cache any more.
"""

import re
from collections.abc import Callable

from django.core import signing
from django.http import HttpRequest, HttpResponse

from shop.sales import hooks
from shop.sales.deal import Attribution

COOKIE = "hq_from"
PARAMETER = "from"
A_DAY = 24 * 3600
_SALT = "shop.sales.sources"
_MARK = re.compile(r"([a-z]{3,12})-([0-9]{1,9})\Z")


def _marks(request: HttpRequest) -> dict[str, str]:
    """Return the kept marks by kind; none without a cookie, with an old or a forged one."""
    try:
        text = signing.TimestampSigner(salt=_SALT).unsign(request.COOKIES.get(COOKIE, ""), max_age=A_DAY)
    except signing.BadSignature:
        return {}
    found = (_MARK.match(part) for part in text.split(","))
    return {match[1]: match[2] for match in found if match}


def _new_mark(request: HttpRequest) -> tuple[str, str] | None:
    # WeChat adds a `from` of its own behind ours, such as singlemessage.
    found = (_MARK.match(text) for text in request.GET.getlist(PARAMETER))
    return next(((match[1], match[2]) for match in found if match and match[1] in hooks.sources), None)


def sources_of(request: HttpRequest) -> tuple[Attribution, ...]:
    """Return where this visitor came from, as orders say it: the live session before the campaign."""
    found: list[Attribution] = []
    marks = _marks(request)
    for kind, attributed in hooks.sources.items():
        if kind in marks:
            found += attributed(marks[kind])
    return tuple(found)


class RememberSource:
    """Middleware that keeps the mark of an address. One mark of each kind, the latest."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and have the browser keep the mark."""
        response = self.get_response(request)
        mark = _new_mark(request) if PARAMETER in request.GET else None
        if mark is not None:
            marks = _marks(request) | {mark[0]: mark[1]}
            text = ",".join(f"{kind}-{ref}" for kind, ref in marks.items() if kind in hooks.sources)
            signed = signing.TimestampSigner(salt=_SALT).sign(text)
            response.set_cookie(
                COOKIE, signed, max_age=A_DAY, httponly=True, samesite="Lax", secure=request.is_secure()
            )
        return response
