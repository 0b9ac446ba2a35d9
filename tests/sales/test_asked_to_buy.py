"""What a checkout's address names and can't be read, or is not there, is said: never something else in its place."""

from typing import Any

import pytest
from django.test import Client

from shop.sales.models import Purchase
from tests.factories import make_division, make_listing, spec_of
from tests.sales.test_guest_access import ADDRESS

pytestmark = pytest.mark.django_db
GONE = "要购买的商品无法识别或已不在售"
NOT_ALL = "选中的商品有些已不在购物车"


def with_basket() -> tuple[Client, int]:
    """A guest with one thing in the basket."""
    make_division()
    client, pk = Client(), spec_of(make_listing("篮中柚", stock=9)).specification_id
    client.post("/shop/basket/add/", {"spec": pk, "quantity": 1})
    return client, pk


@pytest.mark.parametrize("buy", ["abc", "12", "12:", "12:0", ":3", "-1:1", "999999:1", "1:1:1", "9" * 30 + ":1"])
def test_what_would_be_bought_and_is_not_there_is_said_and_never_the_basket(buy: str) -> None:
    client, _pk = with_basket()
    answer: Any = client.get("/shop/checkout/", {"buy": buy}, follow=True)
    assert answer.redirect_chain == [("/shop/basket/", 302)]
    assert GONE in answer.content.decode()
    assert client.get("/shop/checkout/").context["page"].lines


@pytest.mark.parametrize("buy", ["abc", "12:", ":3"])
def test_a_form_that_buys_what_can_not_be_read_places_nothing(buy: str) -> None:
    client, _pk = with_basket()
    key = client.get("/shop/checkout/").context["key"]
    answer: Any = client.post("/shop/checkout/", {**ADDRESS, "key": key, "buy": buy}, follow=True)
    assert (answer.redirect_chain, GONE in answer.content.decode()) == ([("/shop/basket/", 302)], True)
    assert not Purchase.objects.exists()


@pytest.mark.parametrize("chosen", [["abc"], ["999999"], ["mine", "999999"]])
def test_what_was_chosen_and_is_not_in_the_basket_is_said(chosen: list[str]) -> None:
    client, pk = with_basket()
    given = [str(pk) if each == "mine" else each for each in chosen]
    assert NOT_ALL in client.get("/shop/checkout/", {"s": given}).content.decode()
    assert NOT_ALL not in client.get("/shop/checkout/", {"s": [str(pk)]}).content.decode()
    assert NOT_ALL not in client.get("/shop/checkout/").content.decode()
