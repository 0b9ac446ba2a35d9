"""Who visits: a signed-in person, or a guest known by what its browser keeps.

`hq_basket` (signed) names a guest's basket; `hq_guest` (signed) lists the tokens of what was bought as a guest in this
browser, of which we store only hashes; `hq_me=1` tells scripts that there is something of the visitor's own to ask for.

Each purchase of a guest gets a token of its own, made here when it is placed: no cookie from before it opens it, and
what nobody here signed is nothing. What comes by a link becomes a permission of this session for that one purchase
(`shop.sales.openings`). Who signs in or out is no guest any more: the list goes (`EndGuest`), and who signed in may
keep what it held in the account (`bought_in`).
"""

import base64
import hashlib
import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language

from shop.core.codes import national_phone
from shop.core.languages import HALF_A_YEAR, remember_language
from shop.sales import rules
from shop.sales.openings import forget_opened, opened_in, proved_in

BASKET_COOKIE = "hq_basket"
GUEST_COOKIE = "hq_guest"
ME_COOKIE = "hq_me"
BOUGHT = "bought_as_guest"
CHECKOUT = "checkout"
MOST_TOKENS = 20  # of the newest purchases: older ones are found by number and phone
_ONCE = re.compile(r"[A-Za-z0-9_-]{24}")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}\Z")
_SALT = "shop.sales.basket"
_GUEST_SALT = "shop.sales.guest"
_TOKEN_SALT = "shop.sales.purchase"  # noqa: S105 (a salt, no secret)
_LINK_SALT = "shop.sales.link"
_KEY_SALT = "shop.sales.checkout"


@dataclass(frozen=True)
class Visitor:
    """Whose purchases and orders may be seen: those of `user`, else of the guest's browser, and the `opened` ones.

    Guests' purchases besides: `opened` by a link's token, `proved` by a code to their phone (ids of this session),
    and those with one of the `phones` that the account proved. By the last two nobody is their buyer (`states.Way`).
    """

    user: Any = None
    token_hashes: tuple[str, ...] = ()
    opened: tuple[int, ...] = ()
    proved: tuple[int, ...] = ()
    phones: frozenset[str] = frozenset()

    @classmethod
    def of(cls, user: Any) -> "Visitor":
        """Return an account, with what has its phone, as its programs visit."""
        return cls(user=user, phones=phones_of(user))

    @property
    def own(self) -> "Visitor":
        """The visitor without what this session only opened: a list of one's own orders holds no stranger's."""
        return replace(self, opened=(), proved=())


@dataclass(frozen=True)
class GuestBrowser:
    """What a guest's browser keeps: a mark that its checkouts are bound to, which opens nothing, and the tokens of
    what was bought in it, the newest first.
    """

    mark: str = ""
    tokens: tuple[str, ...] = ()

    @property
    def hashes(self) -> tuple[str, ...]:
        """What is stored of the tokens."""
        return tuple(token_hash(token) for token in self.tokens)

    def holding(self, token: str) -> "GuestBrowser":
        """Return the browser with the token of one purchase more."""
        tokens = (token, *(each for each in self.tokens if each != token))
        return replace(self, tokens=tokens[:MOST_TOKENS])


def token_hash(token: str) -> str:
    """Return what is stored of a guest's token; "" for none."""
    return hashlib.sha256(token.encode()).hexdigest() if token else ""


def user_of(request: HttpRequest) -> Any:
    """Return the signed-in person, or None. Without a session cookie nothing is asked."""
    return request.user if request.user.is_authenticated else None


def phones_of(user: Any) -> frozenset[str]:
    """Return the ways to write the phone that `user` proved; none where there is none."""
    if user is None or not user.phone or not user.phone_verified:
        return frozenset()
    return frozenset((user.phone, national_phone(user.phone)))


def visitor(request: HttpRequest) -> Visitor:
    """Return who visits. Who is signed in has what is the account's, not what a guest bought in the same browser."""
    user = user_of(request)
    hashes = () if user is not None else kept_browser(request).hashes
    return Visitor(user, hashes, opened=opened_in(request), proved=proved_in(request), phones=phones_of(user))


def kept_browser(request: HttpRequest) -> GuestBrowser:
    """Return what this browser keeps as a guest's; nothing without a cookie that was signed here."""
    try:
        mark, *tokens = signing.Signer(salt=_GUEST_SALT).unsign(request.COOKIES.get(GUEST_COOKIE, "")).split(".")
    except signing.BadSignature:
        return GuestBrowser()
    return GuestBrowser(mark, tuple(token for token in tokens if _TOKEN.match(token))[:MOST_TOKENS])


def guest_browser(request: HttpRequest) -> GuestBrowser:
    """Return what this browser keeps as a guest's, or a new mark for it (see `keep_guest`)."""
    kept = kept_browser(request)
    return kept if kept.mark else GuestBrowser(secrets.token_urlsafe(32))


