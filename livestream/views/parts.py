"""The parts of a room that change: rendered for the page, and again for its viewers' sockets."""

from datetime import datetime

from django.template.loader import render_to_string
from django.utils.translation import override

from livestream.queries.rooms import RoomState, room_state, session_of

PARTS = ("pin", "drop", "tray", "announcement")


def render_parts(state: RoomState) -> dict[str, str]:
    """Return each part's HTML in the language in force."""
    context = {"state": state, "session": state.session, "room": state.session.room}
    return {name: render_to_string(f"livestream/part_{name}.html", context) for name in PARTS}


def parts_of(session_id: int, languages: set[str], *, at: datetime) -> dict[str, dict[str, str]]:
    """Return the parts of a session in several languages. Four queries a language."""
    found = {}
    for language in languages:
        with override(language):
            session = session_of(session_id)
            if session is not None:
                found[language] = render_parts(room_state(session, at=at))
    return found
