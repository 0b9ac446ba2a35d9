"""The last use of a coupon, an offer's budget, its end, at many checkouts at once; the pieces of many tabs."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models import Sum
from django.test import Client
from oscar.apps.basket.models import Line
from oscar.apps.offer.models import Benefit, Condition, ConditionalOffer
from oscar.apps.voucher.models import Voucher

from shop.accounts.models import User
from shop.core import projections
from shop.core.money import to_fen
from shop.sales.models import LineDiscount, Purchase
from tests.concurrency.races import race
from tests.factories import make_division, make_listing, make_user, spec_of
from tests.sales.offered import make_coupon, make_offer

ATTEMPTS, TAKES = 12, 1000
# What an offer is bounded by: for how many checkouts it lasts.
BOUNDS: dict[str, tuple[dict[str, Any], int]] = {
    "coupon": ({}, 1),
    "budget": ({"max_discount": Decimal(30)}, 3),
    "uses": ({"max_global_applications": 2}, 2),
}


def _race(real_db: str, folder: Path, what: str, *, lock: bool, attempts: int = ATTEMPTS) -> dict[str, int]:
    make_division()
    bound = BOUNDS[what][0] if what in BOUNDS else {}
    offer = make_offer((Condition.VALUE, 0), (Benefit.FIXED, TAKES // 100), **bound)
    facts: dict[str, Any] = {"offer": offer.pk, "suspends": what == "end"}
    if what == "coupon":
        facts["coupon"] = make_coupon("LAST-ONE", offer, usage=Voucher.SINGLE_USE).code
    # Goods of its own for each checkout: else they would wait for each other at one row of stock.
    facts["specifications"] = [spec_of(make_listing(stock=5)).specification_id for _n in range(attempts)]
    connection.close()
    outcomes = race(
        "discount", database_url=real_db, folder=folder, attempts=attempts, lock=lock,
        meet="coupon" if what == "coupon" else "offer", size=3 if what == "end" else attempts, threads=attempts, **facts,
    )  # fmt: skip
    return dict(outcomes)


def _taken() -> int:
    return LineDiscount.objects.aggregate(fen=Sum("amount_fen"))["fen"] or 0


@pytest.mark.parametrize("what", list(BOUNDS))
def test_an_offer_is_used_as_often_as_it_may_be(real_db: str, tmp_path: Path, what: str) -> None:
    outcomes = _race(real_db, tmp_path / "on", what, lock=True)
    allowed = BOUNDS[what][1]
    # Who looks when it is used up sees so; who looked before is told at placing.
    late = sum(outcomes.get(each, 0) for each in ("nothing off", "refused coupon_gone", "refused coupon_used"))
    assert (outcomes["placed"], late) == (allowed, ATTEMPTS - allowed)
    assert (Purchase.objects.count(), _taken()) == (allowed, allowed * TAKES)
    offer = ConditionalOffer.objects.get()
    assert (offer.num_applications, to_fen(offer.total_discount)) == (allowed, allowed * TAKES)
    assert [found for _name, found in projections.run_all() if found] == []


@pytest.mark.parametrize("what", list(BOUNDS))
def test_with_the_lock_off_an_offer_is_used_more_often(real_db: str, tmp_path: Path, what: str) -> None:
    attempts = BOUNDS[what][1] + 1
    outcomes = _race(real_db, tmp_path / "off", what, lock=False, attempts=attempts)
    assert outcomes == {"placed": attempts}
    assert _taken() == attempts * TAKES


def test_an_offer_takes_nothing_off_after_its_end(real_db: str, tmp_path: Path) -> None:
    outcomes = _race(real_db, tmp_path / "on", "end", lock=True)
    (told,) = [each for each in outcomes if each.startswith("suspended after ")]
    given = outcomes.get("placed", 0)
    assert told == f"suspended after {given}"
    assert given + outcomes.get("nothing off", 0) + outcomes.get("refused coupon_gone", 0) == ATTEMPTS - 1
    offer = ConditionalOffer.objects.get()
    assert (offer.status, offer.num_applications, _taken()) == ("Suspended", given, given * TAKES)


def test_with_the_lock_off_an_offer_takes_off_after_its_end(real_db: str, tmp_path: Path) -> None:
    outcomes = _race(real_db, tmp_path / "off", "end", lock=False, attempts=3)
    assert outcomes == {"suspended after 0": 1, "placed": 2}
    assert _taken() == 2 * TAKES


def _tabs(real_db: str, folder: Path, user: User | None, *, lock: bool) -> tuple[dict[str, int], list[int]]:
    spec = spec_of(make_listing(stock=50)).specification_id
    client = Client()
    if user is not None:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    if user is None or not lock:
        # A guest's basket is its cookie's; the control reads a line that is there.
        assert client.post("/shop/basket/add/", {"spec": spec, "quantity": 1}).status_code == 302
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    connection.close()
    outcomes = race(
        "add_at_page", database_url=real_db, folder=folder, attempts=6, lock=lock, meet="basket", size=6, threads=6,
        specification=spec, cookies=cookies,
    )  # fmt: skip
    return dict(outcomes), list(Line.objects.values_list("quantity", flat=True))


@pytest.mark.parametrize("who", ["guest", "member"])
def test_the_pieces_of_all_tabs_add_up_on_one_line(real_db: str, tmp_path: Path, who: str) -> None:
    outcomes, lines = _tabs(real_db, tmp_path / "on", make_user() if who == "member" else None, lock=True)
    assert (outcomes, lines) == ({"200": 6}, [6 if who == "member" else 7])


def test_with_the_lock_off_tabs_lose_pieces(real_db: str, tmp_path: Path) -> None:
    outcomes, lines = _tabs(real_db, tmp_path / "off", make_user(), lock=False)
    assert (outcomes, lines) == ({"200": 6}, [2])
