"""The chat as people see it: names masked, deleted lines gone, what was typed as plain text."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from livestream.models import ChatMessage, LiveRoom, Mute
from shop.core.masking import mask_name

SHOWN = 50


@dataclass(frozen=True)
class Line:
    """One line of chat. `name` is "" for a host, whom the room names."""

    pk: int
    name: str
    is_host: bool
    text: str
    is_muted: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return it for a socket."""
        return {"id": self.pk, "name": self.name, "host": self.is_host, "text": self.text}


def line_of(row: ChatMessage, muted: Collection[int | None] = ()) -> Line:
    """Return a message as people see it. No query where its writer is at hand."""
    name = "" if row.is_host else mask_name(row.user.name if row.user else "")
    return Line(row.pk, name, row.is_host, row.text, is_muted=row.user_id in muted)


def lines_by_id(ids: Iterable[int]) -> dict[int, Line]:
    """Return the lines called `ids` that are not deleted. One query."""
    rows = ChatMessage.objects.filter(pk__in=list(ids), deleted_at=None).select_related("user")
    return {row.pk: line_of(row) for row in rows.only("text", "is_host", "user__name")}


def last_lines(session_id: int, *, limit: int = SHOWN) -> list[Line]:
    """Return the latest lines, the oldest first. One query."""
    rows = ChatMessage.objects.filter(session_id=session_id, deleted_at=None).select_related("user").order_by("-pk")
    return [line_of(row) for row in reversed(rows[:limit])]


def lines_for_host(session_id: int, room: LiveRoom, *, limit: int = SHOWN) -> list[Line]:
    """Return the latest lines, the latest first, with who is muted. Two queries."""
    muted = set(Mute.objects.filter(room=room).values_list("user_id", flat=True))
    rows = ChatMessage.objects.filter(session_id=session_id, deleted_at=None).select_related("user").order_by("-pk")
    return [line_of(row, muted) for row in rows[:limit]]
