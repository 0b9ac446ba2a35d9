"""Two reviewers revoke one certificate at once: one does, once, and the supplier is told once; with the lock off, both do."""

from pathlib import Path

from django.db import connection

from catalog.models import Certificate
from shop.core.models import AuditEntry
from tests.catalog.listing import make_reviewer
from tests.concurrency.races import race
from tests.factories import make_certificate, make_listing

COMERS = 6


def _race(real_db: str, folder: Path, *, lock: bool = True) -> dict[str, int]:
    certificate = make_certificate(make_listing(), yearly_output_grams=10**9)
    reviewers = [make_reviewer().pk, make_reviewer().pk]
    connection.close()
    return race(
        "revoke", database_url=real_db, folder=folder, attempts=COMERS, lock=lock, processes=2, meet="certificate",
        size=COMERS, reviewers=reviewers, certificate=certificate.pk,
    )  # fmt: skip


def test_one_press_revokes_once(real_db: str, tmp_path: Path) -> None:
    outcomes = _race(real_db, tmp_path / "on")
    assert (outcomes["revoked"], outcomes["refused wrong_step"]) == (1, COMERS - 1), outcomes
    assert Certificate.objects.get().is_revoked
    assert AuditEntry.objects.filter(action="certificate_revoked").count() == 1


def test_with_the_lock_off_several_revoke(real_db: str, tmp_path: Path) -> None:
    outcomes = _race(real_db, tmp_path / "off", lock=False)
    assert outcomes["revoked"] > 1, outcomes
