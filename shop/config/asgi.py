"""One callable for pages and sockets: HTTP goes to the WSGI app, sockets to Channels.

A socket is opened only from a page of ours (its Origin is ours, port and all); one that nobody serves is told so.
"""

from typing import Any

from a2wsgi import WSGIMiddleware

# First: it sets Django up, which the rest needs.
from shop.config.wsgi import application as pages

from channels.auth import AuthMiddlewareStack  # isort: skip
from channels.routing import URLRouter  # isort: skip
from livestream.lines import server_behind  # isort: skip
from livestream.sockets import websocket_urlpatterns  # isort: skip
from shop.config.origins import OwnOrigins  # isort: skip

NO_SUCH_SOCKET = 4404
_pages = WSGIMiddleware(pages, workers=8)
_sockets = OwnOrigins(AuthMiddlewareStack(URLRouter(websocket_urlpatterns)))


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer one ASGI connection."""
    if scope["type"] == "http":
        await _pages(scope, receive, send)
    elif scope["type"] == "websocket" and scope["path"].startswith("/ws/live/"):
        await _sockets({**scope, "server_behind": server_behind(send)}, receive, send)
    elif scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": NO_SUCH_SOCKET})
    elif scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return
