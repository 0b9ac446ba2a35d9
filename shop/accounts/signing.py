"""Ending and beginning a signed-in session: hooks, cookies, a safe way onward."""

import logging
import time
from datetime import datetime
from typing import Any

from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from shop.accounts import code_limits, hooks, limit_words, one_time_codes, queries
from shop.accounts.devices import keep_device
from shop.accounts.limit_words import too_many_phones
from shop.accounts.limits import TooOften, Usage, limit
from shop.accounts.models import User
from shop.core import redirects
from shop.core.errors import DomainError
from shop.core.templatetags.heqiao import local

logger = logging.getLogger(__name__)

__all__ = ["TooOften", "Usage", "keep_device", "limit", "too_many_phones"]

YEAR = 365 * 24 * 3600
CONFIRMED_KEY = "accounts_confirmed_at"
CONFIRMED_SECONDS = 600
RESET_KEY = "accounts_reset"
PHONE_KEY = "accounts_typed_phone"
LONGEST_PHONE = 20
RESET_SECONDS = 600


def ask_code(request: HttpRequest, **asked: Any) -> HttpResponse:
    """Send a code (see `send_code`), and go to the page that asks for it. Raises TooOften, NotSent."""
    send_code(request, **asked)
    return redirect("accounts:code")


def send_code(
    request: HttpRequest,
    *,
    purpose: str,
    destination: str,
    payload: dict[str, Any],
    user_id: int | None = None,
    decoy: bool = False,
    about: str = "",
) -> None:
    """Send a code for `purpose`; `about` is the number of the order that it is for. Raises TooOften, NotSent.

    Where no more are sent, who asks may answer the one that is on its way: strangers who asked for it have no phone
    to read it on, its person has.
    """
    asked = code_limits.Asked(purpose, destination, about, decoy)
    kept = {**payload, "about": about}
    if code_limits.take(request, asked):
        sent = one_time_codes.on_its_way(
            request.session, purpose=purpose, destination=destination, about=about, decoy=decoy
        )
        if sent is None or not code_limits.may_join(request, asked, sent.salt):
            raise limit_words.code_refused(request, asked)
        one_time_codes.join(request.session, sent, user_id=user_id, payload=kept)
        messages.info(request, _("A code was sent there a few minutes ago. It is good here, too."))
        return
    one_time_codes.start(
        request.session, purpose=purpose, destination=destination, user_id=user_id, payload=kept, decoy=decoy
    )


def safe_next(request: HttpRequest, default: str = "/account/") -> str:
    """Return where to go afterwards: `next` of the request if it is an address of this site, else `default`."""
    return redirects.onward(request, local(default))


def sign_in(request: HttpRequest, user: User, *, onward: str) -> HttpResponse:
    """Sign `user` in (a new session key; allauth's stages decide) and go `onward`, or where allauth sends instead."""
    forget_reset(request)
    request.session.pop(PHONE_KEY, None)
    response = perform_login(request, user, redirect_url=onward)
    if not request.user.is_authenticated:
        return response
    remember_confirmed(request)
    after_sign_in(request, user, at=timezone.now())
    answer = HttpResponseRedirect(onward)
    set_cookies(request, answer, user)
    keep_device(request, answer, user)
    return answer


def after_sign_in(request: HttpRequest, user: User, *, at: datetime) -> None:
    """Call what other packages do after a login. One that refuses does not keep the person out."""
    for hook in hooks.on_login:
        try:
            hook(request, user, at)
        except DomainError as error:
            logger.warning("after sign-in of user %s: %s", user.pk, error.code)


def set_cookies(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Set what pages read without asking the server: that there are own parts, and the size of the text."""
    keep(request, response, "hq_me", "1")
    if user.large_text:
        keep(request, response, "hq_text", "large")


def keep(request: HttpRequest, response: HttpResponse, name: str, value: str) -> None:
    """Have the browser keep a plain choice for a year, readable by our scripts."""
    response.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=request.is_secure())


def suggest_phone(request: HttpRequest, phone: str) -> None:
    """Have the next form that proves a phone open with the one that was typed before."""
    if phone:
        request.session[PHONE_KEY] = phone[:LONGEST_PHONE]


def suggested_phone(request: HttpRequest) -> dict[str, str]:
    """Return what a form that proves a phone opens with."""
    phone = request.session.get(PHONE_KEY, "") if settings.SESSION_COOKIE_NAME in request.COOKIES else ""
    return {"phone": phone} if phone else {}


def remember_confirmed(request: HttpRequest) -> None:
    """Note that the person just proved who it is."""
    request.session[CONFIRMED_KEY] = int(time.time())


def is_confirmed(request: HttpRequest) -> bool:
    """Tell whether the person proved who it is in the last ten minutes."""
    at = request.session.get(CONFIRMED_KEY, 0)
    return time.time() - at < CONFIRMED_SECONDS


def remember_reset(request: HttpRequest, user: User) -> None:
    """Note that this session proved to be `user` for setting a new password: once, soon, and of the present one."""
    request.session[RESET_KEY] = {
        "user": user.pk,
        "state": user.get_session_auth_hash(),
        "at": int(time.time()),
    }


def reset_of(request: HttpRequest) -> User | None:
    """Return who may set a new password in this session; None once it was set, here or elsewhere, or too late."""
    kept = request.session.get(RESET_KEY)
    if not isinstance(kept, dict) or time.time() - kept["at"] > RESET_SECONDS:
        return None
    user = queries.account(kept["user"])
    if user is None or not constant_time_compare(kept["state"], user.get_session_auth_hash()):
        return None
    return user


def forget_reset(request: HttpRequest) -> None:
    """Let this session set no password any more."""
    request.session.pop(RESET_KEY, None)


def is_closed_office(user: Any, path: str) -> bool:
    """Tell whether `path` leads into a back office (Wagtail's, Django's) that a signed-in person may not enter."""
    if path.startswith("/cms/"):
        return not user.has_perm("wagtailadmin.access_admin")
    return path.startswith("/admin/") and not user.is_staff
