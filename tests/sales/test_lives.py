"""Baskets with offers and coupons through to their returns, a few of them here; hundreds in the drill."""

import pytest
from hypothesis import HealthCheck, given, settings

from tests.factories import make_division
from tests.sales.offered import make_stall
from tests.sales.offered_lives import check_books, live, lives

pytestmark = pytest.mark.django_db


def test_whatever_becomes_of_a_basket_its_money_and_discounts_add_up() -> None:
    make_division()
    stall = make_stall()

    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(lives(stall))
    def for_each(life: tuple) -> None:
        live(stall, life)

    for_each()
    check_books(stall)
