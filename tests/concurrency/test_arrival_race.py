"""New pieces come while a lot is disposed of: each goes to a waiting order or to the shop, none with the lot."""

from pathlib import Path

from django.db import connection
from django.db.models import Sum

from catalog.models import Stock, StockChange
from shop.core import projections
from tests.concurrency.races import race
from tests.factories import spec_of
from tests.traceability.growing import make_grown, make_lot, paid_order
from tests.traceability.test_held_stock import dispose, fail

STOCK, WAITING, PIECES = 20, 8, 1


def _race(real_db: str, folder: Path, *, arrivals: int, pieces: int = PIECES, lock: bool = True) -> dict[str, int]:
    listing = make_grown(stock=STOCK)
    lot = make_lot(listing, pieces=STOCK)
    paid_order(listing, WAITING)
    fail(lot)
    if not lock:
        # The control races arrivals alone: what they read of the shelf is stale.
        dispose(lot)
    connection.close()
    outcomes = race(
        "arrive", database_url=real_db, folder=folder, attempts=arrivals + lock, lock=lock, meet="arrival",
        processes=2, lot=lot.pk if lock else 0, supplier=listing.supplier_id, pieces=pieces,
        specification=spec_of(listing).specification_id,
    )  # fmt: skip
    return dict(outcomes)


def _pools() -> list[tuple[str, int, int, int]]:
    return list(Stock.objects.exclude(on_hand=0).values_list("pool", "on_hand", "reserved", "owed"))


def test_pieces_that_come_during_a_disposal_are_all_there_whoever_is_first(real_db: str, tmp_path: Path) -> None:
    arrivals = 11
    assert _race(real_db, tmp_path / "on", arrivals=arrivals) == {"disposed": 1, "came": arrivals}
    assert _pools() == [("main", arrivals, WAITING, 0)]
    gone = StockChange.objects.filter(kind="disposed").aggregate(n=Sum("pieces"))["n"]
    covered = StockChange.objects.filter(kind="covered").aggregate(n=Sum("pieces"))["n"]
    # What covers orders leaves the shop and stands in the pool that owed it: two rows, nothing in all.
    assert (gone, covered) == (-STOCK, 0)
    assert [found for _name, found in projections.run_all() if found] == []


def test_pieces_that_come_while_a_lot_is_finished_are_all_there_whoever_is_first(real_db: str, tmp_path: Path) -> None:
    arrivals = 11
    listing = make_grown(stock=STOCK)
    lot = make_lot(listing, pieces=STOCK)
    paid_order(listing, WAITING)
    connection.close()
    outcomes = race(
        "arrive", database_url=real_db, folder=tmp_path, attempts=arrivals + 1, lock=True, meet="arrival", processes=2,
        lot=0, finished=lot.pk, supplier=listing.supplier_id, pieces=PIECES,
        specification=spec_of(listing).specification_id,
    )  # fmt: skip
    assert outcomes == {"finished": 1, "came": arrivals}
    assert _pools() == [("main", arrivals, WAITING, 0)]
    gone = StockChange.objects.filter(kind="finished").aggregate(n=Sum("pieces"))["n"]
    assert gone == -STOCK
    assert [found for _name, found in projections.run_all() if found] == []


def test_with_the_lock_off_pieces_that_came_are_lost(real_db: str, tmp_path: Path) -> None:
    # Each alone covers what is owed: who wrote last wrote over what the other brought for the shop, or a CHECK says so.
    outcomes = _race(real_db, tmp_path / "off", arrivals=2, pieces=10, lock=False)
    came, broken = outcomes.pop("came"), [name for name in outcomes if name.startswith("BROKEN")]
    on_hand = Stock.objects.get(pool="main").on_hand
    assert (came, len(broken)) == (1, 1) or (came == 2 and WAITING <= on_hand < 2 * 10), (outcomes, on_hand)
