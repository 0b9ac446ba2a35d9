"""The chat as people see it: names masked, deleted lines gone, what was typed as plain text."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery

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


def lines_for_host(
    session_id: int, room: LiveRoom, *, limit: int = SHOWN, upto: int | None = None
) -> tuple[list[Line], int]:
    """Return the latest lines, the latest first, with who is muted, and how many are newer than line `upto`.

    With `upto` the lines end there: a host reads and judges them while others come. Three queries at most.
    """
    muted = set(Mute.objects.filter(room=room).values_list("user_id", flat=True))
    rows = ChatMessage.objects.filter(session_id=session_id, deleted_at=None).select_related("user").order_by("-pk")
    newer = 0
    if upto is not None:
        newer = rows.filter(pk__gt=upto).count()
        rows = rows.filter(pk__lte=upto)
    return [line_of(row, muted) for row in rows[:limit]], newer


@dataclass(frozen=True)
class MutedPerson:
    """Somebody who may not write in a room: masked name, since when, and their last line there."""

    pk: int
    name: str
    at: datetime
    text: str


def muted_people(room: LiveRoom) -> list[MutedPerson]:
    """Return who may not write in a room, the latest first. One query."""
    last = ChatMessage.objects.filter(session__room=room, user=OuterRef("user")).order_by("-pk").values("text")[:1]
    rows = Mute.objects.filter(room=room).select_related("user").annotate(text=Subquery(last)).order_by("-at", "-pk")
    return [MutedPerson(row.pk, mask_name(row.user.name), row.at, row.text or "") for row in rows]
