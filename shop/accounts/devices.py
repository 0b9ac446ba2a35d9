"""Devices that an account has signed in on: guesses of others, from wherever, do not keep it out on them (decision 35).

`hq_device` is a signed list of (account, number of the device, when and where it signed in, a stamp of the account's
sessions), set by each sign-in; programs keep the text `device` of their first token and send it with the next. It signs
nobody in: it has a budget of wrong passwords of its own. Copied, it has another than at the address where it signed in;
what ends the account's sessions (a new password, closing, signing out everywhere) ends it too.
"""

import hashlib
import re
import secrets
import time
from dataclasses import dataclass

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

from shop.accounts import queries
from shop.accounts.models import User
from shop.core.client_address import client_ip
from shop.core.numbers import read_id

COOKIE = "hq_device"
LIFE_SECONDS = 180 * 24 * 3600
MOST = 5  # accounts of one browser
LONGEST = 400
_SALT = "shop.accounts.device"
_ONE = re.compile(r"(\d{1,19})-([A-Za-z0-9_-]{16})-(\d{10})-([0-9a-f]{8})-([0-9a-f]{12})\Z")


@dataclass(frozen=True)
class Device:
    """One that the account signed in on; `is_home` at the address where it did so last."""

    number: str
    is_home: bool


@dataclass(frozen=True)
class _Row:
    number: str
    signed_in_at: int
    home: str
    stamp: str

    def written(self, user_id: int) -> str:
        return f"{user_id}-{self.number}-{self.signed_in_at}-{self.home}-{self.stamp}"


def _kept(request: HttpRequest) -> dict[int, _Row]:
    """Return what this device keeps by account, the newest first; nothing that was not signed here."""
    text = getattr(request, "device_sent", "") or request.COOKIES.get(COOKIE, "")
    try:
        rows = signing.Signer(salt=_SALT).unsign(text[:LONGEST]).split(".")
    except signing.BadSignature:
        return {}
    found = (_ONE.match(row) for row in rows[:MOST])
    return {int(each[1]): _Row(each[2], int(each[3]), each[4], each[5]) for each in found if each}


def _stamp(auth_hash: str, number: str) -> str:
    return hashlib.sha256(f"{auth_hash}:{number}".encode()).hexdigest()[:12]


def _home(request: HttpRequest, number: str) -> str:
    return salted_hmac(_SALT, f"{number} {client_ip(request)}", algorithm="sha256").hexdigest()[:8]


def _holds(row: _Row, user: User) -> bool:
    """Whether the sessions of that sign-in could still be good: same password, same epoch, not too old."""
    if not 0 <= time.time() - row.signed_in_at < LIFE_SECONDS:
        return False
    hashes = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    return any(constant_time_compare(row.stamp, _stamp(each, row.number)) for each in hashes)


def device_of(request: HttpRequest | None, name: str) -> Device | None:
    """Return the device that `name` ("account:12", see `name_tried`) signed in on before; None for none."""
    kind, _colon, pk = name.partition(":")
    if request is None or kind != "account" or read_id(pk) is None:
        return None
    row = _kept(request).get(int(pk))
    user = queries.account(int(pk)) if row else None
    if row is None or user is None or not _holds(row, user):
        return None
    return Device(row.number, row.home == _home(request, row.number))


def device_text(request: HttpRequest, user: User) -> str:
    """Return what this device keeps now that `user` has signed in on it."""
    kept = _kept(request)
    before = kept.pop(user.pk, None)
    number = before.number if before and _holds(before, user) else secrets.token_urlsafe(12)
    stamp = _stamp(user.get_session_auth_hash(), number)
    rows = {user.pk: _Row(number, int(time.time()), _home(request, number), stamp), **kept}
    return signing.Signer(salt=_SALT).sign(".".join(row.written(pk) for pk, row in list(rows.items())[:MOST]))


def keep_device(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Have the browser know itself again, out of scripts' reach."""
    text = device_text(request, user)
    response.set_cookie(COOKIE, text, max_age=LIFE_SECONDS, httponly=True, samesite="Lax", secure=request.is_secure())
