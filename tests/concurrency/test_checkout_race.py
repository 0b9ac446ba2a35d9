"""One form of the checkout many times at once: its browser has one purchase, whoever else knows the key has nothing."""

from pathlib import Path

from django.db import connection
from django.test import Client

from catalog.models import Stock
from shop.core import projections
from shop.sales.models import Purchase
from tests.concurrency.races import race
from tests.factories import make_division, make_listing, spec_of
from tests.sales.test_checkout_keys import filled

TIMES, PIECES = 12, 2


def _race(real_db: str, folder: Path, *, attempts: int, strangers: bool, lock: bool = True) -> dict[str, int]:
    make_division()
    client = Client()
    form = filled(client, f"{spec_of(make_listing(stock=50)).specification_id}:{PIECES}")
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    connection.close()
    outcomes = race(
        "check_out", database_url=real_db, folder=folder, attempts=attempts, lock=lock, meet="key", processes=2,
        form=form, cookies=cookies, strangers=strangers,
    )  # fmt: skip
    return dict(outcomes)


def test_one_key_at_once_is_one_purchase_and_nothing_for_strangers(real_db: str, tmp_path: Path) -> None:
    outcomes = _race(real_db, tmp_path / "on", attempts=TIMES, strangers=True)
    purchase = Purchase.objects.get()
    assert outcomes == {f"owner 302 /pay/{purchase.number}/": TIMES // 2, "stranger 409": TIMES // 2}
    assert Stock.objects.get().reserved == PIECES
    assert [found for _name, found in projections.run_all() if found] == []


def test_with_the_lock_off_one_key_buys_twice(real_db: str, tmp_path: Path) -> None:
    outcomes = _race(real_db, tmp_path / "off", attempts=2, strangers=False, lock=False)
    numbers = Purchase.objects.values_list("number", flat=True)
    assert outcomes == {f"owner 302 /pay/{number}/": 1 for number in numbers}
    assert len(numbers) == 2
