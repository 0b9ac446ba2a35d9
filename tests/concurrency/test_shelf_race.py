"""Counting the shelf while orders are placed and sent: no shipment is undone, no piece is sold twice."""

from pathlib import Path

from django.db import connection
from django.db.models import F, Sum

from catalog.models import Stock
from catalog.queries.shelf import shelves_of
from shop.core import projections
from shop.sales.models import LineFacts, Shipment
from tests.concurrency.races import race
from tests.factories import make_division, make_listing, spec_of
from tests.sales.selling import paid

STOCK, ORDERS, PIECES = 100, 12, 2


def _race(real_db: str, folder: Path, *, lock: bool) -> tuple[dict[str, int], int, int]:
    """Return the outcomes, the pieces on the shelf and those that should be there: what was not sent."""
    make_division()
    listing = make_listing(stock=STOCK)
    orders = [paid((listing, PIECES), key=f"o{n}").pk for n in range(ORDERS)]
    spec = spec_of(listing)
    shown = shelves_of([spec.stockrecord_id])[spec.stockrecord_id]
    connection.close()
    outcomes = race(
        "shelf", database_url=real_db, folder=folder, attempts=3 * ORDERS, lock=lock, orders=orders,
        specification=spec.specification_id, record=spec.stockrecord_id, seen=[shown.total, shown.version],
    )  # fmt: skip
    total = shelves_of([spec.stockrecord_id])[spec.stockrecord_id].total
    return dict(outcomes), total, STOCK - PIECES * Shipment.objects.count()


def test_counting_while_others_buy_and_pack_loses_nothing(real_db: str, tmp_path: Path) -> None:
    outcomes, total, rest = _race(real_db, tmp_path / "on", lock=True)
    assert total == rest == STOCK - PIECES * ORDERS
    refused = outcomes.pop("refused stock_moved")
    assert refused >= 1
    assert refused + outcomes.pop("counted", 0) == ORDERS
    assert outcomes == {"placed": ORDERS, "sent": ORDERS}
    waiting = LineFacts.objects.aggregate(n=Sum(F("ordered") - F("cancelled") - F("shipped")))["n"]
    assert Stock.objects.get().reserved == waiting == ORDERS
    assert [found for _name, found in projections.run_all() if found] == []


def test_with_the_lock_off_a_count_undoes_shipments(real_db: str, tmp_path: Path) -> None:
    _outcomes, total, rest = _race(real_db, tmp_path / "off", lock=False)
    assert total != rest
