"""Addresses that only take what a form sends. Opened, reloaded or come back to, they lead to the page above them.

A person gets there by the back button, by a reload, or after signing in again in the middle of something: a blank
"method not allowed" would leave them nowhere.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

View = Callable[..., HttpResponseBase]
# Wagtail's address of any page at all: it takes every path, and has a page for few.
CATCH_ALL = "wagtail_serve"


def post_only(view: View) -> View:
    """Take POST alone; GET and HEAD are led to the page above, any other method is refused (405).

    Guards of who may come in stand before it, so that a stranger is told at the door.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **given: Any) -> HttpResponseBase:
        if request.method == "POST":
            return view(request, *args, **given)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["POST"])
        if request.method == "GET" and request.user.is_authenticated:
            messages.info(request, _("Nothing was sent. If you meant to do something, do it again here."))
        return HttpResponseRedirect(page_above(request.path))

    guarded.is_post_only = True  # type: ignore[attr-defined]  # read by `page_above`, which passes such addresses over
    return guarded


def page_above(path: str) -> str:
    """Return the nearest address above `path` that a page can be read at: /units/requests/7/submit/ → /units/requests/7/.

    Whether that page is there for this person is its own matter. No queries.
    """
    parts = path.rstrip("/").split("/")
    while len(parts) > 1:
        parts.pop()
        above = "/".join([*parts, ""])
        try:
            found = resolve(above)
        except Resolver404:
            continue
        if found.url_name != CATCH_ALL and not getattr(found.func, "is_post_only", False):
            return above
    return path[:4] if path.startswith("/en/") else "/"
