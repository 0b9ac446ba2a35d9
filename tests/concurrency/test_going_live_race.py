"""A session is started, or called off or moved at the same moment by another host: one of them, the others look again."""

from pathlib import Path

import pytest
from django.db import connection

from livestream.models import LiveEvent, LiveSession
from shop.core.models import AuditEntry
from tests.concurrency.races import race
from tests.livestream.rooms import make_session

DONE = {"cancel": "cancelled", "change": "changed"}
STATES = {"started": "live", "cancelled": "cancelled", "changed": "planned"}


def _race(
    real_db: str, folder: Path, what: str, *, hosts: int, lock: bool = True
) -> tuple[dict[str, int], LiveSession, set[str]]:
    """Return outcomes, the session, and what was written into its events and into the audit trail."""
    session, host = make_session(live=False)
    before = LiveEvent.objects.count()
    connection.close()
    outcomes = race(
        "go_live", database_url=real_db, folder=folder, attempts=hosts, lock=lock, meet="session", processes=2,
        session=session.pk, version=session.version, host=host.pk, what=what,
    )  # fmt: skip
    session.refresh_from_db()
    actions = AuditEntry.objects.filter(object_kind="live_session").exclude(action="session_planned")
    assert LiveEvent.objects.count() - before == actions.count()
    return dict(outcomes), session, set(actions.values_list("action", flat=True))


@pytest.mark.parametrize("what", DONE)
def test_a_session_is_started_or_else_called_off_or_moved(real_db: str, tmp_path: Path, what: str) -> None:
    outcomes, session, actions = _race(real_db, tmp_path / "on", what, hosts=6)
    ((won, times),) = ((name, count) for name, count in outcomes.items() if not name.startswith("refused"))
    assert (times, sum(outcomes.values()), session.state) == (1, 6, STATES[won])
    assert set(outcomes) - {won} <= {"refused changed_meanwhile", "refused wrong_state"}
    assert actions == {f"session_{won}"}
    assert (session.title_en == "Tomorrow") == (won == "changed")


@pytest.mark.parametrize("what", DONE)
def test_with_the_lock_off_it_is_started_and_called_off_or_moved(real_db: str, tmp_path: Path, what: str) -> None:
    outcomes, _session, actions = _race(real_db, tmp_path / "off", what, hosts=2, lock=False)
    # Both saw a session that was planned, as they knew it.
    assert outcomes == {"started": 1, DONE[what]: 1}
    assert actions == {"session_started", f"session_{DONE[what]}"}
