"""Who visits: a signed-in person, or a guest known by what its browser keeps.

`hq_basket` (signed) names a guest's basket; `hq_guest` is the secret by which a browser finds what was bought in it, of
which we store only the hash; `hq_me=1` tells scripts that there is something of the visitor's own to ask for.

`hq_guest` is made here and never taken from an address. A purchase has a token of its own for links: what comes by a
link becomes a permission of this session for that one purchase (`shop.sales.openings`), and nothing else.
"""

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass, replace
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language

from shop.sales.openings import opened_in

BASKET_COOKIE = "hq_basket"
GUEST_COOKIE = "hq_guest"
ME_COOKIE = "hq_me"
HALF_A_YEAR = 183 * 24 * 3600
TOKEN_LENGTH = 43
_TOKEN = re.compile(rf"[A-Za-z0-9_-]{{{TOKEN_LENGTH}}}\Z")
_SALT = "shop.sales.basket"
_LINK_SALT = "shop.sales.link"
_KEY_SALT = "shop.sales.checkout"


@dataclass(frozen=True)
class Visitor:
    """Whose purchases and orders may be seen: those of `user`, of the guest's browser, and the `opened` ones.

    `opened` are ids of guests' purchases that this session may act on: by a link's token, or a code to their phone.
    """

    user: Any = None
    token_hash: str = ""
    opened: tuple[int, ...] = ()

    @property
    def own(self) -> "Visitor":
        """The visitor without what was only opened: a list of one's own orders holds no stranger's."""
        return replace(self, opened=())


def token_hash(token: str) -> str:
    """Return what is stored of a guest's token; "" for none."""
    return hashlib.sha256(token.encode()).hexdigest() if token else ""


def user_of(request: HttpRequest) -> Any:
    """Return the signed-in person, or None. Without a session cookie nothing is asked."""
    return request.user if request.user.is_authenticated else None


def visitor(request: HttpRequest) -> Visitor:
    """Return who visits."""
    return Visitor(user=user_of(request), token_hash=token_hash(kept_token(request)), opened=opened_in(request))


def kept_token(request: HttpRequest) -> str:
    """Return the secret that this browser keeps; "" for none, or for what no server made."""
    kept = request.COOKIES.get(GUEST_COOKIE, "")
    return kept if _TOKEN.match(kept) else ""


def guest_token(request: HttpRequest) -> str:
    """Return the secret that this browser keeps, or a new one for it (see `keep_guest`). Never one of the address."""
    return kept_token(request) or secrets.token_urlsafe(32)


def link_token(guest: str, key: str) -> str:
    """Return the token for links to the purchase of `key`: another for each purchase, made of the browser's secret.

    It can be made again for the browser that bought, and by nobody else; of it, only the hash is stored.
    """
    digest = salted_hmac(_LINK_SALT, f"{guest}:{key}", algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=") if guest else ""


def _owner(user: Any, guest: str) -> str:
    return f"u{user.pk}" if user is not None else f"g{token_hash(guest)[:32]}"


def new_key(user: Any, guest: str) -> str:
    """Return a new key for a checkout of this person, or of this browser. It is worth nothing for anybody else."""
    return signing.Signer(salt=f"{_KEY_SALT}.{_owner(user, guest)}").sign(secrets.token_urlsafe(18))


def purchase_key(text: str, user: Any, guest: str) -> str:
    """Return what a purchase is kept under for a key that `new_key` made for the same owner; "" for any other text."""
    owner = _owner(user, guest)
    try:
        return f"web:{owner}:{signing.Signer(salt=f'{_KEY_SALT}.{owner}').unsign(text)}"
    except signing.BadSignature:
        return ""


def keep_guest(response: HttpResponse, request: HttpRequest, token: str) -> None:
    """Have the browser keep its secret, out of scripts' reach."""
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
