"""One tracking number is entered on several orders at one moment: one of them has it, the others are told."""

from pathlib import Path

import pytest
from django.db import connection

from shop.core import projections
from shop.sales.models import Shipment
from shop.sales.operations.shipping import Parcel, ship_order
from tests.concurrency.races import race
from tests.factories import AT, make_listing, make_supplier
from tests.sales.selling import lines_of, paid

NUMBER = "SF1999900000001"
# Those that have a parcel already get the number by a correction.
WAYS = {"sent": (), "corrected": (0, 1), "either": (1,)}


def _race(
    real_db: str, folder: Path, way: str, *, orders: int, lock: bool = True
) -> tuple[dict[str, int], dict[str, int]]:
    """Return outcomes, and how many parcels have each number. Each order is of another supplier."""
    staged = []
    for number in range(orders):
        listing = make_listing(slug=f"goods-{number}", stock=5, supplier=make_supplier())
        order = paid((listing, 2), key=f"k{number}")
        (line,) = lines_of(order)
        if number % 2 in WAYS[way]:
            first = Parcel("sf", f"SF{number:013d}", {line.pk: 1})
            ship_order(order_id=order.pk, parcel=first, actor=None, at=AT)
        staged.append((order.pk, line.pk))
    connection.close()
    outcomes = race(
        "number", database_url=real_db, folder=folder, attempts=orders, lock=lock, meet="number", processes=2,
        orders=staged, number=NUMBER,
    )  # fmt: skip
    numbers: dict[str, int] = {}
    for each in Shipment.objects.values_list("tracking_no", flat=True):
        numbers[each] = numbers.get(each, 0) + 1
    return dict(outcomes), numbers


@pytest.mark.parametrize("way", WAYS)
def test_one_order_gets_the_number(real_db: str, tmp_path: Path, way: str) -> None:
    outcomes, numbers = _race(real_db, tmp_path / "on", way, orders=6)
    assert outcomes.pop("refused number_used") == 5
    assert (sum(outcomes.values()), set(outcomes) <= {"sent", "corrected"}, numbers[NUMBER]) == (1, True, 1)
    assert [found for _name, found in projections.run_all() if found] == []


@pytest.mark.parametrize("way", WAYS)
def test_with_the_lock_off_both_orders_get_it(real_db: str, tmp_path: Path, way: str) -> None:
    outcomes, numbers = _race(real_db, tmp_path / "off", way, orders=2, lock=False)
    # Both saw that nobody had it.
    assert (sum(outcomes.values()), set(outcomes) <= {"sent", "corrected"}, numbers[NUMBER]) == (2, True, 2)
