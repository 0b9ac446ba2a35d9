"""The socket of a room: /ws/live/<room>/?after=<seq>&lang=en. Down: events by number, counts, parts. Up: chat.

A plain ASGI callable: a consumer of Channels would go through the database's thread for each message that comes.
"""

import json
from typing import Any
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from django.urls import path

from livestream.lines import Send, viewer_of
from livestream.operations.chat import Draft
from livestream.queries.rooms import session_in_room
from livestream.tailing import Tail, drop_if_empty, tail_of

NO_SUCH_ROOM = 4404
TOO_LONG = 1009
LONGEST_FRAME = 64_000


async def room_socket(scope: dict[str, Any], receive: Any, send: Send) -> None:
    """Serve one viewer until it goes; what it writes is answered in turn."""
    if (await receive())["type"] != "websocket.connect":
        return
    asked = parse_qs(scope["query_string"].decode("ascii", "replace"))
    session_id = await database_sync_to_async(_session_id)(scope["url_route"]["kwargs"]["slug"])
    await send({"type": "websocket.accept"})
    if session_id is None:
        await send({"type": "websocket.close", "code": NO_SUCH_ROOM})
        return
    after = asked.get("after", [""])[0]
    tail = await tail_of(session_id)
    viewer = viewer_of(scope, send, "en" if asked.get("lang") == ["en"] else "zh-hans")
    tail.join(viewer, int(after) if after.isascii() and after.isdigit() and len(after) < 10 else None)
    try:
        while (message := await receive())["type"] == "websocket.receive":
            text = message.get("text")
            if text is None or len(text) > LONGEST_FRAME:
                await send({"type": "websocket.close", "code": TOO_LONG})
                break
            await _hear(tail, Draft(scope.get("user"), text), viewer.language, send)
    finally:
        viewer.stop()
        tail.leave(viewer)
        await drop_if_empty(tail)


async def _hear(tail: Tail, said: Draft, language: str, send: Send) -> None:
    """Take a chat message: {"chat": text, "ref": any}. The answer carries the same `ref`."""
    try:
        given = json.loads(said.text)
        text, ref = str(given["chat"]), given.get("ref")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return
    answer = await tail.write(Draft(said.user, text), language)
    await send({"type": "websocket.send", "text": json.dumps({"ref": ref, **answer}, ensure_ascii=False)})


def _session_id(slug: str) -> int | None:
    session = session_in_room(slug)
    return session.pk if session else None


# Django's stubs know views only.
_served: Any = room_socket
websocket_urlpatterns = [path("ws/live/<slug:slug>/", _served)]
