"""Coupons, discounts and returns over ten thousand generated baskets; one line per promise."""

import pytest
from hypothesis import HealthCheck, given, settings

from tests.drill.conftest import Say
from tests.factories import make_division
from tests.sales.offered import baskets, check_basket, check_return, make_stall, returned_lines
from tests.sales.offered_lives import check_books, live, lives

BASKETS = 10_000
LIVES = 300


@pytest.mark.django_db
def test_ten_thousand_baskets_add_up(say: Say) -> None:
    stall = make_stall()
    with_coupon = []

    @settings(max_examples=BASKETS, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(baskets(stall))
    def for_each(basket: tuple) -> None:
        check_basket(stall, *basket)
        with_coupon.append(basket[2])

    for_each()
    say(
        f"{len(with_coupon)} baskets: lines + freight - discounts = total, offers' parts = lines' discounts, 0 分 drift"
    )
    say(f"{len(with_coupon)} baskets with a coupon: none dearer than without, none charged to another supplier")
    say(f"{len(with_coupon)} baskets with one more piece: it costs its price at most, the others no more than before")


def test_ten_thousand_lines_are_given_back_in_any_portions(say: Say) -> None:
    returned = []

    @settings(max_examples=BASKETS, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(returned_lines())
    def for_each(line: tuple) -> None:
        check_return(*line)
        returned.append(line[1])

    for_each()
    say(f"{len(returned)} lines of {sum(returned)} pieces, returned in any order: what was paid came back, 0 分 left")


@pytest.mark.django_db
def test_hundreds_of_baskets_are_bought_cancelled_and_given_back(say: Say) -> None:
    make_division()
    stall = make_stall()
    lived = []

    @settings(max_examples=LIVES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(lives(stall))
    def for_each(life: tuple) -> None:
        lived.append(live(stall, life).total_fen)

    for_each()
    check_books(stall)
    say(
        f"{len(lived)} purchases for {sum(lived)} 分, cancelled by order, claimed in part, returned piece by piece: 0 分 off"
    )
