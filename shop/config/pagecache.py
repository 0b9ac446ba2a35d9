"""Finished pages for visitors who are not signed in, kept for seconds in front of Django's middleware.

Right by construction: a page that may be kept is rendered from a request that holds nothing but its key (host,
scheme, path, query, language, place, text size) and the CSRF secret. Whatever else the visitor sent is hidden from
Django, so it cannot be in the page; the secret is taken out of the page and each visitor's own is put in.

Everything else goes to Django untouched: other methods, signed-in visitors, cookies we do not know, private areas.
The visitor's own parts (name, basket count) come from /shop/me/, which is never kept.
"""

import os
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import unquote_plus

from django.conf import settings
from django.http.request import split_domain_port, validate_host
from django.middleware.csrf import CSRF_ALLOWED_CHARS, CSRF_SECRET_LENGTH, CSRF_TOKEN_LENGTH
from django.utils import timezone

from shop.core.languages import accepted_language
from shop.core.pagecache import Generation

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

# Areas that are somebody's own, or no pages. Their views say so as well (Cache-Control); this is the second lock.
PRIVATE = (
    *("/static/", "/media/", "/account/", "/pay/", "/seller/", "/units/", "/review/", "/reports/", "/cms/", "/admin/"),
    *("/api/", "/healthz", "/readyz", "/metrics", "/ws/", "/epcis/", "/live/console/", "/i18n/"),
    *("/shop/basket/", "/shop/checkout/", "/shop/me/", "/documents/", "/files/", "/_util/"),
)
# Cookies a page may be kept beside. The hidden ones are for scripts and for private areas: no kept page sees them.
PLACE, TEXT = "hq_to", "hq_text"
HIDDEN = frozenset({"hq_me", "hq_basket", "hq_device", "hq_guest", "hq_to_name", "hq_from"})
# Where a visitor came from: dropped, so that it neither splits the pages nor gets into one.
TRACKING = re.compile(r"(utm_[a-z]+|gclid|fbclid|msclkid|spm|hmsr|hmpl|isappinstalled|clicktime|enterid|scene)\Z")
# What chats say of where they showed an address; ours (shop.sales.sources) have a number.
PASSED_ON = re.compile(r"from=[a-z]*\Z")
MAX_QUERY = 300
MAX_PATH = 500
MAX_PAGE = 1_000_000
VARY_ALLOWED = frozenset({"cookie", "accept-language", "accept-encoding"})
REFUSED_CONTROL = ("private", "no-store", "no-cache", "max-age=0")
# Of one request or one connection, or worked out again.
DROPPED = frozenset({"set-cookie", "date", "server", "connection", "age", "content-length", "x-request-id", "vary"})
FLASH = b'data-testid="messages-flash"'
TOKEN = re.compile(f"(?<![A-Za-z0-9])[A-Za-z0-9]{{{CSRF_TOKEN_LENGTH}}}(?![A-Za-z0-9])".encode())
SECRET = re.compile(f"[A-Za-z0-9]{{{CSRF_SECRET_LENGTH}}}\\Z")

