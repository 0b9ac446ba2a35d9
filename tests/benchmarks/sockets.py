"""A thousand viewers in one process: WebSockets as light as they can be, to 127.0.0.1 only, always bounded in time.

A library's client would take a core for itself; this one reads frames whole and looks into few of them.
"""

import asyncio
import base64
import os
import struct
import time
from collections.abc import Callable
from urllib.parse import urlsplit

Heard = Callable[[bytes, float], None]
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
    """One socket: calls `heard` with each text frame and when it came."""

    def __init__(self, url: str, cookie: str, heard: Heard) -> None:
        self.parts, self.cookie, self.heard = urlsplit(url), cookie, heard
        self.buffer = bytearray()
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
        self.buffer += data
        if not self.is_open:
            head, mark, rest = bytes(self.buffer).partition(b"\r\n\r\n")
            if not mark:
                return
            self.is_open = head.startswith(b"HTTP/1.1 101")
            self.buffer = bytearray(rest)
            self.opened.set_result(self.is_open)
        now = time.perf_counter()
        while (frame := self._next()) is not None:
            kind, payload = frame
            if kind == TEXT:
                self.heard(payload, now)
            elif kind == PING and self.line is not None:
                self.line.write(framed(PONG, payload))

    def _next(self) -> tuple[int, bytes] | None:
        """Take one whole frame out of the buffer; None where there is none yet."""
        held = self.buffer
        if len(held) < 2:
            return None
        size, start = held[1] & 0x7F, 2
        if size == 126:
            start = 4
            size = int.from_bytes(held[2:4], "big") if len(held) >= start else len(held)
        elif size == 127:
            start = 10
            size = int.from_bytes(held[2:10], "big") if len(held) >= start else len(held)
        if len(held) < start + size:
            return None
        frame = held[0] & 0x0F, bytes(held[start : start + size])
        del held[: start + size]
        return frame

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
