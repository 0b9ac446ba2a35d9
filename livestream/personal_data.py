"""What live rooms hold of people; see `shop.core.personal`."""

from datetime import datetime
from typing import Any

from livestream.models import ChatMessage, Mute
from shop.core.personal import Held, Holding


def export_talk(user: Any) -> dict[str, Any]:
    """Return what the person wrote in live rooms."""
    rows = ChatMessage.objects.filter(user=user).order_by("pk")
    return {"chat": [{"text": row.text, "at": row.at.isoformat()} for row in rows]}


def erase_talk(user: Any, at: datetime) -> None:
    """Take the person off its lines, which the law has kept with the sale for three years."""
    ChatMessage.objects.filter(user=user).update(user=None)
    Mute.objects.filter(user=user).delete()


HOLDING = Holding(
    "livestream",
    (
        Held(
            "livestream.ChatMessage",
            ("user", "deleted_by_id", "text"),
            exported="chat",
            erased="the writer goes",
            kept="the line, for three years: live sales are kept with what was said (SAMR and CAC order 117)",
        ),
        Held("livestream.Mute", ("user", "by_id"), erased="deleted"),
        Held("livestream.LiveEvent", ("payload",), kept="ids and figures, nobody's words"),
        Held("livestream.LiveSession", ("announcement",), kept="the room's own words"),
    ),
    export=export_talk,
    erase=erase_talk,
)
