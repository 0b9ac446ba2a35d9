"""An offer's consent is answered by one at a time: what was agreed to is never declined by who read it before."""

from pathlib import Path

from django.db import connection

from shop.core import projections
from shop.core.models import AuditEntry
from shop.sales.models import OfferConsent
from tests.concurrency.races import race
from tests.factories import make_supplier
from tests.sales.offered import asked_to_fund

COMERS = 8
ANSWERS = ("offer_consent_given", "offer_consent_declined")


def _race(real_db: str, folder: Path, *, attempts: int, lock: bool = True) -> tuple[dict[str, int], str, list[str]]:
    """Return the outcomes, how the consent stands, and its answers as the trail has them, the first first."""
    consent = asked_to_fund(make_supplier())
    connection.close()
    outcomes = race(
        "answer_consent", database_url=real_db, folder=folder, attempts=attempts, lock=lock, meet="answer", processes=2,
        consent=consent.pk,
    )  # fmt: skip
    rows = AuditEntry.objects.filter(object_kind="offer_consent", action__in=ANSWERS).order_by("pk")
    trail = [action.removeprefix("offer_consent_") for action in rows.values_list("action", flat=True)]
    return dict(outcomes), OfferConsent.objects.get().state, trail


def test_of_all_who_agree_one_does_and_nobody_declines_afterwards(real_db: str, tmp_path: Path) -> None:
    outcomes, state, trail = _race(real_db, tmp_path / "on", attempts=COMERS)
    # Who changed its mind may still agree to what another declined.
    assert (state, trail) in [("given", ["given"]), ("given", ["declined", "given"])]
    assert outcomes.pop("refused wrong_state") == COMERS - len(trail)
    assert outcomes == dict.fromkeys(trail, 1)
    assert [found for _name, found in projections.run_all() if found] == []


def test_with_the_lock_off_what_was_agreed_to_is_declined(real_db: str, tmp_path: Path) -> None:
    outcomes, state, trail = _race(real_db, tmp_path / "off", attempts=2, lock=False)
    assert (outcomes, state, trail) == ({"given": 1, "declined": 1}, "declined", ["given", "declined"])
