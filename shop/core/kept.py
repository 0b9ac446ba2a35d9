"""Finished pages of particular readers, kept under exactly what they show, so that none is ever old.

`facts()` reads from the database everything that the page depends on (few prepared queries); its answer is the name
under which the page is kept. What changes, changes the name. Only what can't be in it is filled in at each view:
the reader's token for forms, and the holes a view names. See `docs/decisions/0018`.
"""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.templatetags.static import static
from django.utils.html import conditional_escape
from django.utils.translation import get_language

from shop.core.marks import mark

KEPT_SECONDS = 600
# Pages to be kept are rendered with it in the place of the token: {"csrf_token": TOKEN} in their context.
TOKEN = mark("token")

Facts = Callable[[], Any]


def kept_page(
    request: HttpRequest,
    *,
    facts: Facts,
    make: Callable[[], HttpResponse],
    known: Any = None,
    holes: Mapping[str, object] | None = None,
) -> HttpResponse:
    """Return the page that `make()` renders for these facts, from the cache where it has been made before.

    `facts()` is read again after rendering: a page whose facts moved meanwhile is shown, not kept. With a message
    waiting for the reader the page is made anew. `known`: the facts, where the view has read them already.
    `holes`: mark in the page → what stands there for this reader.
    """
    has_message = len(get_messages(request)) > 0
    if not has_message and known is None:
        known = facts()
    key = _key(request, known)
    html: str | None = None if has_message else cache.get(key)
    if html is None:
        response = make()
        html = response.content.decode()
        if response.status_code != 200:
            return _filled(html, request, holes, response.status_code)
        if not has_message and facts() == known:
            cache.set(key, html, KEPT_SECONDS)
    return _filled(html, request, holes)


def _filled(html: str, request: HttpRequest, holes: Mapping[str, object] | None, status: int = 200) -> HttpResponse:
    for hole, value in (holes or {}).items():
        html = html.replace(hole, conditional_escape(str(value)))
    if TOKEN in html:
        html = html.replace(TOKEN, get_token(request))
    return HttpResponse(html, status=status)


def _key(request: HttpRequest, known: Any) -> str:
    """Name a page: its address, how it is read, the release's files, and its facts."""
    fixed = (settings.SITE_URL, settings.DEMO_CASHIER, settings.LICENCES, static("app.css"), static("app.js"), TOKEN)
    reader = (request.get_host(), request.get_full_path(), get_language(), request.COOKIES.get("hq_text"))
    return f"kept:{hashlib.sha256(repr((fixed, reader, known)).encode()).hexdigest()}"
