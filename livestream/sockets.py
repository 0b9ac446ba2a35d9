"""The socket of a room: /ws/live/<room>/?after=<seq>&lang=en. Down: events by number, counts, parts. Up: chat."""

import asyncio
import contextlib
import json
from typing import Any
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.urls import path

from livestream.operations.chat import Draft
from livestream.queries.rooms import session_in_room
from livestream.tailing import Tail, Viewer, drop_if_empty, tail_of

NO_SUCH_ROOM = 4404
TOO_SLOW = 4408
TOO_LONG = 1009
LONGEST_FRAME = 64_000
MOST_WAITING = 3


class RoomSocket(AsyncWebsocketConsumer):
    """One viewer."""

    # Viewers need no channel of their own in the layer: their process's tail hears for all of them.
    channel_layer_alias = "none"
    tail: Tail | None = None
    viewer: Viewer | None = None
    sending: asyncio.Task[None] | None = None
    waiting = 0

    async def connect(self) -> None:
        """Join the room's session, or say that there is none."""
        slug = self.scope["url_route"]["kwargs"]["slug"]
        asked = parse_qs(self.scope["query_string"].decode("ascii", "replace"))
        session_id = await database_sync_to_async(_session_id)(slug)
        await self.accept()
        if session_id is None:
            await self.close(NO_SUCH_ROOM)
            return
        after = asked.get("after", [""])[0]
        self.viewer = Viewer("en" if asked.get("lang") == ["en"] else "zh-hans")
        self.tail = await tail_of(session_id)
        self.tail.join(self.viewer, int(after) if after.isascii() and after.isdigit() and len(after) < 10 else None)
        self.sending = asyncio.create_task(self._send_all(self.viewer))

    async def _send_all(self, viewer: Viewer) -> None:
        with contextlib.suppress(Exception):  # The socket went away in the middle: `disconnect` follows.
            while True:
                frame = await viewer.frames.get()
                if frame is None:
                    await self.close(TOO_SLOW)
                    return
                await self.send(text_data=frame)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Take a chat message: {"chat": text, "ref": any}. The answer carries the same `ref`."""
        if text_data is None or len(text_data) > LONGEST_FRAME:
            await self.close(TOO_LONG)
            return
        try:
            given = json.loads(text_data)
            text, ref = str(given["chat"]), given.get("ref")
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return
        if self.tail is None or self.viewer is None:
            return
        if self.waiting >= MOST_WAITING:
            await self._answer(ref, {"refused": "too_fast", "message": ""})
            return
        self.waiting += 1
        try:
            answer = await self.tail.write(Draft(self.scope.get("user"), text), self.viewer.language)
        finally:
            self.waiting -= 1
        await self._answer(ref, answer)

    async def _answer(self, ref: Any, answer: dict[str, Any]) -> None:
        await self.send(text_data=json.dumps({"ref": ref, **answer}, ensure_ascii=False))

    async def disconnect(self, code: int) -> None:
        """Leave."""
        if self.sending is not None:
            self.sending.cancel()
        if self.tail is not None and self.viewer is not None:
            self.tail.leave(self.viewer)
            await drop_if_empty(self.tail)


def _session_id(slug: str) -> int | None:
    session = session_in_room(slug)
    return session.pk if session else None


websocket_urlpatterns = [path("ws/live/<slug:slug>/", RoomSocket.as_asgi())]
