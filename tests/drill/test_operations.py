"""The races of tests/concurrency in full counts, straight at the operations."""

from pathlib import Path

from django.db import connection

from catalog.models import Stock
from shop.sales.models import OrderFacts, Purchase
from tests.concurrency.races import race
from tests.drill.conftest import Say
from tests.factories import make_division, make_listing, spec_of

BUYERS, STOCK, ROUNDS = 200, 50, 10


def _round(real_db: str, folder: Path, *, lock: bool) -> tuple[int, int, dict[str, int]]:
    spec = spec_of(make_listing(stock=STOCK))
    before = Purchase.objects.count()
    connection.close()
    outcomes = race(
        "buy",
        database_url=real_db,
        folder=folder,
        attempts=BUYERS,
        lock=lock,
        meet=f"stock:{spec.stock_id}",
        specification=spec.specification_id,
    )
    sold = Purchase.objects.count() - before
    return sold, Stock.objects.values_list("reserved", flat=True).get(pk=spec.stock_id), outcomes


def test_two_hundred_buyers_fifty_pieces(real_db: str, tmp_path: Path, say: Say) -> None:
    make_division()
    rounds = []
    for number in range(ROUNDS):
        sold, reserved, outcomes = _round(real_db, tmp_path / f"on{number}", lock=True)
        assert outcomes == {"placed": STOCK, "refused out_of_stock": BUYERS - STOCK}
        assert (sold, reserved) == (STOCK, STOCK)
        rounds.append(sold)
    assert OrderFacts.objects.count() == STOCK * ROUNDS
    say(f"{BUYERS} buyers for {STOCK} pieces, 4 processes, {ROUNDS} rounds: sold {rounds}")


def test_the_control_without_the_lock_oversells(real_db: str, tmp_path: Path, say: Say) -> None:
    make_division()
    sold, _, _ = _round(real_db, tmp_path / "off", lock=False)
    assert sold > STOCK
    say(f"control, lock off: {sold} sold of {STOCK}")