def _derived(salt: str, *parts: str) -> str:
    digest = salted_hmac(salt, json.dumps(parts), algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def purchase_token(mark: str, key: str, content: str) -> str:
    """Return the token of the purchase that a guest places under `key` with this content; "" without a mark.

    It can be made again only for who sends the same form from the same browser, since its answer was lost: whoever
    left a form open on a shared computer does not know what another typed into it.
    """
    return _derived(_TOKEN_SALT, mark, key, content) if mark else ""


def link_token(token: str) -> str:
    """Return the token for links to the purchase of `token`; "" for none. Of it, only the hash is stored."""
    return _derived(_LINK_SALT, token) if token else ""


def _owner(user: Any, mark: str, secret: str) -> str:
    return f"u{user.pk}" if user is not None else f"g{token_hash(f'{mark}.{secret}')[:32]}"


def checkout_secret(request: HttpRequest) -> str:
    """Return what a guest's checkouts are bound to besides the mark: kept in the session until one's answer arrived.

    The mark lives in a cookie for half a year, and may have been noted by somebody else before.
    """
    kept = request.session.get(CHECKOUT)
    if not isinstance(kept, str):
        kept = request.session[CHECKOUT] = secrets.token_urlsafe(24)
    return kept


def end_checkout(request: HttpRequest, key: str) -> None:
    """The answer to the purchase kept under `key` has arrived: nobody sends that form again any more."""
    if request.user.is_authenticated or settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return
    kept = request.session.get(CHECKOUT)
    if kept and key.startswith(f"web:{_owner(None, kept_browser(request).mark, kept)}:"):
        del request.session[CHECKOUT]


def new_key(user: Any, mark: str, secret: str) -> str:
    """Return a new key for a checkout of this person, or of this browser. It is worth nothing for anybody else."""
    return key_of(rules.new_once(), user, mark, secret)


def once_in(given: Mapping[str, str]) -> str:
    """Return what an address or a form says of it; "" for anything that was not made by `rules.new_once`."""
    text = given.get("once", "")
    return text if _ONCE.fullmatch(text) else ""


def key_of(once: str, user: Any, mark: str, secret: str) -> str:
    """Return the key of the checkout that carries `once`, for this person or this browser alone."""
    return signing.Signer(salt=f"{_KEY_SALT}.{_owner(user, mark, secret)}").sign(once)


def purchase_key(text: str, user: Any, mark: str, secret: str) -> str:
    """Return what a purchase is kept under for a key that `new_key` made for the same owner; "" for any other text."""
    owner = _owner(user, mark, secret)
    try:
        return f"web:{owner}:{signing.Signer(salt=f'{_KEY_SALT}.{owner}').unsign(text)}"
    except signing.BadSignature:
        return ""


def keep_guest(response: HttpResponse, request: HttpRequest, browser: GuestBrowser) -> None:
    """Have the browser keep what is a guest's, out of scripts' reach."""
    signed = signing.Signer(salt=_GUEST_SALT).sign(".".join((browser.mark, *browser.tokens)))
    _keep(response, request, GUEST_COOKIE, signed)


def _note_out(sender: Any, request: HttpRequest | None = None, **facts: Any) -> None:
    """Django's own signals: somebody signed in or out, through whichever door."""
    if request is None:
        return
    request.guest_ended = True  # type: ignore[attr-defined]  # read by EndGuest
    if hasattr(request, "session"):
        forget_opened(request)
        request.session.pop(BOUGHT, None)
        request.session.pop(CHECKOUT, None)


def _note_in(sender: Any, request: HttpRequest | None = None, user: Any = None, **facts: Any) -> None:
    """Who signs in here may keep, until signing out, what this browser bought as a guest."""
    _note_out(sender, request)
    if request is not None and hasattr(request, "session") and user is not None:
        hashes = kept_browser(request).hashes
        if hashes:
            request.session[BOUGHT] = {"user": user.pk, "hashes": list(hashes)}


def bought_in(request: HttpRequest) -> tuple[str, ...]:
    """Return the hashes of the tokens that this browser held when the person who is signed in signed in."""
    kept = request.session.get(BOUGHT) if request.user.is_authenticated else None
    return tuple(kept["hashes"]) if isinstance(kept, dict) and kept["user"] == request.user.pk else ()


user_logged_in.connect(_note_in, dispatch_uid="sales.end_guest")
user_logged_out.connect(_note_out, dispatch_uid="sales.end_guest_out")


class EndGuest:
    """Middleware that has the browser forget a guest's purchases when somebody signs in or out: others use it too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and drop the cookie where the guest's time has ended."""
        response = self.get_response(request)
        if getattr(request, "guest_ended", False) and GUEST_COOKIE in request.COOKIES:
            response.delete_cookie(GUEST_COOKIE, samesite="Lax")
        return response


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
    language = get_language() or settings.LANGUAGE_CODE
    remember_language(response, request, language)
    return response


def _keep(response: HttpResponse, request: HttpRequest, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=HALF_A_YEAR, httponly=True, samesite="Lax", secure=request.is_secure())
