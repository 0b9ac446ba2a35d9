"""A certificate is revoked once, however many press; and nobody buys under it once it is, whoever has begun to."""

from pathlib import Path

import pytest
from django.db import connection

from catalog.models import Certificate, Stock
from catalog.operations.output import GRAMS
from shop.core import ledger, projections
from shop.core.models import AuditEntry
from shop.sales.models import LineFacts, OrderFacts, Purchase
from tests.catalog.listing import make_reviewer
from tests.concurrency.races import race
from tests.factories import AT, make_category, make_certificate, make_division, make_listing, make_supplier, spec_of

COMERS = 6
BUYERS = 10


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


def _bought(
    real_db: str, folder: Path, *, buyers: int, lock: bool = True, waits_ms: int = 0
) -> tuple[dict[str, int], int]:
    """Revoke while `buyers` buy a piece each; return the outcomes, and the pieces that the certificate was drawn for."""
    make_division()
    supplier, category = make_supplier(), make_category()
    # Goods of its own for each: else they would wait for each other at one row of stock.
    listings = [make_listing(supplier=supplier, category=category, stock=5) for _n in range(buyers)]
    certificate = make_certificate(*listings, yearly_output_grams=10**9)
    drawn = f"certificate:{certificate.pk}:{AT.year}:drawn"
    ledger.accounts([drawn], asset=GRAMS)
    specs = [spec_of(listing) for listing in listings]
    reviewers = [make_reviewer().pk]
    connection.close()
    outcomes = race(
        "revoke_or_buy", database_url=real_db, folder=folder, attempts=1 + buyers, lock=lock, meet="standing",
        size=1 + buyers, threads=8, waits_ms=waits_ms, reviewers=reviewers, certificate=certificate.pk,
        specifications=[spec.specification_id for spec in specs],
    )  # fmt: skip
    return dict(outcomes), ledger.balance(drawn) // specs[0].net_grams


@pytest.mark.parametrize("waits_ms", [0, 150])
def test_nothing_is_bought_under_a_certificate_once_it_is_revoked(real_db: str, tmp_path: Path, waits_ms: int) -> None:
    outcomes, drawn = _bought(real_db, tmp_path / "on", buyers=BUYERS, waits_ms=waits_ms)
    placed = outcomes.pop("placed", 0)
    assert outcomes.pop(f"revoked after {placed}") == 1, outcomes
    late = ("refused certificate_expired", "refused out_of_stock")
    assert sum(outcomes.pop(each, 0) for each in late) == BUYERS - placed
    assert outcomes == {}
    # Whole or not at all.
    whole = (Purchase.objects.count(), OrderFacts.objects.count(), LineFacts.objects.count())
    assert (whole, drawn, sum(Stock.objects.values_list("reserved", flat=True))) == ((placed,) * 3, placed, placed)
    assert [found for _name, found in projections.run_all() if found] == []


def test_with_the_lock_off_it_is_bought_under_what_was_revoked(real_db: str, tmp_path: Path) -> None:
    outcomes, drawn = _bought(real_db, tmp_path / "off", buyers=2, lock=False)
    assert outcomes == {"revoked after 0": 1, "placed": 2}
    assert (Certificate.objects.get().is_revoked, drawn) == (True, 2)
