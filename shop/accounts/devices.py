"""Devices that an account has signed in on: guesses of others, from wherever, do not keep it out on them (decision 35).

`hq_device` is a signed list of (account, number of the device), set by each sign-in; programs keep the text `device` of
their first token and send it with the next. It signs nobody in: it has a budget of wrong passwords of its own.
"""

import re
import secrets

from django.core import signing
from django.http import HttpRequest, HttpResponse

from shop.core.numbers import read_id

COOKIE = "hq_device"
YEAR = 365 * 24 * 3600
MOST = 5  # accounts of one browser
_SALT = "shop.accounts.device"
_ONE = re.compile(r"(\d{1,19})-([A-Za-z0-9_-]{16})\Z")


def _kept(request: HttpRequest) -> dict[int, str]:
    """Return the numbers of this device by account, the newest first; none that was not signed here."""
    text = getattr(request, "device_sent", "") or request.COOKIES.get(COOKIE, "")
    try:
        rows = signing.Signer(salt=_SALT).unsign(text[:400]).split(".")
    except signing.BadSignature:
        return {}
    found = (_ONE.match(row) for row in rows[:MOST])
    return {int(match[1]): match[2] for match in found if match}


def device_of(request: HttpRequest | None, name: str) -> str:
    """Return the number of the device that `name` ("account:12", see `name_tried`) signed in on before; "" for none."""
    kind, _colon, pk = name.partition(":")
    if request is None or kind != "account" or read_id(pk) is None:
        return ""
    return _kept(request).get(int(pk), "")


def device_text(request: HttpRequest, user_id: int) -> str:
    """Return what this device keeps now that `user_id` has signed in on it."""
    kept = _kept(request)
    mine = kept.pop(user_id, "") or secrets.token_urlsafe(12)
    rows = [(user_id, mine), *kept.items()][:MOST]
    return signing.Signer(salt=_SALT).sign(".".join(f"{pk}-{number}" for pk, number in rows))


def keep_device(request: HttpRequest, response: HttpResponse, user_id: int) -> None:
    """Have the browser know itself again, out of scripts' reach."""
    text = device_text(request, user_id)
    response.set_cookie(COOKIE, text, max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure())
