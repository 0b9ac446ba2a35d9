"""Who visits: a signed-in person, or a guest known by what its browser keeps.

`hq_basket` (signed) names a guest's basket; `hq_guest` is the token that opens a guest's purchases, of which we store
only the hash; `hq_me=1` tells scripts that there is something of the visitor's own to ask for.
"""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import get_language

BASKET_COOKIE = "hq_basket"
GUEST_COOKIE = "hq_guest"
ME_COOKIE = "hq_me"
HALF_A_YEAR = 183 * 24 * 3600
TOKEN_LENGTH = 43
_SALT = "shop.sales.basket"


@dataclass(frozen=True)
class Visitor:
    """Whose purchases and orders may be seen: those of `user`, and those that the guest token opens."""

    user: Any = None
    token_hash: str = ""


def token_hash(token: str) -> str:
    """Return what is stored of a guest's token; "" for none."""
    return hashlib.sha256(token.encode()).hexdigest() if token else ""


def user_of(request: HttpRequest) -> Any:
    """Return the signed-in person, or None. Without a session cookie nothing is asked."""
    return request.user if request.user.is_authenticated else None


def visitor(request: HttpRequest) -> Visitor:
    """Return who visits."""
    return Visitor(user=user_of(request), token_hash=token_hash(request.COOKIES.get(GUEST_COOKIE, "")))


def guest_token(request: HttpRequest) -> str:
    """Return the token that this browser keeps, or a new one for it (see `keep_guest`)."""
    kept = request.COOKIES.get(GUEST_COOKIE, "")
    return kept if len(kept) == TOKEN_LENGTH else secrets.token_urlsafe(32)


def keep_guest(response: HttpResponse, request: HttpRequest, token: str) -> None:
    """Have the browser keep a guest's token, out of scripts' reach."""
    _keep(response, request, GUEST_COOKIE, token)


def basket_id_of(request: HttpRequest) -> int | None:
    """Return the id of the guest's basket, from its signed cookie; None without one or with a forged one."""
    text = request.COOKIES.get(BASKET_COOKIE)
    if not text:
        return None
    try:
        return int(signing.Signer(salt=_SALT).unsign(text))
    except (signing.BadSignature, ValueError):
        return None


def keep_basket(response: HttpResponse, request: HttpRequest, basket_id: int) -> None:
    """Have the browser keep a guest's basket, and ask for its count."""
    if basket_id_of(request) != basket_id:
        _keep(response, request, BASKET_COOKIE, signing.Signer(salt=_SALT).sign(str(basket_id)))
    keep_me(response, request)


def keep_me(response: HttpResponse, request: HttpRequest) -> None:
    """Tell scripts that the visitor has something of its own."""
    if request.COOKIES.get(ME_COOKIE) != "1":
        response.set_cookie(ME_COOKIE, "1", max_age=HALF_A_YEAR, samesite="Lax", secure=request.is_secure())


def to_cashier(request: HttpRequest, number: str) -> HttpResponseRedirect:
    """Lead to the cashier of a purchase. Its address has no language: it is remembered for it."""
    response = HttpResponseRedirect(f"/pay/{number}/")
    language = get_language() or "zh-hans"
    if request.COOKIES.get("hq_lang", "zh-hans") != language:
        response.set_cookie("hq_lang", language, max_age=HALF_A_YEAR, samesite="Lax")
    return response


def _keep(response: HttpResponse, request: HttpRequest, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=HALF_A_YEAR, httponly=True, samesite="Lax", secure=request.is_secure())
