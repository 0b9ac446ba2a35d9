"""Chat: short lines, limited in number, gone when a host says so. What is typed is text, whatever it looks like."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from livestream.errors import Muted, TooFast, WrongState
from livestream.models import ChatMessage, LiveSession, Mute
from livestream.operations.events import append
from livestream.operations.hosting import host_session
from livestream.queries.hosting import hosts_among
from livestream.rules import BURST, BURST_WINDOW, LONGEST_MESSAGE
from livestream.states import EventKind, SessionState
from shop.core import audit
from shop.core.errors import DomainError, InvalidInput, NotAllowed
from shop.core.texts import one_line


@dataclass(frozen=True)
class Draft:
    """What somebody wants to write. `user` is signed in."""

    user: Any
    text: str


def post_message(*, session_id: int, actor: Any, text: str, at: datetime) -> ChatMessage:
    """Write one line. Raises what `post_messages` gives for it."""
    found = post_messages(session_id=session_id, drafts=[Draft(actor, text)], at=at)[0]
    if isinstance(found, DomainError):
        raise found
    return found


def post_messages(*, session_id: int, drafts: Sequence[Draft], at: datetime) -> list[ChatMessage | DomainError]:
    """Write lines of several people in one transaction; return for each draft the message, or why it was refused.

    Refusals: NotAllowed (not signed in), InvalidInput (empty, longer than 200), Muted, TooFast (more than 5 in 10 s),
    WrongState (not live). Six queries and the inserts, whatever the number. Locks: the session.
    """
    with transaction.atomic():
        session = LiveSession.objects.select_related("room__supplier").get(pk=session_id)
        people = {draft.user.pk for draft in drafts if draft.user is not None}
        muted = set(Mute.objects.filter(room_id=session.room_id, user_id__in=people).values_list("user_id", flat=True))
        recent = Counter(
            dict(
                ChatMessage.objects.filter(session=session, user_id__in=people, at__gt=at - BURST_WINDOW)
                .values_list("user_id")
                .annotate(n=Count("pk"))
            )
        )
        hosts = hosts_among(people, session.room)
        outcomes: list[ChatMessage | DomainError] = []
        for draft in drafts:
            outcome = _judge(session, draft, muted, recent, hosts, at)
            if isinstance(outcome, ChatMessage):
                recent[draft.user.pk] += 1
            outcomes.append(outcome)
        accepted = [each for each in outcomes if isinstance(each, ChatMessage)]
        if accepted:
            ChatMessage.objects.bulk_create(accepted)
            append(session_id=session.pk, events=[(EventKind.CHAT, {"message": each.pk}) for each in accepted], at=at)
    return outcomes


def _judge(
    session: LiveSession, draft: Draft, muted: set[int], recent: Counter[int], hosts: set[int], at: datetime
) -> ChatMessage | DomainError:
    text = one_line(draft.text)
    is_host = draft.user is not None and draft.user.pk in hosts
    refusal: DomainError | None = None
    if draft.user is None or not draft.user.is_authenticated:
        refusal = NotAllowed(_("Sign in to join the chat."), code="sign_in")
    elif not text:
        refusal = InvalidInput(_("Write something first."), code="empty", field="text")
    elif len(text) > LONGEST_MESSAGE:
        refusal = InvalidInput(
            _("At most %(n)d characters, please.") % {"n": LONGEST_MESSAGE}, code="too_long", field="text"
        )
    elif session.state != SessionState.LIVE:
        refusal = WrongState(_("The chat is open while the session is live."))
    elif draft.user.pk in muted:
        refusal = Muted(_("You can't write in this room: its host has muted you."))
    elif not is_host and recent[draft.user.pk] >= BURST:
        refusal = TooFast(_("Slowly, please: wait a few seconds before the next message."), field="text")
    return refusal or ChatMessage(session=session, user=draft.user, is_host=is_host, text=text, at=at)


def delete_message(*, session_id: int, message_id: int, actor: Any, at: datetime) -> None:
    """Take a line out of everybody's sight. Again: changes nothing. Raises NotAllowed for who is no host."""
    with transaction.atomic():
        session = host_session(session_id=session_id, actor=actor)
        gone = ChatMessage.objects.filter(pk=message_id, session=session, deleted_at=None).update(
            deleted_at=at, deleted_by_id=actor.pk
        )
        if gone:
            append(session_id=session.pk, events=[(EventKind.CHAT_DELETED, {"message": message_id})], at=at)
            audit.record(action="chat_deleted", object_kind="chat_message", object_id=message_id, actor=actor, at=at)
