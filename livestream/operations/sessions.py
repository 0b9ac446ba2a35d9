"""Planning, starting, ending a session; what its hosts announce."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from livestream.errors import WrongState
from livestream.models import ChatMessage, LiveRoom, LiveSession, Mute
from livestream.operations.drops import end_drops_of
from livestream.operations.events import append
from livestream.operations.hosting import host_session
from livestream.queries.hosting import may_host
from livestream.rules import LONGEST_MESSAGE
from livestream.states import SESSION_MOVES, EventKind, SessionState
from shop.core import audit, pagecache
from shop.core.errors import InvalidInput, NotAllowed
from shop.core.lengths import check_length
from shop.core.texts import one_line


def open_room(
    *,
    slug: str,
    supplier_id: int | None,
    title: tuple[str, str],
    host: tuple[str, str],
    actor: Any,
    at: datetime,
    portrait_id: int | None = None,
    cover_id: int | None = None,
) -> LiveRoom:
    """Open a room; titles and host's names are (Chinese, English). Without supplier it is the campaign staff's."""
    with transaction.atomic():
        room = LiveRoom.objects.create(
            slug=slug, supplier_id=supplier_id, title_zh=title[0], title_en=title[1], host_zh=host[0], host_en=host[1],
            portrait_id=portrait_id, cover_id=cover_id, created_at=at,
        )  # fmt: skip
        audit.record(action="room_opened", object_kind="live_room", object_id=room.pk, actor=actor, at=at)
        pagecache.bump()
    return room


def plan_session(
    *, room: LiveRoom, title: tuple[str, str], planned_at: datetime, actor: Any, at: datetime
) -> LiveSession:
    """Plan a session of a room; its clip is made in the background. Raises NotAllowed, InvalidInput on `title_zh`."""
    if not may_host(actor, room):
        raise NotAllowed(_("Only the hosts of this room may do that."))
    in_chinese, in_english = check_length(title[0], "title_zh", 40), check_length(title[1], "title_en", 80)
    if not in_chinese:
        raise InvalidInput(_("Give the session a title."), field="title_zh")
    with transaction.atomic():
        session = LiveSession.objects.create(room=room, title_zh=in_chinese, title_en=in_english, planned_at=planned_at)
        audit.record(action="session_planned", object_kind="live_session", object_id=session.pk, actor=actor, at=at)
        pagecache.bump()
    return session


def start_session(*, session_id: int, version: int, actor: Any, at: datetime) -> None:
    """Go live. Raises WrongState when the room is live already with another session; else as `host_session`."""
    _move(session_id, version, SessionState.LIVE, EventKind.STARTED, actor, at)


def end_session(*, session_id: int, version: int, actor: Any, at: datetime) -> None:
    """End the broadcast; a running drop ends with it. It stays as a replay. Raises as `host_session`."""
    _move(session_id, version, SessionState.ENDED, EventKind.ENDED, actor, at)


def _move(session_id: int, version: int, to: str, kind: str, actor: Any, at: datetime) -> None:
    try:
        with transaction.atomic():
            session = host_session(session_id=session_id, actor=actor, version=version)
            if to not in SESSION_MOVES[session.state]:
                raise WrongState(_("This session is live already."))
            moment = {"started_at": at} if to == SessionState.LIVE else {"ended_at": at, "pinned": None}
            LiveSession.objects.filter(pk=session.pk).update(state=to, **moment)
            if to == SessionState.ENDED:
                end_drops_of(session_id=session.pk, at=at)
            append(session_id=session.pk, events=[(kind, {})], at=at)
            audit.record(action=f"session_{kind}", object_kind="live_session", object_id=session.pk, actor=actor, at=at)
            pagecache.bump()
    except IntegrityError:
        raise WrongState(_("This room is live already with another session. End that one first.")) from None


def announce(*, session_id: int, version: int, text: str, actor: Any, at: datetime) -> None:
    """Set the line 公告 above the chat; an empty one takes it away. Raises InvalidInput on `text` when it is too long."""
    said = one_line(text)
    if len(said) > LONGEST_MESSAGE:
        raise InvalidInput(_("At most %(n)d characters, please.") % {"n": LONGEST_MESSAGE}, field="text")
    with transaction.atomic():
        session = host_session(session_id=session_id, actor=actor, version=version)
        LiveSession.objects.filter(pk=session.pk).update(announcement=said)
        append(session_id=session.pk, events=[(EventKind.ANNOUNCED, {})], at=at)
        pagecache.bump()


def mute(*, session_id: int, message_id: int, actor: Any, at: datetime) -> None:
    """Keep who wrote a message from writing in this room until a host lets them again. Again: changes nothing.

    Raises NotAllowed for a host's own message.
    """
    with transaction.atomic():
        session = host_session(session_id=session_id, actor=actor)
        user_id = _author(session.pk, message_id)
        Mute.objects.get_or_create(room_id=session.room_id, user_id=user_id, defaults={"by_id": actor.pk, "at": at})
        audit.record(
            action="chat_muted", object_kind="user", object_id=user_id, actor=actor, at=at, room=session.room_id
        )


def _author(session_id: int, message_id: int) -> int:
    message = ChatMessage.objects.filter(pk=message_id, session_id=session_id).first()
    if message is None or message.user_id is None or message.is_host:
        raise NotAllowed(_("Hosts can't be muted."))
    return message.user_id


def unmute(*, session_id: int, message_id: int, actor: Any, at: datetime) -> None:
    """Let who wrote a message write again. Raises as `mute` does."""
    with transaction.atomic():
        session = host_session(session_id=session_id, actor=actor)
        user_id = _author(session.pk, message_id)
        Mute.objects.filter(room_id=session.room_id, user_id=user_id).delete()
        audit.record(
            action="chat_unmuted", object_kind="user", object_id=user_id, actor=actor, at=at, room=session.room_id
        )
