"""One host starts a session while another calls it off, or gives it another title."""

from datetime import timedelta
from typing import Any

from livestream.operations.planning import cancel_session, change_session
from livestream.operations.sessions import start_session
from shop.accounts.models import User
from tests.factories import AT


def come(job: dict[str, Any], number: int) -> str:
    """Every other one starts it, the rest do what the job says; all saw the same version."""
    seen = {
        "session_id": job["session"],
        "version": job["version"],
        "actor": User.objects.get(pk=job["host"]),
        "at": AT,
    }
    if number % 2:
        start_session(**seen)
        return "started"
    if job["what"] == "cancel":
        cancel_session(**seen)
        return "cancelled"
    change_session(title=("改到明天", "Tomorrow"), planned_at=AT + timedelta(days=1), **seen)
    return "changed"
