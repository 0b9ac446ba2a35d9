"""A coupon is given back while others use it: it is used exactly as often as it may be, and its counts say so."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models import F, Sum
from oscar.apps.offer.models import Benefit, Condition, ConditionalOffer
from oscar.apps.voucher.models import Voucher

from shop.core import projections
from shop.core.money import to_fen
from shop.sales.models import LineDiscount, Purchase
from shop.sales.offers import apply_discounts, find_coupon
from shop.sales.whose import NOBODY, Whose
from tests.concurrency.races import race
from tests.factories import AT, make_division, make_listing, make_user, spec_of
from tests.sales.offered import lines_for, make_coupon, make_offer
from tests.sales.selling import pay
from tests.sales.test_offers import placed

CODE, TAKES, BUYERS = "BACK-AGAIN", 1000, 6
# What bounds it, how often it may be had in all, and of how many of those each is had before.
KINDS: dict[str, tuple[dict[str, Any], dict[str, Any], int, int]] = {
    "single": ({}, {"usage": Voucher.SINGLE_USE}, 1, 1),
    "once": ({}, {"usage": Voucher.ONCE_PER_CUSTOMER}, 1, 1),
    "uses": ({"max_global_applications": 3}, {}, 3, 2),
    "budget": ({"max_discount": Decimal(30)}, {}, 3, 2),
}


def _race(
    real_db: str, folder: Path, kind: str, how: str, *, before: int, lock: bool = True, buyers: int = BUYERS
) -> dict[str, int]:
    make_division()
    bounds, usage = KINDS[kind][:2]
    offer = make_offer((Condition.VALUE, 0), (Benefit.FIXED, TAKES // 100), **bounds)
    make_coupon(CODE, offer, **usage)
    user = make_user(phone="+8613800002046", phone_verified=True) if kind == "once" else None
    given = [_had(number, user) for number in range(before)]
    for purchase in given if how == "paid" else ():
        pay(purchase)
    # Goods of its own for each checkout: else they would wait for each other at one row of stock.
    specifications = [spec_of(make_listing(stock=5)).specification_id for _n in range(buyers)]
    connection.close()
    outcomes = race(
        "use_again", database_url=real_db, folder=folder, attempts=before + buyers, lock=lock, meet="coupon", threads=8,
        size=before + buyers, coupon=CODE, how=how, given=[purchase.pk for purchase in given],
        specifications=specifications, user=user.pk if user else 0,
    )  # fmt: skip
    return dict(outcomes)


def _had(number: int, user: Any) -> Purchase:
    """Return an unpaid purchase that has a use of the coupon."""
    lines = lines_for((spec_of(make_listing(stock=5)), 1))
    coupon = find_coupon(CODE, at=AT, whose=Whose.of(user) if user else NOBODY)
    facts = {"user": user} if user else {"phone": f"+86137{number:08d}"}
    applied = apply_discounts(lines, at=AT, coupon=coupon).applied
    return placed(lines, applied, key=f"had-{number}", code=CODE, **facts)


def _counts() -> tuple[int, int, int, int, int]:
    """Return what coupon and offer say of their uses, and what they took off; and what stands on lines."""
    coupon, offer = Voucher.objects.get(), ConditionalOffer.objects.get()
    assert coupon.total_discount == offer.total_discount
    stands = LineDiscount.objects.aggregate(fen=Sum(F("amount_fen") - F("returned_fen")))["fen"]
    return coupon.num_orders, offer.num_orders, offer.num_applications, to_fen(offer.total_discount), stands


@pytest.mark.parametrize(
    ("kind", "how"),
    [("single", "cancelled"), ("single", "expired"), ("once", "paid"), ("uses", "cancelled"), ("budget", "paid")],
)
def test_a_coupon_given_back_is_used_exactly_as_often_as_it_may_be(
    real_db: str, tmp_path: Path, kind: str, how: str
) -> None:
    most, before = KINDS[kind][2:]
    outcomes = _race(real_db, tmp_path / "on", kind, how, before=before)
    assert (outcomes.pop("given back"), outcomes.pop("placed")) == (before, most)
    late = ("nothing off", "refused coupon_gone", "refused coupon_used")
    assert sum(outcomes.pop(each, 0) for each in late) == BUYERS - most
    assert outcomes == {}
    assert _counts() == (most, most, most, most * TAKES, most * TAKES)
    assert Purchase.objects.filter(state="unpaid").count() == most
    assert [found for _name, found in projections.run_all() if found] == []


def test_with_the_lock_off_a_use_is_lost_or_given_twice(real_db: str, tmp_path: Path) -> None:
    """The one use goes back while a second is taken: both write what they had read, one less or one more."""
    outcomes = _race(real_db, tmp_path / "off", "uses", "cancelled", before=1, lock=False, buyers=1)
    assert outcomes == {"given back": 1, "placed": 1}
    assert Purchase.objects.filter(state="unpaid").count() == 1
    # One use stands. Who gives back wrote none, who bought two.
    assert Voucher.objects.get().num_orders in (0, 2)
