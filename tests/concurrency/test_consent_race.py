"""Pieces that an order lets go of are sold once, whoever buys the last of them at that moment."""

from pathlib import Path

import pytest
from django.db import connection

from catalog.models import Stock
from procurement.operations.cancelling import ask_cancel
from shop.core import projections
from shop.sales.models import OrderFacts
from tests.concurrency.races import race
from tests.factories import AT, make_listing
from tests.procurement.offices import make_office, ordered
from tests.sales.selling import buy

HELD, FREE = 3, 1


def _race(real_db: str, folder: Path, who: str, *, buyers: int, lock: bool = True) -> tuple[dict[str, int], Stock]:
    listing = make_listing(stock=HELD + FREE, price_fen=1000)
    facts: dict[str, int] = {"wish": 0, "approver": 0, "order": 0}
    if who == "unit":
        office = make_office(budget_fen=1_000_000)
        (order,) = ordered(office, (listing, HELD))
        wish = ask_cancel(order_id=order.pk, reason="食堂停业", actor=office.buyer, at=AT)
        facts |= {"wish": wish.pk, "approver": office.approver.pk}
    else:
        facts["order"] = OrderFacts.objects.get(purchase=buy((listing, HELD))).pk
    stock = Stock.objects.get()
    assert (stock.on_hand, stock.reserved) == (HELD + FREE, HELD)
    specification = listing.specifications.get().pk
    connection.close()
    outcomes = race(
        "consent", database_url=real_db, folder=folder, attempts=1 + buyers, lock=lock, meet="stock", processes=2,
        stock=stock.pk, specification=specification, **facts,
    )  # fmt: skip
    stock.refresh_from_db()
    return dict(outcomes), stock


@pytest.mark.parametrize("who", ["unit", "consumer"])
def test_released_pieces_are_sold_once(real_db: str, tmp_path: Path, who: str) -> None:
    buyers = 9
    outcomes, stock = _race(real_db, tmp_path / "on", who, buyers=buyers)
    sold = outcomes.pop("placed", 0)
    assert outcomes.pop("released") == 1
    assert FREE <= sold <= HELD + FREE
    assert outcomes in ({}, {"refused out_of_stock": buyers - sold})
    assert (stock.on_hand, stock.reserved) == (HELD + FREE, sold)
    assert OrderFacts.objects.filter(state="cancelled").count() == 1
    assert [found for _name, found in projections.run_all() if found] == []


@pytest.mark.parametrize("who", ["unit", "consumer"])
def test_with_the_lock_off_released_pieces_are_lost(real_db: str, tmp_path: Path, who: str) -> None:
    outcomes, stock = _race(real_db, tmp_path / "off", who, buyers=1, lock=False)
    assert outcomes == {"released": 1, "placed": 1}
    # The buyer wrote what it had read: nobody has the pieces, and nobody can buy them.
    assert (stock.on_hand, stock.reserved) == (HELD + FREE, HELD + 1)
