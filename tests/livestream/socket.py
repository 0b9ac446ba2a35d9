"""A browser's socket, talking to the ASGI application without a server."""

import asyncio
import json
from typing import Any

from asgiref.testing import ApplicationCommunicator

from shop.config.asgi import application

SECONDS = 8


class Socket:
    """One WebSocket connection."""

    def __init__(
        self,
        address: str = "/ws/live/songyuan/",
        *,
        cookies: str = "",
        origin: str = "http://127.0.0.1",
        host: str = "127.0.0.1",
    ) -> None:
        path, _, query = address.partition("?")
        headers = [(b"host", host.encode()), (b"cookie", cookies.encode())]
        if origin:
            headers.append((b"origin", origin.encode()))
        scope = {
            "type": "websocket",
            "scheme": "ws",
            "path": path,
            "query_string": query.encode(),
            "headers": headers,
            "subprotocols": [],
        }
        self.line = ApplicationCommunicator(application, scope)

    async def open(self) -> bool:
        """Connect; tell whether the other side took it."""
        await self.line.send_input({"type": "websocket.connect"})
        return (await self.line.receive_output(SECONDS))["type"] == "websocket.accept"

    async def take(self) -> dict[str, Any]:
        """Return the next frame; {"closed": code} where the other side closes."""
        message = await self.line.receive_output(SECONDS)
        if message["type"] == "websocket.close":
            return {"closed": message["code"]}
        # As a server sends it: what is no UTF-8 would end the socket.
        return json.loads(message["text"].encode())

    async def take_until(self, found: Any) -> list[dict[str, Any]]:
        """Take frames until one fits; return all of them."""
        taken: list[dict[str, Any]] = []
        async with asyncio.timeout(SECONDS):
            while not taken or not found(taken[-1]):
                taken.append(await self.take())
        return taken

    async def say(self, text: str | bytes) -> None:
        """Send a frame as it is."""
        kind = "bytes" if isinstance(text, bytes) else "text"
        await self.line.send_input({"type": "websocket.receive", kind: text})

    async def close(self) -> None:
        """Go away."""
        await self.line.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.line.wait(SECONDS)
