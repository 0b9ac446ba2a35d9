"""Which pages may open a socket: the site's own, by scheme, host and port alike.

A browser names the page's origin with each socket, and sends the cookies of the host whatever the page's port: a
program on another port of the same machine, or the same host without TLS, is not the shop.
"""

import re
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.http.request import split_domain_port, validate_host

_ORIGIN = re.compile(r"(https?)://([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?\Z")
_USUAL = {"http": 80, "https": 443}
_SECURE = {"ws": "http", "http": "http", "wss": "https", "https": "https"}

Origin = tuple[str, str, int]


def read_origin(text: str) -> Origin | None:
    """Return scheme, host and port of an origin as browsers write it; None for anything more, less or else."""
    found = _ORIGIN.match(text.lower())
    if found is None:
        return None
    scheme, host, port = found.groups()
    return scheme, host, int(port) if port else _USUAL[scheme]


def is_ours(scope: dict[str, Any]) -> bool:
    """Tell whether the page that opens this socket is the shop's: of SITE_URL, or of the host that it asks.

    The host that is asked counts only if ALLOWED_HOSTS has it.
    """
    named = _all(scope, b"origin")
    origin = read_origin(named[0]) if len(named) == 1 else None
    if origin is None:
        return False
    return origin == read_origin(settings.SITE_URL.rstrip("/")) or origin == _asked(scope)


def _asked(scope: dict[str, Any]) -> Origin | None:
    hosts = _all(scope, b"host")
    if len(hosts) != 1:
        return None
    domain, _port = split_domain_port(hosts[0])
    if not domain or not validate_host(domain, settings.ALLOWED_HOSTS):
        return None
    return read_origin(f"{_scheme(scope)}://{hosts[0]}")


def _scheme(scope: dict[str, Any]) -> str:
    """Return the scheme the browser used, as Django tells it: a proxy that is believed says so in a header."""
    if settings.SECURE_PROXY_SSL_HEADER:
        name, value = settings.SECURE_PROXY_SSL_HEADER
        header = name.removeprefix("HTTP_").replace("_", "-").lower().encode()
        said = _all(scope, header)
        if said:
            return "https" if said[0].split(",")[0].strip() == value else "http"
    return _SECURE.get(scope.get("scheme", "ws"), "http")


def _all(scope: dict[str, Any], header: bytes) -> list[str]:
    given: Iterable[tuple[bytes, bytes]] = scope.get("headers", ())
    return [value.decode("latin-1") for name, value in given if name.lower() == header]


class OwnOrigins:
    """The ASGI application behind it, for the shop's own pages only."""

    def __init__(self, application: Any) -> None:
        """Take what stands behind."""
        self.application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Let a socket in, or refuse its handshake (403)."""
        if is_ours(scope):
            await self.application(scope, receive, send)
        elif (await receive())["type"] == "websocket.connect":
            await send({"type": "websocket.close"})
