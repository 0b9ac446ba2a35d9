"""The lines to viewers: what all of them get is made into bytes once and written to each as it is.

Where the server is uvicorn, bytes go straight into its transport: no task, no queue and no copy for each viewer. Under
any other server they go through ASGI's `send`, one task for each viewer.
"""

import asyncio
import contextlib
import json
import struct
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

# Who has so much waiting (a minute of a crowded room) is too slow for it: sent away, it comes back and catches up.
LAGGING_BYTES = 256 * 1024
LAGGING_FRAMES = 40
TOO_SLOW = 4408
END_SECONDS = 5.0

Send = Callable[[dict[str, Any]], Awaitable[None]]


class Frame:
    """Something that many viewers get."""

    def __init__(self, content: dict[str, Any]) -> None:
        """Write it down, as text and as a WebSocket frame."""
        self.text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        self.wire = framed(self.text.encode())


def framed(payload: bytes) -> bytes:
    """Return a server's text frame around a payload (RFC 6455, 5.2): whole, not masked, not compressed."""
    size = len(payload)
    if size < 126:
        head = struct.pack("!BB", 0x81, size)
    elif size < 65_536:
        head = struct.pack("!BBH", 0x81, 126, size)
    else:
        head = struct.pack("!BBQ", 0x81, 127, size)
    return head + payload


class Viewer(Protocol):
    """One socket. `offer` never waits."""

    language: str

    def offer(self, frame: Frame) -> None:
        """Send a frame; whoever is too slow for it is sent away."""

    def end(self, code: int) -> None:
        """Close the socket, whether or not the other side reads."""

    def stop(self) -> None:
        """Send nothing more."""


class NearViewer:
    """A viewer whose transport is at hand."""

    def __init__(self, language: str, server: Any, send: Send) -> None:
        """Take uvicorn's protocol of an accepted socket."""
        self.language, self.server, self.send = language, server, send
        self.ending: asyncio.Task[None] | None = None

    def offer(self, frame: Frame) -> None:
        """Write, unless the socket is closing. What it cannot take any more cuts it off: a goodbye would wait too."""
        transport = self.server.transport
        if self.server.close_sent or transport.is_closing():
            return
        if transport.get_write_buffer_size() > LAGGING_BYTES:
            transport.abort()
            return
        transport.write(frame.wire)

    def end(self, code: int) -> None:
        """Say goodbye; who does not read it is cut off."""
        if self.ending is None:
            self.ending = asyncio.create_task(self._end(code))

    async def _end(self, code: int) -> None:
        if not await _closed(self.send, code):
            self.server.transport.abort()

    def stop(self) -> None:
        """Nothing is kept here."""


class FarViewer:
    """A viewer behind any ASGI server: frames wait in a short queue for the task that sends them."""

    def __init__(self, language: str, send: Send) -> None:
        """Start sending."""
        self.language, self.send = language, send
        self.frames: asyncio.Queue[Frame | None] = asyncio.Queue(LAGGING_FRAMES)
        self.task = asyncio.create_task(self._send_all())
        self.ending: asyncio.Task[bool] | None = None

    def offer(self, frame: Frame) -> None:
        """Queue a frame; a full queue is emptied and closed."""
        try:
            self.frames.put_nowait(frame)
        except asyncio.QueueFull:
            while not self.frames.empty():
                self.frames.get_nowait()
            self.frames.put_nowait(None)

    async def _send_all(self) -> None:
        with contextlib.suppress(Exception):  # The socket went away in the middle: its own task hears of it.
            while (frame := await self.frames.get()) is not None:
                await self.send({"type": "websocket.send", "text": frame.text})
            await self.send({"type": "websocket.close", "code": TOO_SLOW})

    def end(self, code: int) -> None:
        """Say goodbye past what waits in the queue."""
        if self.ending is None:
            self.task.cancel()
            self.ending = asyncio.create_task(_closed(self.send, code))

    def stop(self) -> None:
        """End the task."""
        self.task.cancel()


async def _closed(send: Send, code: int) -> bool:
    """Close a socket; tell whether that was heard in time. One that went away meanwhile is closed."""
    try:
        async with asyncio.timeout(END_SECONDS):
            await send({"type": "websocket.close", "code": code})
    except TimeoutError:
        return False
    except Exception:  # noqa: BLE001 (whatever a server raises for a socket that is gone)
        return True
    return True


def server_behind(send: Any) -> Any:
    """Return uvicorn's protocol behind an ASGI `send` that nothing has wrapped; None for any other server's."""
    server: Any = getattr(send, "__self__", None)
    known = all(hasattr(server, name) for name in ("transport", "close_sent", "handshake_complete", "conn"))
    return server if known and hasattr(server.transport, "get_write_buffer_size") else None


def viewer_of(scope: dict[str, Any], send: Send, language: str) -> Viewer:
    """Return the viewer at the end of an accepted socket; `scope["server_behind"]` is what `server_behind` found."""
    server = scope.get("server_behind")
    return FarViewer(language, send) if server is None else NearViewer(language, server, send)
