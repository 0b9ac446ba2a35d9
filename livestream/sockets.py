"""The socket of a room: /ws/live/<room>/?session=<id>&after=<seq>&lang=en. Down: events by number, counts, parts. Up: chat.

A plain ASGI callable: a consumer of Channels would go through the database's thread for each message that comes.
"""

import json
from typing import Any
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from livestream.frames import BadFrame, read_frame
from livestream.lines import Send, viewer_of
from livestream.queries.hosting import Seat, seats_of
from livestream.queries.rooms import session_in_room, session_in_room_by_id
from livestream.tailing import SIGNED_OUT, Tail, drop_if_empty, tail_of
from shop.core.numbers import read_id

NO_SUCH_ROOM = 4404
TRY_AGAIN = 1013


async def room_socket(scope: dict[str, Any], receive: Any, send: Send) -> None:
    """Serve one viewer until it goes; what it writes is answered in turn."""
    if (await receive())["type"] != "websocket.connect":
        return
    asked = parse_qs(scope["query_string"].decode("ascii", "replace"))
    key = str(scope["session"].session_key or "") if scope["user"].is_authenticated else ""
    session_id, seat = await database_sync_to_async(_enter)(
        scope["url_route"]["kwargs"]["slug"], key, asked.get("session", [""])[0]
    )
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
    tail.join(viewer, read_id(after, most_digits=9), seat)
    try:
        while (message := await receive())["type"] == "websocket.receive":
            if await _hear(tail, key, message.get("text"), viewer.language, send) and seat is not None:
                await send({"type": "websocket.close", "code": SIGNED_OUT})
                break
    finally:
        viewer.stop()
        tail.leave(viewer)
        await drop_if_empty(tail)


async def _hear(tail: Tail, key: str, sent: str | None, language: str, send: Send) -> bool:
    """Take a frame, and answer with the same `ref`: {"ref", "accepted" or "refused", "message"}.

    Return whether its writer has to sign in: a socket that was opened by somebody signed in ends then.
    """
    try:
        said = read_frame(sent)
    except BadFrame as bad:
        with override(language):
            answer = {"ref": bad.ref, "refused": bad.code, "message": _("This can't be read. Please type it again.")}
    else:
        answer = {"ref": said.ref, **await tail.write(key, said.chat, language)}
    await send({"type": "websocket.send", "text": json.dumps(answer, ensure_ascii=False)})
    return answer.get("refused") == "sign_in"


def _enter(slug: str, key: str, asked: str) -> tuple[int | None, Seat | None]:
    """Return the session that was asked for, else what the room shows, and the seat of who is signed in."""
    if (session_id := read_id(asked, most_digits=9)) is not None:
        session = session_in_room_by_id(slug, session_id)
    else:
        session = session_in_room(slug, at=timezone.now())
    if session is None:
        return None, None
    return session.pk, seats_of(session.pk, [key]).get(key) if key else None


# Django's stubs know views only.
_served: Any = room_socket
websocket_urlpatterns = [path("ws/live/<slug:slug>/", _served)]
