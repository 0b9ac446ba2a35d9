"""Planning a session, moving it, calling it off."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from livestream.errors import WrongState
from livestream.models import LiveRoom, LiveSession
from livestream.operations.events import append
from livestream.operations.hosting import host_session
from livestream.queries.hosting import may_host
from livestream.rules import AHEAD, JUST_NOW
from livestream.states import EventKind, SessionState
from shop.core import audit, outbox, pagecache
from shop.core.errors import InvalidInput, NotAllowed
from shop.core.lengths import check_length


def _check(title: tuple[str, str], planned_at: datetime, at: datetime) -> tuple[str, str]:
    in_chinese, in_english = check_length(title[0], "title_zh", 40), check_length(title[1], "title_en", 80)
    if not in_chinese:
        raise InvalidInput(_("Give the session a title."), field="title_zh")
    if planned_at < at - JUST_NOW:
        raise InvalidInput(_("This moment is over: choose one that is to come."), field="planned_at")
    if planned_at > at + AHEAD:
        raise InvalidInput(_("That is more than a year ahead: choose an earlier day."), field="planned_at")
    return in_chinese, in_english


def plan_session(
    *, room: LiveRoom, title: tuple[str, str], planned_at: datetime, actor: Any, at: datetime
) -> LiveSession:
    """Plan a session of a room; its clip is made in the background. The same once more is the session that was planned.

    Raises NotAllowed, InvalidInput on `title_zh`, or on `planned_at` for a moment that is over or too far ahead.
    Locks: the room.
    """
    if not may_host(actor, room):
        raise NotAllowed(_("Only the hosts of this room may do that."))
    in_chinese, in_english = _check(title, planned_at, at)
    with transaction.atomic():
        LiveRoom.objects.select_for_update().get(pk=room.pk)
        same = {"title_zh": in_chinese, "title_en": in_english, "planned_at": planned_at, "state": SessionState.PLANNED}
        if (planned := LiveSession.objects.filter(room=room, **same).first()) is not None:
            return planned
        session = LiveSession.objects.create(room=room, title_zh=in_chinese, title_en=in_english, planned_at=planned_at)
        audit.record(action="session_planned", object_kind="live_session", object_id=session.pk, actor=actor, at=at)
        pagecache.bump()
    return session


def _planned(session_id: int, version: int, actor: Any) -> LiveSession:
    session = host_session(session_id=session_id, actor=actor, version=version)
    if session.state != SessionState.PLANNED:
        raise WrongState(_("This session has begun: it can't be planned anew."))
    return session


def change_session(
    *, session_id: int, version: int, title: tuple[str, str], planned_at: datetime, actor: Any, at: datetime
) -> None:
    """Give a planned session another title or time; followers are told of another time.

    Raises WrongState once it has begun, InvalidInput as `plan_session`, else as `host_session`. The same again changes
    nothing. A time that was set before and is over may stay while the title is changed.
    """
    with transaction.atomic():
        session = _planned(session_id, version, actor)
        before = session.planned_at
        if planned_at.replace(second=0, microsecond=0) == before.replace(second=0, microsecond=0):
            planned_at = before
        in_chinese, in_english = _check(title, at if planned_at == before else planned_at, at)
        if (in_chinese, in_english, planned_at) == (session.title_zh, session.title_en, before):
            return
        LiveSession.objects.filter(pk=session.pk).update(
            title_zh=in_chinese, title_en=in_english, planned_at=planned_at
        )
        append(session_id=session.pk, events=[(EventKind.PLANNED, {})], at=at)
        audit.record(
            action="session_changed", object_kind="live_session", object_id=session.pk, actor=actor, at=at,
            planned_at=planned_at.isoformat(), before=before.isoformat(),
        )  # fmt: skip
        if planned_at != before:
            _tell(session, "live_moved", at)
        pagecache.bump()


def cancel_session(*, session_id: int, version: int, actor: Any, at: datetime) -> None:
    """Call a planned session off; followers are told. Raises WrongState once it has begun, else as `host_session`."""
    with transaction.atomic():
        session = _planned(session_id, version, actor)
        LiveSession.objects.filter(pk=session.pk).update(state=SessionState.CANCELLED)
        append(session_id=session.pk, events=[(EventKind.CANCELLED, {})], at=at)
        audit.record(action="session_cancelled", object_kind="live_session", object_id=session.pk, actor=actor, at=at)
        _tell(session, "live_cancelled", at)
        pagecache.bump()


def _tell(session: LiveSession, kind: str, at: datetime) -> None:
    args = {"session_id": session.pk, "kind": kind, "version": session.version}
    outbox.enqueue(task="livestream.tell_followers", args=args, key=f"{kind}:{session.pk}:{session.version}", at=at)
