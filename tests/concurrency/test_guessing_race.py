"""Limits on guessing hold when everything is sent at the same moment; with the lock off they don't."""

from importlib import import_module
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from shop.accounts import one_time_codes
from shop.accounts.models import OneTimeCode, User
from shop.core import limits
from shop.core.models import AuditEntry
from tests.concurrency.races import race
from tests.factories import make_user

ATTEMPTS, AMOUNT = 48, 5


def waiting_session() -> str:
    """Return a session that waits for a code, which is none of those guessed."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    one_time_codes.start(session, purpose="sign_in", destination="+8613800002046", decoy=True)
    session.create()
    return session.session_key


def test_of_many_wrong_codes_at_once_five_are_read(real_db: str, tmp_path: Path) -> None:
    session = waiting_session()
    connection.close()
    outcomes = race("guess", database_url=real_db, folder=tmp_path / "on", attempts=ATTEMPTS, session=session)
    assert outcomes["refused wrong_code"] == one_time_codes.TRIES == 5
    assert outcomes["refused wrong_code"] + outcomes["refused code_gone"] == ATTEMPTS


def test_with_the_lock_off_more_codes_are_read(real_db: str, tmp_path: Path) -> None:
    session = waiting_session()
    connection.close()
    outcomes = race(
        "guess",
        database_url=real_db,
        folder=tmp_path / "off",
        attempts=ATTEMPTS,
        session=session,
        lock=False,
        meet="code",
    )
    assert outcomes["refused wrong_code"] > one_time_codes.TRIES


def test_a_limit_lets_exactly_so_many_through(real_db: str, tmp_path: Path) -> None:
    connection.close()
    outcomes = race("tries", database_url=real_db, folder=tmp_path / "on", attempts=ATTEMPTS, amount=AMOUNT)
    assert outcomes == {"taken": AMOUNT, "refused": ATTEMPTS - AMOUNT}


def test_with_the_lock_off_the_limit_is_passed(real_db: str, tmp_path: Path) -> None:
    assert limits.take(key="race", amount=AMOUNT, seconds=600, at=timezone.now())
    connection.close()
    outcomes = race(
        "tries",
        database_url=real_db,
        folder=tmp_path / "off",
        attempts=ATTEMPTS,
        amount=AMOUNT,
        lock=False,
        meet="tries",
    )
    assert outcomes["taken"] + 1 > AMOUNT


def _reset(real_db: str, folder: Path, *, answers: int, lock: bool = True) -> dict[str, int]:
    user = make_user("reset@example.cn")
    user.set_password("the one from before")
    user.save()
    before = user.password
    connection.close()
    outcomes = race(
        "answer_reset", database_url=real_db, folder=folder, attempts=answers, lock=lock, meet="reset", user=user.pk,
        before=before,
    )  # fmt: skip
    assert User.objects.get(pk=user.pk).password != before
    return dict(outcomes)


def test_of_many_answers_to_one_reset_one_counts(real_db: str, tmp_path: Path) -> None:
    answers = 12
    outcomes = _reset(real_db, tmp_path / "on", answers=answers)
    assert outcomes == {"set": 1, "refused reset_used": answers - 1}
    assert AuditEntry.objects.filter(action="set_password").count() == 1
    assert OneTimeCode.objects.count() == 0


def test_with_the_lock_off_a_reset_is_answered_twice(real_db: str, tmp_path: Path) -> None:
    assert _reset(real_db, tmp_path / "off", answers=2, lock=False) == {"set": 2}
    assert AuditEntry.objects.filter(action="set_password").count() == 2
