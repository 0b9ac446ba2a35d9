"""A thousand viewers in one process: WebSockets as light as they can be, to 127.0.0.1 only, always bounded in time.

A library's client would take a core for itself; this one finds where frames begin and end, and copies none of them.
"""

import asyncio
import base64
import os
import struct
from collections.abc import Callable
from urllib.parse import urlsplit

# Called with what came, and where in it a text frame's payload begins and ends.
Heard = Callable[[bytes, int, int], None]
TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA
FIN, MASKED = 0x80, 0x80


def framed(kind: int, payload: bytes) -> bytes:
    """Return a client's frame: masked, as the protocol asks (with zeros, which change nothing)."""
    size = len(payload)
    if size < 126:
        head = struct.pack("!BB", FIN | kind, MASKED | size)
    else:
        head = struct.pack("!BBH", FIN | kind, MASKED | 126, size)
    return head + b"\0\0\0\0" + payload


class Viewer(asyncio.Protocol):
    """One socket: calls `heard` with each text frame."""

    def __init__(self, url: str, cookie: str, heard: Heard) -> None:
        self.parts, self.cookie, self.heard = urlsplit(url), cookie, heard
        self.buffer = b""
        self.line: asyncio.Transport | None = None
        self.is_open = False
        self.opened: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    async def open(self) -> bool:
        """Connect and shake hands; tell whether the other side took it."""
        loop = asyncio.get_running_loop()
        await loop.create_connection(lambda: self, self.parts.hostname, self.parts.port)
        async with asyncio.timeout(60):
            return await self.opened

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.line = transport
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [
            f"GET {self.parts.path}?{self.parts.query} HTTP/1.1",
            f"Host: {self.parts.netloc}",
            f"Origin: http://{self.parts.netloc}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
            *([f"Cookie: {self.cookie}"] if self.cookie else []),
        ]
        transport.write(("\r\n".join(lines) + "\r\n\r\n").encode())

    def data_received(self, data: bytes) -> None:
        if self.buffer:
            data = self.buffer + data
        at = 0
        if not self.is_open:
            at = data.find(b"\r\n\r\n") + 4
            if at < 4:
                self.buffer = data
                return
            self.is_open = data.startswith(b"HTTP/1.1 101")
            self.opened.set_result(self.is_open)
        held = len(data)
        while at + 2 <= held:
            size, start = data[at + 1] & 0x7F, at + 2
            if size > 125:
                start += 2 if size == 126 else 8
                size = int.from_bytes(data[at + 2 : start], "big")
            if start + size > held:
                break
            kind = data[at] & 0x0F
            if kind == TEXT:
                self.heard(data, start, start + size)
            elif kind == PING and self.line is not None:
                self.line.write(framed(PONG, data[start : start + size]))
            at = start + size
        self.buffer = data[at:]

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_open = False
        if not self.opened.done():
            self.opened.set_result(False)

    def say(self, text: str) -> None:
        """Send a text frame of less than 64 kB."""
        if self.line is not None:
            self.line.write(framed(TEXT, text.encode()))

    def close(self) -> None:
        """Go away."""
        if self.line is not None:
            self.line.close()
