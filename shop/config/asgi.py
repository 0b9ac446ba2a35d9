"""One callable for pages and sockets: HTTP goes to the WSGI app, sockets to whoever serves them.

No socket is served yet (live rooms bring the first): a client that asks is told so and closed.
"""

from typing import Any

from a2wsgi import WSGIMiddleware

from shop.config.wsgi import application as pages

NO_SUCH_SOCKET = 4404
_pages = WSGIMiddleware(pages, workers=8)


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer one ASGI connection."""
    if scope["type"] == "http":
        await _pages(scope, receive, send)
    elif scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": NO_SUCH_SOCKET})
    elif scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return
