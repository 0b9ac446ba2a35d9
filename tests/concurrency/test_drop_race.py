"""A drop and the shop sell from one stock at once, while the beat ends the drop: never a piece too many."""

from pathlib import Path

from django.db import connection

from catalog.models import Stock
from livestream.models import Drop
from livestream.operations.drops import end_due_drops
from shop.core import projections
from shop.sales.models import LineFacts
from tests.concurrency.races import race
from tests.factories import AT, make_division, make_listing, spec_of
from tests.livestream.rooms import drop_of, make_session, put

BUYERS, STOCK, DROPPED = 80, 20, 8


def _stage() -> tuple[Drop, int]:
    make_division()
    session, host = make_session()
    item = put(session, make_listing(supplier=session.room.supplier, stock=STOCK), host)
    return drop_of(session, item, host, pieces=DROPPED, price_fen=2980), spec_of(item.listing).specification_id


def _pools() -> tuple[int, int]:
    rows = Stock.objects.values_list("on_hand", "reserved")
    return sum(on_hand for on_hand, _ in rows), sum(reserved for _, reserved in rows)


def test_drop_and_shop_together_sell_exactly_the_stock(real_db: str, tmp_path: Path) -> None:
    drop, specification = _stage()
    connection.close()
    outcomes = race(
        "drop_or_shop", database_url=real_db, folder=tmp_path / "on", attempts=BUYERS, specification=specification,
        drop=drop.pk, at=AT.isoformat(),
    )  # fmt: skip
    assert [name for name in outcomes if name.startswith("BROKEN")] == []
    placed = outcomes["placed"]
    assert placed <= STOCK
    assert _pools() == (STOCK, placed)
    assert LineFacts.objects.count() == placed
    end_due_drops(at=drop.ends_at)
    drop.refresh_from_db()
    sold = LineFacts.objects.filter(price_source=f"drop:{drop.pk}").count()
    assert drop.returned == DROPPED - sold
    assert [found for _name, found in projections.run_all() if found] == []


def test_with_the_lock_off_more_is_sold_than_there_is(real_db: str, tmp_path: Path) -> None:
    drop, specification = _stage()
    connection.close()
    race(
        "drop_or_shop", database_url=real_db, folder=tmp_path / "off", attempts=BUYERS, lock=False,
        meet=f"stock:{spec_of(drop.item.listing).stock_id}", specification=specification, drop=drop.pk,
        at=AT.isoformat(),
    )  # fmt: skip
    assert LineFacts.objects.count() > STOCK
