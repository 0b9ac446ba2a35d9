"""Offers approved at the same moment: of two that may be used together the later is read again beside the other."""

from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone

from shop.sales.models import OfferApproval
from shop.sales.offer_parts import WITH
from tests.concurrency.races import race
from tests.factories import make_user
from tests.sales.offered import seen_now
from tests.sales.test_deep_sets import bounds, held, percent


def _race(real_db: str, folder: Path, *, lock: bool) -> tuple[dict[str, int], list[int]]:
    offers = [percent(60, **bounds()) for _n in range(2)]
    assert [held(offer) for offer in offers] == [True, True]
    facts: dict[str, Any] = {"offers": [offer.pk for offer in offers], "approver": make_user().pk}
    facts["seen"] = [seen_now(offer.pk, timezone.now()) for offer in offers]
    connection.close()
    outcomes = race(
        "approve_offer", database_url=real_db, folder=folder, attempts=2, lock=lock, meet="offers", processes=2, **facts
    )
    words = OfferApproval.objects.filter(approved_at__isnull=False)
    seen = [len(terms[WITH]) for terms in words.values_list("terms", flat=True)]
    return dict(outcomes), sorted(seen)


def test_of_two_offers_approved_at_once_one_has_to_be_read_beside_the_other(real_db: str, tmp_path: Path) -> None:
    assert _race(real_db, tmp_path / "on", lock=True) == ({"approved": 1, "changed": 1}, [0])


def test_with_the_lock_off_both_open_unseen(real_db: str, tmp_path: Path) -> None:
    assert _race(real_db, tmp_path / "off", lock=False) == ({"approved": 2}, [0, 0])
