"""Many parcels for the last grams of a lot: never more than was harvested; with the lock off, more."""

from pathlib import Path

from django.db import connection
from django.db.models import Sum

from catalog.models import Listing
from shop.core import projections
from tests.concurrency.races import race
from tests.traceability.growing import GRAMS, make_grown, make_lot
from traceability.models import ParcelLot, ProduceLot, ProductionBase, TracedParcel
from traceability.queries.verifying import verify_chain

PARCELS, PIECES = 40, 12


def _stage() -> Listing:
    listing = make_grown()
    make_lot(listing, pieces=PIECES)
    return listing


def _race(listing: Listing, real_db: str, folder: Path, *, lock: bool = True) -> dict[str, int]:
    connection.close()
    return race(
        "send_lot", database_url=real_db, folder=folder, attempts=PARCELS, lock=lock, meet="lot",
        listing=listing.pk, supplier=listing.supplier_id, grams=GRAMS,
    )  # fmt: skip


def test_exactly_the_harvest_goes_out_and_the_chain_is_whole(real_db: str, tmp_path: Path) -> None:
    listing = _stage()
    outcomes = _race(listing, real_db, tmp_path / "on")
    assert outcomes == {"sent": PIECES, "refused beyond_harvest": PARCELS - PIECES}
    lot = ProduceLot.objects.get()
    assert lot.assigned_grams == lot.harvested_grams == ParcelLot.objects.aggregate(sum=Sum("grams"))["sum"]
    assert TracedParcel.objects.count() == PIECES
    # A harvest, its packing, and a shipping for each parcel.
    assert verify_chain(listing.supplier_id) == (PIECES + 2, None)
    assert [found for _name, found in projections.run_all() if found] == []


def test_with_the_lock_off_more_goes_out_than_was_harvested(real_db: str, tmp_path: Path) -> None:
    listing = _stage()
    _race(listing, real_db, tmp_path / "off", lock=False)
    assert ParcelLot.objects.aggregate(sum=Sum("grams"))["sum"] > PIECES * GRAMS


def test_the_same_harvest_from_many_clicks_is_one_lot_and_others_are_numbered(real_db: str, tmp_path: Path) -> None:
    listing = make_grown()
    base = ProductionBase.objects.get(supplier=listing.supplier)
    facts = {"listing": listing.pk, "supplier": listing.supplier_id, "base": base.pk}
    connection.close()
    same = race("harvest", database_url=real_db, folder=tmp_path / "same", attempts=12, weights=1, **facts)
    lot = ProduceLot.objects.get()
    assert same == {f"lot {lot.code}": 1, "already recorded": 11}
    connection.close()
    race("harvest", database_url=real_db, folder=tmp_path / "many", attempts=24, weights=12, **facts)
    codes = sorted(ProduceLot.objects.values_list("code", flat=True))
    assert codes == [f"{lot.code[:-2]}{number:02d}" for number in range(1, 13)]
    assert verify_chain(listing.supplier_id) == (12, None)
