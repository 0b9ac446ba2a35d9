"""What a process that holds viewers reads: the events after those it has."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from livestream.models import LiveEvent, LiveSession
from livestream.queries.chat import lines_by_id
from livestream.states import ONLY_CHAT, EventKind

AT_ONCE = 500


@dataclass
class News:
    """Events after a number, in order, as they go to viewers; `seq` is the last one's number."""

    seq: int
    events: list[dict[str, Any]] = field(default_factory=list)

    @property
    def changes_state(self) -> bool:
        """Whether anything but chat happened."""
        return any(event["kind"] not in ONLY_CHAT for event in self.events)


def _shown(kind: str, payload: dict[str, Any], lines: dict[int, Any]) -> dict[str, Any]:
    if kind == EventKind.CHAT:
        line = lines.get(payload["message"])
        return {"message": line.as_json()} if line else {}
    return payload


def news_since(session_id: int, seq: int) -> News:
    """Return up to 500 events after number `seq`. One query, two with chat among them."""
    rows = list(
        LiveEvent.objects.filter(session_id=session_id, seq__gt=seq)
        .order_by("seq")[:AT_ONCE]
        .values_list("seq", "kind", "payload", "at")
    )
    lines = lines_by_id(payload["message"] for _seq, kind, payload, _at in rows if kind == EventKind.CHAT)
    events = [
        {"seq": number, "kind": kind, "at": _stamp(at), **_shown(kind, payload, lines)}
        for number, kind, payload, at in rows
        # A line that was deleted is not told again; its deletion is.
        if kind != EventKind.CHAT or payload["message"] in lines
    ]
    return News(seq=rows[-1][0] if rows else seq, events=events)


def _stamp(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def last_seq(session_id: int) -> int:
    """Return the number of a session's last event. One query."""
    return LiveSession.objects.values_list("last_seq", flat=True).get(pk=session_id)
