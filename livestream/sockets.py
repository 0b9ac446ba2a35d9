"""The socket of a room: /ws/live/<room>/?after=<seq>&lang=en. Down: events by number, counts, parts. Up: chat.

A plain ASGI callable: a consumer of Channels would go through the database's thread for each message that comes.
"""

import json
from typing import Any
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from django.urls import path

from livestream.lines import Send, viewer_of
from livestream.queries.hosting import Seat, seats_of
from livestream.queries.rooms import session_in_room
from livestream.tailing import SIGNED_OUT, Tail, drop_if_empty, tail_of

NO_SUCH_ROOM = 4404
TOO_LONG = 1009
TRY_AGAIN = 1013
LONGEST_FRAME = 64_000


async def room_socket(scope: dict[str, Any], receive: Any, send: Send) -> None:
    """Serve one viewer until it goes; what it writes is answered in turn."""
    if (await receive())["type"] != "websocket.connect":
        return
    asked = parse_qs(scope["query_string"].decode("ascii", "replace"))
    key = str(scope["session"].session_key or "") if scope["user"].is_authenticated else ""
    session_id, seat = await database_sync_to_async(_enter)(scope["url_route"]["kwargs"]["slug"], key)
    await send({"type": "websocket.accept"})
    if session_id is None:
        await send({"type": "websocket.close", "code": NO_SUCH_ROOM})
        return
    after = asked.get("after", [""])[0]
    tail = await tail_of(session_id)
    if tail.task.done():
        # It could not begin (the database was away): the browser comes again.
        await send({"type": "websocket.close", "code": TRY_AGAIN})
        return
    viewer = viewer_of(scope, send, "en" if asked.get("lang") == ["en"] else "zh-hans")
    tail.join(viewer, int(after) if after.isascii() and after.isdigit() and len(after) < 10 else None, seat)
    try:
        while (message := await receive())["type"] == "websocket.receive":
            text = message.get("text")
            if text is None or len(text) > LONGEST_FRAME:
                await send({"type": "websocket.close", "code": TOO_LONG})
                break
            if await _hear(tail, key, text, viewer.language, send) and seat is not None:
                await send({"type": "websocket.close", "code": SIGNED_OUT})
                break
    finally:
        viewer.stop()
        tail.leave(viewer)
        await drop_if_empty(tail)


async def _hear(tail: Tail, key: str, sent: str, language: str, send: Send) -> bool:
    """Take a chat message: {"chat": text, "ref": any}, and answer with the same `ref`.

    Return whether its writer has to sign in: a socket that was opened by somebody signed in ends then.
    """
    try:
        given = json.loads(sent)
        text, ref = str(given["chat"]), given.get("ref")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return False
    answer = await tail.write(key, text, language)
    await send({"type": "websocket.send", "text": json.dumps({"ref": ref, **answer}, ensure_ascii=False)})
    return answer.get("refused") == "sign_in"


def _enter(slug: str, key: str) -> tuple[int | None, Seat | None]:
    """Return what the room shows, and the seat of who is signed in."""
    session = session_in_room(slug)
    if session is None:
        return None, None
    return session.pk, seats_of(session.pk, [key]).get(key) if key else None


# Django's stubs know views only.
_served: Any = room_socket
websocket_urlpatterns = [path("ws/live/<slug:slug>/", _served)]