_ALPHABET = CSRF_ALLOWED_CHARS.encode()
_SIZE = len(_ALPHABET)
_INDEX = {char: place for place, char in enumerate(_ALPHABET)}
# 248 is the largest multiple of 62 that a byte reaches: what lies above is thrown away, so every character is as likely.
_PICK = bytes(_ALPHABET[byte % _SIZE] for byte in range(256))
_UNEVEN = bytes(range(256 // _SIZE * _SIZE, 256))


def _random() -> bytes:
    """Return CSRF_SECRET_LENGTH random characters of Django's CSRF alphabet."""
    while True:
        found = os.urandom(2 * CSRF_SECRET_LENGTH).translate(_PICK, _UNEVEN)
        if len(found) >= CSRF_SECRET_LENGTH:
            return found[:CSRF_SECRET_LENGTH]


def mask(secret: bytes) -> bytes:
    """Return a token for a form: different each time (compressed pages leak repeated secrets), same secret inside."""
    chosen = _random()
    cipher = bytes(_ALPHABET[(_INDEX[a] + _INDEX[b]) % _SIZE] for a, b in zip(secret, chosen, strict=True))
    return chosen + cipher


def _unmask(token: bytes) -> bytes:
    chosen, cipher = token[:CSRF_SECRET_LENGTH], token[CSRF_SECRET_LENGTH:]
    return bytes(_ALPHABET[_INDEX[a] - _INDEX[b]] for a, b in zip(cipher, chosen, strict=True))


_preferred = lru_cache(maxsize=256)(accepted_language)


class Key(NamedTuple):
    """Everything a kept page may depend on."""

    host: str
    scheme: str
    path: str
    query: str
    language: str
    place: str
    large: bool


@dataclass(frozen=True, slots=True)
class Visit:
    """A request that may be answered from kept pages.

    `secret` is the visitor's CSRF secret, empty when new; `hides` says that the key leaves out something they sent.
    """

    key: Key
    secret: str
    hides: bool

    def only_the_key(self, environ: Environ) -> Environ:
        """Return the request as the page's view may see it."""
        cookies = {PLACE: self.key.place, TEXT: "large" if self.key.large else ""}
        cookies[settings.CSRF_COOKIE_NAME] = self.secret
        cookies[settings.LANGUAGE_COOKIE_NAME] = self.key.language
        return {
            **environ,
            "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in cookies.items() if value),
            "HTTP_ACCEPT_LANGUAGE": self.key.language,
            "QUERY_STRING": self.key.query,
        }


def _query(text: str) -> str | None:
    """Return the query without what is ignored, in its order; None when it is too long to be a page of ours."""
    if len(text) > MAX_QUERY:
        return None
    return "&".join(part for part in text.split("&") if part and not _is_ignored(part))


def _is_ignored(part: str) -> bool:
    return bool(TRACKING.match(unquote_plus(part.partition("=")[0])) or PASSED_ON.match(part))


@dataclass(frozen=True, slots=True)
class _Cookies:
    """What of the visitor's cookies matters here."""

    secret: str = ""
    place: str = ""
    language: str = ""
    large: bool = False
    hides: bool = False


NO_COOKIES = _Cookies()


def _cookies(sent: str) -> _Cookies | None:
    """Read a Cookie header; None when it holds a session or anything else we do not know."""
    found: dict[str, str] = {}
    for pair in sent.split(";"):
        name, _, value = pair.strip().partition("=")
        found[name] = value
    secret = found.pop(settings.CSRF_COOKIE_NAME, "")
    place = found.pop(PLACE, "")
    large = found.pop(TEXT, "") == "large"
    language = found.pop(settings.LANGUAGE_COOKIE_NAME, "")
    if found.keys() - HIDDEN:
        return None
    return _Cookies(
        secret=secret if SECRET.match(secret) else "",
        place=place if len(place) in (2, 4, 6) and place.isascii() and place.isdigit() else "",
        language=_preferred(language) if language else "",
        large=large,
        hides=bool(found),
    )


def _asks_for_a_page(environ: Environ) -> bool:
    """Whether a browser asks for a public page: not a script for a fragment, not an area of somebody's own."""
    path, get = environ["PATH_INFO"], environ.get
    accept = get("HTTP_ACCEPT") or "*/*"
    return (
        environ["REQUEST_METHOD"] in ("GET", "HEAD")
        and len(path) <= MAX_PATH
        and not (path[3:] if path.startswith("/en/") else path).startswith(PRIVATE)
        and ("text/html" in accept or "*/*" in accept)
        # Where a visitor comes from is kept by Django (shop.sales.sources), which has to see the address for that.
        and not _says_where_from(get("QUERY_STRING") or "")
        and not (get("HTTP_AUTHORIZATION") or get("HTTP_X_REQUESTED_WITH") or get("HTTP_HX_REQUEST"))
    )


def _says_where_from(query: str) -> bool:
    return "from=" in query and any(part.startswith("from=") and not PASSED_ON.match(part) for part in query.split("&"))


def visit_of(environ: Environ) -> Visit | None:
    """Return the visit when its page may be kept, None when it belongs to Django alone."""
    if not _asks_for_a_page(environ):
        return None
    get = environ.get
    sent_cookies, sent_query = get("HTTP_COOKIE"), get("QUERY_STRING") or ""
    cookies = _cookies(sent_cookies) if sent_cookies else NO_COOKIES
    query = _query(sent_query) if sent_query else ""
    if cookies is None or query is None:
        return None
    scheme = environ["wsgi.url_scheme"]
    if settings.SECURE_PROXY_SSL_HEADER:
        scheme = get(settings.SECURE_PROXY_SSL_HEADER[0]) or scheme
    language = cookies.language or _preferred(get("HTTP_ACCEPT_LANGUAGE") or "")
    key = Key(get("HTTP_HOST") or "", scheme, environ["PATH_INFO"], query, language, cookies.place, cookies.large)
    return Visit(key, cookies.secret, cookies.hides or query != sent_query)


@dataclass(frozen=True, slots=True)
class Page:
    """A finished page: its text, cut where forms carry a token, and its headers without the visitor's."""

    pieces: tuple[bytes, ...]
    headers: tuple[tuple[str, str], ...]
    needs_secret: bool
    generation: str
    until: float

    @property
    def size(self) -> int:
        """Bytes held, about."""
        return sum(map(len, self.pieces)) + 1000

    def answer(self, visit: Visit, method: str, start_response: StartResponse) -> list[bytes]:
        """Send the page with the visitor's own tokens; a new visitor gets a secret as Django would give one."""
        headers = list(self.headers)
        body = self.pieces[0]
        if self.needs_secret:
            secret = visit.secret.encode() or _random()
            if not visit.secret:
                headers.append(("Set-Cookie", _csrf_cookie(secret.decode())))
            if len(self.pieces) > 1:
                body = mask(secret).join(self.pieces)
        headers.append(("Content-Length", str(len(body))))
        start_response("200 OK", headers)
        return [] if method == "HEAD" else [body]


def _csrf_cookie(secret: str) -> str:
    parts = [
        f"{settings.CSRF_COOKIE_NAME}={secret}",
        f"Max-Age={settings.CSRF_COOKIE_AGE}",
        f"Path={settings.CSRF_COOKIE_PATH}",
    ]
    if settings.CSRF_COOKIE_DOMAIN:
        parts.append(f"Domain={settings.CSRF_COOKIE_DOMAIN}")
    if settings.CSRF_COOKIE_SAMESITE:
        parts.append(f"SameSite={settings.CSRF_COOKIE_SAMESITE}")
    parts += ["Secure"] * settings.CSRF_COOKIE_SECURE + ["HttpOnly"] * settings.CSRF_COOKIE_HTTPONLY
    return "; ".join(parts)


def _may_be_kept(status: str, headers: Headers, host: str) -> bool:
    """Whether an answer says of itself that every such visitor may see it."""
    if not status.startswith("200 ") or not validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
        return False
    found = {"content-type": "", "cache-control": "", "vary": "", "content-encoding": "", "content-security-policy": ""}
    for name, value in headers:
        low = name.lower()
        if low == "set-cookie" and not value.lstrip().startswith(f"{settings.CSRF_COOKIE_NAME}="):
            return False
        if low in found:
            found[low] = value.lower()
    return (
        found["content-type"].startswith("text/html")
        and not found["content-encoding"]
        and "'nonce-" not in found["content-security-policy"]
        and not any(word in found["cache-control"] for word in REFUSED_CONTROL)
        and {word.strip() for word in found["vary"].split(",") if word.strip()} <= VARY_ALLOWED
    )


def _secret_sent(headers: Headers) -> str:
    """Return the secret Django set with this answer: it sets one whenever the page holds a token."""
    prefix = f"{settings.CSRF_COOKIE_NAME}="
    for name, value in headers:
        if name.lower() == "set-cookie" and value.lstrip().startswith(prefix):
            return value.lstrip()[len(prefix) :].partition(";")[0]
    return ""


def _cut(body: bytes, secret: str) -> tuple[bytes, ...] | None:
    """Cut the page at the tokens of `secret`; None when the bare secret stands in it or a flash message does."""
    if FLASH in body:
        return None
    if not secret:
        return (body,)
    pieces, start = [], 0
    for found in TOKEN.finditer(body):
        if _unmask(found[0]) == secret.encode():
            pieces.append(body[start : found.start()])
            start = found.end()
    pieces.append(body[start:])
    return None if any(secret.encode() in piece for piece in pieces) else tuple(pieces)


class _Shelf:
    """Pages, the least recently asked thrown out when their bytes exceed `limit`."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._bytes = 0
        self._pages: OrderedDict[Key, Page] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key, generation: str) -> Page | None:
        page = self._pages.get(key)
        if page is None or page.generation != generation or page.until < time.monotonic():
            return None
        with self._lock:
            if key in self._pages:
                self._pages.move_to_end(key)
        return page

    def put(self, key: Key, page: Page) -> None:
        with self._lock:
            old = self._pages.pop(key, None)
            self._bytes += page.size - (old.size if old else 0)
            self._pages[key] = page
            while self._bytes > self._limit:
                self._bytes -= self._pages.popitem(last=False)[1].size

    @property
    def held(self) -> int:
        return self._bytes


def seconds_of_the_day_left() -> float:
    """Return the seconds until midnight in the shop's own time zone."""
    now = timezone.localtime()
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return (midnight - now).total_seconds()


class PageCache:
    """The WSGI application with kept pages before it. `limit` bytes per process, `seconds` each; 0 turns it off."""

    def __init__(
        self, application: Application, *, seconds: float, limit: int, generation: Generation | None = None
    ) -> None:
        self._application = application
        self._seconds = seconds
        self._generation = generation or Generation()
        # Anyone can invent queries: they have a shelf of their own and cannot push out the plain pages.
        self._plain = _Shelf(limit * 3 // 4)
        self._queried = _Shelf(limit // 4)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer from the shelf, or let Django answer and keep what may be kept."""
        visit = visit_of(environ) if self._seconds else None
        if visit is None:
            return self._application(environ, start_response)
        shelf = self._queried if visit.key.query else self._plain
        generation = self._generation.now()
        page = shelf.get(visit.key, generation)
        if page is not None:
            return page.answer(visit, environ["REQUEST_METHOD"], start_response)
        return self._render(visit, shelf, generation, environ, start_response)

    def _render(
        self, visit: Visit, shelf: _Shelf, generation: str, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        started: list[Any] = []
        # What is right today (a badge, a season, a certificate) may be wrong at midnight: no page outlives its day.
        until = time.monotonic() + min(self._seconds, seconds_of_the_day_left())

        def hold(status: str, headers: Headers, exc_info: Any = None) -> None:
            started[:] = [status, headers, exc_info]

        response = self._application(visit.only_the_key(environ), hold)
        status, headers, exc_info = started
        may_keep = _may_be_kept(status, headers, visit.key.host) and not getattr(response, "streaming", False)
        if not may_keep and visit.hides:
            # Not a page for everyone after all: its view must see the whole request.
            if hasattr(response, "close"):
                response.close()
            return self._application(environ, start_response)
        if not may_keep or environ["REQUEST_METHOD"] != "GET":
            start_response(status, headers, *([exc_info] if exc_info else []))
            return response
        try:
            body = b"".join(response)
        finally:
            if hasattr(response, "close"):
                response.close()
        secret = _secret_sent(headers)
        pieces = _cut(body, secret) if len(body) <= MAX_PAGE else None
        if pieces is None:
            start_response(status, headers)
            return [body]
        kept = [(name, value) for name, value in headers if name.lower() not in DROPPED]
        kept.append(("Vary", "Cookie, Accept-Language"))
        page = Page(pieces, tuple(kept), bool(secret), generation, until)
        shelf.put(visit.key, page)
        return page.answer(visit, "GET", start_response)
