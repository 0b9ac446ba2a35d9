"""Appending events. A session's numbers are given out under its row's lock, so that readers see them in order."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from livestream import hooks
from livestream.models import LiveEvent, LiveSession
from livestream.states import ONLY_CHAT


def append(*, session_id: int, events: Sequence[tuple[str, dict[str, Any]]], at: datetime) -> int:
    """Append (kind, payload) pairs in the caller's transaction; return the number of the last.

    After the commit the processes that hold viewers are woken. Locks: the session.
    """
    LiveSession.objects.filter(pk=session_id).update(last_seq=F("last_seq") + len(events))
    last = LiveSession.objects.values_list("last_seq", flat=True).get(pk=session_id)
    first = last - len(events) + 1
    LiveEvent.objects.bulk_create(
        [
            LiveEvent(session_id=session_id, seq=first + place, kind=kind, payload=payload, at=at)
            for place, (kind, payload) in enumerate(events)
        ]
    )
    urgent = any(kind not in ONLY_CHAT for kind, _payload in events)
    transaction.on_commit(lambda: hooks.wake(session_id, urgent=urgent))
    return last
