"""Back from the cashier, the checkout of what was bought at once leads to its purchase; a second begins at the product."""

from typing import Any

import pytest
from django.test import Client

from shop.sales.models import Purchase
from shop.sales.visitors import BOUGHT
from tests.factories import make_division, make_listing, make_user, spec_of
from tests.sales.test_checkout_keys import same_browser, signed_in
from tests.sales.test_guest_access import ADDRESS

pytestmark = pytest.mark.django_db


@pytest.fixture
def spec() -> int:
    make_division()
    return spec_of(make_listing(stock=9)).specification_id


def buy_now(client: Client, spec: int) -> str:
    """Press the button on the product's page; return the address that it leads to."""
    return str(client.post("/shop/basket/add/", {"spec": spec, "quantity": "2", "buy_now": "1"})["Location"])


def order(client: Client, address: str, **more: Any) -> Any:
    page = client.get(address).context
    given = {name: page[name] for name in ("key", "buy", "once")}
    return client.post("/shop/checkout/", {**ADDRESS, **given, "shown": page["page"].quote.total_fen, **more})


@pytest.mark.parametrize("as_guest", [True, False])
@pytest.mark.parametrize("reaches_cashier", [True, False])
def test_the_address_of_what_was_bought_leads_to_it(spec: int, as_guest: bool, reaches_cashier: bool) -> None:
    client = Client() if as_guest else signed_in(make_user())
    address = buy_now(client, spec)
    placed = order(client, address)
    if reaches_cashier:
        assert client.get(placed["Location"]).status_code == 200
    again = client.get(address)
    purchase = Purchase.objects.get()
    assert (again.status_code, again["Location"]) == (302, f"/pay/{purchase.number}/")
    assert "要再买一次，请从商品页开始" in client.get(again["Location"]).content.decode()
    # From the product's page it is another purchase.
    other = buy_now(client, spec)
    assert other != address
    order(client, other)
    assert Purchase.objects.count() == 2
    assert client.get(address)["Location"] == f"/pay/{purchase.number}/"


def test_a_form_read_anew_before_its_answer_came_orders_nothing_twice(spec: int) -> None:
    client = Client()
    address = buy_now(client, spec)
    client.get(address)
    lost = same_browser(client)
    order(client, address)
    assert order(lost, address)["Location"] == f"/pay/{Purchase.objects.get().number}/"
    assert Purchase.objects.count() == 1


def test_who_signs_in_after_buying_as_a_guest_is_led_to_it_too(spec: int) -> None:
    client, user = Client(), make_user()
    address = buy_now(client, spec)
    placed = order(client, address)
    client.get(placed["Location"])
    client.force_login(user)
    # As signing in at the page keeps it.
    session = client.session
    session[BOUGHT] = {"user": user.pk, "hashes": [Purchase.objects.get().guest_token_hash]}
    session.save()
    assert client.get(address)["Location"] == placed["Location"]


def test_an_address_bought_by_one_is_anothers_own_purchase(spec: int) -> None:
    first, second = Client(), Client()
    address = buy_now(first, spec)
    order(first, address)
    shown = second.get(address)
    assert (shown.status_code, Purchase.objects.get().number in shown.content.decode()) == (200, False)
    order(second, address)
    assert Purchase.objects.count() == 2


@pytest.mark.parametrize("once", ["", "x", "a" * 23, "a" * 25, "é" * 24])
def test_what_is_no_mark_of_ours_is_none(spec: int, once: str) -> None:
    client = Client()
    address = f"/shop/checkout/?buy={spec}:1&once={once}"
    page = client.get(address)
    assert (page.status_code, page.context["once"]) == (200, "")
    assert client.get(address).context["key"] != page.context["key"]
    assert client.get(f"/shop/checkout/?buy={spec}:1&once=" + "%00" * 8).status_code == 400
