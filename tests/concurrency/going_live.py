"""One host starts a session while another calls it off, or gives it another title."""

import fcntl
from datetime import timedelta
from pathlib import Path
from typing import Any

from livestream.operations import planning, sessions
from livestream.operations.planning import cancel_session, change_session
from livestream.operations.sessions import start_session
from shop.accounts.models import User
from tests.factories import AT


def _number_in_turn(folder: Path) -> None:
    """Have events of the control numbered one after the other: without locks two get one number, and one is refused."""
    append = sessions.append

    def one_by_one(**facts: Any) -> int:
        with (folder / "numbering").open("w") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            return append(**facts)

    sessions.append = planning.append = one_by_one


def come(job: dict[str, Any], number: int) -> str:
    """Every other one starts it, the rest do what the job says; all saw the same version."""
    if not job["lock"]:
        _number_in_turn(Path(job["folder"]))
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
