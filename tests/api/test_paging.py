"""Lists that change while a program follows them: each row comes once, whatever came or went meanwhile."""

from datetime import timedelta

import pytest

from catalog.operations.cards import rebuild_cards
from tests.api.conftest import Program, program_of
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


def test_a_cursor_is_bound_to_its_list_and_filters() -> None:
    user = make_user()
    listing = make_listing(stock=50)
    for n in range(3):
        paid((listing, 1), user=user, key=f"k{n}", at=AT + timedelta(minutes=n))
    program = program_of(user)
    cursor = program.get("/orders?limit=1&state=to_ship").data["next_cursor"]
    # Both lists go on after a moment and a number.
    assert program.get(f"/orders?limit=2&cursor={cursor}&state=to_ship").status_code == 200
    assert is_problem(program.get(f"/purchases?cursor={cursor}"), 400, "invalid_cursor")
    for filters in ("", "&state=", "&state=shipped"):
        assert is_problem(program.get(f"/orders?cursor={cursor}{filters}"), 400, "invalid_cursor")
    # What is empty is no filter, and neither the length of a page nor the order of the filters is one.
    plain = program.get("/orders?limit=1").data["next_cursor"]
    assert program.get(f"/orders?state=&cursor={plain}&limit=100").status_code == 200
    assert is_problem(program.get(f"/orders?cursor={plain}&state=to_ship"), 400, "invalid_cursor")


def test_the_order_of_filters_is_no_filter(anonymous: Program) -> None:
    make_listing()
    make_listing()
    rebuild_cards(at=AT)
    first = anonymous.get("/products?county=441403&sort=new&limit=1").data
    assert len(first["items"]) == 1
    cursor = first["next_cursor"]
    for same in ("county=441403&sort=new", "sort=new&county=441403", "q=&sort=new&county=441403&limit=50"):
        assert anonymous.get(f"/products?{same}&cursor={cursor}").status_code == 200, same
    for other in ("county=441403", "sort=new", "county=441403&sort=new&flag=in_stock", "county=441403&sort=sales"):
        assert is_problem(anonymous.get(f"/products?{other}&cursor={cursor}"), 400, "invalid_cursor"), other
