"""An order's address typed another way leads to the order's own; nothing is told of orders of others."""

from urllib.parse import quote

import pytest
from django.test import Client

from shop.sales.models import OrderFacts
from tests.factories import make_listing, make_user
from tests.sales.selling import buy
from tests.sales.test_money_trails import as_

pytestmark = pytest.mark.django_db


def order_of(user) -> OrderFacts:
    purchase = buy((make_listing(stock=9), 1), user=user)
    return OrderFacts.objects.select_related("order", "purchase").get(purchase=purchase)


def full_width(text: str) -> str:
    return "".join("\u3000" if each == " " else chr(ord(each) + 0xFEE0) for each in text)


def typed(number: str) -> list[str]:
    bare = number.replace("-", "")
    return [bare, bare.lower(), number.lower(), full_width(number), full_width(bare), f"{bare[:4]} {bare[4:]} "]


@pytest.mark.parametrize("language", ["", "/en"])
def test_an_orders_address_without_dashes_leads_to_the_order(language: str) -> None:
    buyer = make_user()
    order = order_of(buyer)
    address = f"{language}/account/orders/{order.order.number}/"
    for each in typed(order.order.number):
        answer = as_(buyer).get(f"{language}/account/orders/{quote(each)}/?from=mail")
        assert (answer.status_code, answer["Location"]) == (302, f"{address}?from=mail"), each
    assert as_(buyer).get(address).status_code == 200


def test_a_purchases_address_without_dashes_leads_to_the_cashier() -> None:
    buyer = make_user()
    number = order_of(buyer).purchase.number
    for each in typed(number):
        answer = as_(buyer).get(f"/pay/{quote(each)}/")
        assert (answer.status_code, answer["Location"]) == (302, f"/pay/{number}/"), each


def test_a_typed_address_of_no_order_or_anothers_is_still_not_found() -> None:
    order = order_of(make_user())
    number, stranger = order.order.number, as_(make_user())
    followed = stranger.get(f"/account/orders/{number.replace('-', '')}/", follow=True)
    assert followed.status_code == 404
    assert [Client().get(f"/account/orders/{each}/").status_code for each in ("abc", "１２３", "DD26")] == [404] * 3
    # What would change something is not led elsewhere.
    assert stranger.post(f"/account/orders/{number.replace('-', '').lower()}/cancel/").status_code == 404


def test_the_finding_page_reads_full_width_and_spaced_numbers() -> None:
    buyer = make_user()
    order = order_of(buyer)
    phone = order.purchase.contact_phone.removeprefix("+86")
    number = order.order.number
    for each in (number.replace("-", "").lower(), full_width(number), full_width(" ".join(number))):  # Tries are few.
        answer = as_(buyer).post("/account/orders/find/", {"number": each, "phone": full_width(phone)})
        assert (answer.status_code, answer["Location"]) == (302, f"/account/orders/{order.order.number}/"), each
