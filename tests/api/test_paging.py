"""Lists that change while a program follows them: each row comes once, whatever came or went meanwhile."""

from datetime import timedelta

import pytest

from tests.api.conftest import program_of
from tests.api.test_shape import is_problem
from tests.factories import AT, make_listing, make_user
from tests.sales.selling import paid

pytestmark = pytest.mark.django_db


def test_an_order_placed_meanwhile_moves_no_other() -> None:
    user = make_user()
    listing = make_listing(stock=50)
    orders = [paid((listing, 1), user=user, key=f"k{n}", at=AT + timedelta(minutes=n)) for n in range(5)]
    program = program_of(user)
    latest_first = [order.order.number for order in reversed(orders)]
    first = program.get("/orders?limit=2").data
    assert [row["number"] for row in first["items"]] == latest_first[:2]
    # One more at the top.
    paid((listing, 1), user=user, key="k9", at=AT + timedelta(minutes=9))
    second = program.get(f"/orders?limit=2&cursor={first['next_cursor']}").data
    assert [row["number"] for row in second["items"]] == latest_first[2:4]


def test_limit_is_the_length_of_a_page_and_a_cursor_is_of_one_list() -> None:
    user = make_user()
    listing = make_listing(stock=50)
    for n in range(3):
        paid((listing, 1), user=user, key=f"k{n}", at=AT + timedelta(minutes=n))
    program = program_of(user)
    whole = program.get("/orders?limit=3").data
    assert (len(whole["items"]), whole["next_cursor"]) == (3, None)
    cursor = program.get("/orders?limit=1").data["next_cursor"]
    assert is_problem(program.get(f"/villages?cursor={cursor}"), 400, "invalid_cursor")
    assert is_problem(program.get(f"/addresses?cursor={cursor}"), 400, "invalid_cursor")
    assert is_problem(program.get("/orders?limit=0"), 422, "invalid")
