"""Opening a room; starting and ending a session; what its hosts announce, and whom they mute."""

import re
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from catalog.queries.trade import is_active_supplier
from livestream.errors import WrongState
from livestream.models import ChatMessage, LiveRoom, LiveSession, Mute
from livestream.operations.drops import end_drops_of
from livestream.operations.events import append
from livestream.operations.hosting import host_session
from livestream.queries.hosting import may_host
from livestream.rules import LONGEST_MESSAGE
from livestream.states import SESSION_MOVES, EventKind, SessionState
from shop.accounts.rules import is_campaign_staff
from shop.core import audit, pagecache
from shop.core.errors import InvalidInput, NotAllowed
from shop.core.lengths import check_length
from shop.core.texts import one_line

_SLUG = re.compile(r"(?=.{1,60}\Z)[a-z0-9]+(-[a-z0-9]+)*\Z")
# What stands under /live/ besides rooms.
NO_ROOMS = frozenset({"console", "clips"})


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
    """Open a room; titles and host's names are (Chinese, English). Without supplier it is the campaign staff's.

    Raises NotAllowed for who is no campaign staff, InvalidInput on `slug`, `supplier`, `title_zh`, `host_zh` and such.
    """
    if actor is None or not is_campaign_staff(actor):
        raise NotAllowed(_("Only campaign staff may open a live room."))
    names = {
        "title_zh": check_length(title[0], "title_zh", 40), "title_en": check_length(title[1], "title_en", 80),
        "host_zh": check_length(host[0], "host_zh", 20), "host_en": check_length(host[1], "host_en", 40),
    }  # fmt: skip
    if not names["title_zh"]:
        raise InvalidInput(_("Give the room a name."), field="title_zh")
    if not names["host_zh"]:
        raise InvalidInput(_("Say who speaks in the room."), field="host_zh")
    if not _SLUG.match(slug) or slug in NO_ROOMS:
        raise InvalidInput(
            _("An address has lower-case letters, digits and single dashes, at most 60 of them."), field="slug"
        )
    if supplier_id is not None and not is_active_supplier(supplier_id):
        raise InvalidInput(_("There is no such supplier."), field="supplier")
    try:
        with transaction.atomic():
            room = LiveRoom.objects.create(
                slug=slug, supplier_id=supplier_id, portrait_id=portrait_id, cover_id=cover_id, created_at=at, **names
            )
            audit.record(action="room_opened", object_kind="live_room", object_id=room.pk, actor=actor, at=at)
            pagecache.bump()
    except IntegrityError:
        raise InvalidInput(_("Another room has this address: choose another."), field="slug") from None
    return room


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


def unmute_person(*, mute_id: int, room_id: int, actor: Any, at: datetime) -> None:
    """Let somebody of a room's list write again, whether or not a session is on. Again: changes nothing.

    Raises NotAllowed for who is no host of the room.
    """
    with transaction.atomic():
        room = LiveRoom.objects.select_related("supplier").filter(pk=room_id).first()
        if room is None or not may_host(actor, room):
            raise NotAllowed(_("Only the hosts of this room may do that."))
        mute = Mute.objects.select_for_update().filter(pk=mute_id, room=room).first()
        if mute is None:
            return
        mute.delete()
        audit.record(
            action="chat_unmuted", object_kind="user", object_id=mute.user_id, actor=actor, at=at, room=room_id
        )
