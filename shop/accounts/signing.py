"""Ending and beginning a signed-in session: hooks, cookies, a safe way onward."""

import logging
import time
from datetime import datetime
from typing import Any

from allauth.account.utils import perform_login
from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from shop.accounts import hooks, one_time_codes
from shop.accounts.models import User
from shop.core.errors import DomainError
from shop.core.templatetags.heqiao import local

logger = logging.getLogger(__name__)

YEAR = 365 * 24 * 3600
CONFIRMED_KEY = "accounts_confirmed_at"
CONFIRMED_SECONDS = 600


class TooOften(DomainError):
    """Too many attempts; later it works again."""

    code = "too_often"
    status = 429


def limit(request: HttpRequest, action: str, key: str = "") -> None:
    """Count one attempt of `action` (ACCOUNT_RATE_LIMITS). Raises TooOften."""
    if not ratelimit.consume(request, action=action, key=key or "none"):
        raise TooOften(_("Too many attempts. Please wait a few minutes and try again."))


def ask_code(
    request: HttpRequest,
    *,
    purpose: str,
    destination: str,
    payload: dict[str, Any],
    user_id: int | None = None,
    decoy: bool = False,
) -> HttpResponse:
    """Send a code for `purpose`, and go to the page that asks for it. Raises TooOften, NotSent."""
    limit(request, "send_code", destination)
    one_time_codes.start(
        request.session,
        purpose=purpose,
        destination=destination,
        user_id=user_id,
        payload=payload,
        decoy=decoy,
    )
    return redirect("accounts:code")


def safe_next(request: HttpRequest, default: str = "/account/") -> str:
    """Return where to go afterwards: `next` of the request if it is an address of this site, else `default`."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    here = {request.get_host()}
    if wanted and url_has_allowed_host_and_scheme(wanted, allowed_hosts=here, require_https=request.is_secure()):
        return wanted
    return local(default)


def sign_in(request: HttpRequest, user: User, *, onward: str) -> HttpResponse:
    """Sign `user` in (a new session key; allauth's stages decide) and go `onward`, or where allauth sends instead."""
    response = perform_login(request, user, redirect_url=onward)
    if not request.user.is_authenticated:
        return response
    remember_confirmed(request)
    after_sign_in(request, user, at=timezone.now())
    answer = HttpResponseRedirect(onward)
    set_cookies(request, answer, user)
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


def remember_confirmed(request: HttpRequest) -> None:
    """Note that the person just proved who it is."""
    request.session[CONFIRMED_KEY] = int(time.time())


def is_confirmed(request: HttpRequest) -> bool:
    """Tell whether the person proved who it is in the last ten minutes."""
    at = request.session.get(CONFIRMED_KEY, 0)
    return time.time() - at < CONFIRMED_SECONDS


def is_closed_office(user: Any, path: str) -> bool:
    """Tell whether `path` leads into a back office (Wagtail's, Django's) that a signed-in person may not enter."""
    if path.startswith("/cms/"):
        return not user.has_perm("wagtailadmin.access_admin")
    return path.startswith("/admin/") and not user.is_staff
