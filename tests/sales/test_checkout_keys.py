"""A checkout's key: made by the server, worth nothing to anybody but its owner; a lost answer is asked for again."""

from typing import Any

import pytest
from django.test import Client
from oscar.apps.voucher.models import Voucher

from catalog.models import Specification, Stock
from shop.sales.models import Purchase
from tests.factories import make_division, make_listing, make_user, spec_of
from tests.sales.test_guest_access import ADDRESS

pytestmark = pytest.mark.django_db


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def filled(client: Client, buy: str, **more: Any) -> dict[str, Any]:
    """Open the checkout; return the form as it would be sent."""
    page = client.get("/shop/checkout/", {"buy": buy, **more})
    return {**ADDRESS, **more, "key": page.context["key"], "shown": page.context["page"].quote.total_fen, "buy": buy}


@pytest.fixture
def buy() -> str:
    make_division()
    return f"{spec_of(make_listing(stock=9)).specification_id}:2"


def same_browser(client: Client) -> Client:
    """Return the browser as it was before an answer that never came: with the cookies that it had."""
    again = Client()
    for name, morsel in client.cookies.items():
        again.cookies[name] = morsel.value
    return again


@pytest.mark.parametrize("as_guest", [True, False])
def test_a_lost_answer_is_repeated_and_leads_to_the_same_readable_purchase(buy: str, as_guest: bool) -> None:
    client = Client() if as_guest else signed_in(make_user())
    sent = filled(client, buy)
    again = same_browser(client)
    client.post("/shop/checkout/", sent)
    answer = again.post("/shop/checkout/", sent)
    purchase = Purchase.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/pay/{purchase.number}/")
    assert again.get(answer["Location"]).status_code == 200
    assert again.post(f"/pay/{purchase.number}/", {"method": "demo"}).status_code == 302


def test_a_lost_answer_is_repeated_after_price_stock_or_coupon_changed(buy: str) -> None:
    client = Client()
    sent = filled(client, buy)
    again = same_browser(client)
    client.post("/shop/checkout/", sent)
    Specification.objects.update(price_fen=9999)
    Stock.objects.update(on_hand=2)
    number = Purchase.objects.get().number
    assert again.post("/shop/checkout/", sent)["Location"] == f"/pay/{number}/"
    assert again.post("/shop/checkout/", sent | {"coupon": "GONE"})["Location"] == f"/pay/{number}/"
    assert (Purchase.objects.count(), Voucher.objects.count()) == (1, 0)


def test_a_strangers_key_neither_tells_the_purchase_nor_blocks_it(buy: str) -> None:
    victim, attacker = Client(), Client()
    sent = filled(victim, buy)
    stolen = attacker.post("/shop/checkout/", sent)
    assert (stolen.status_code, Purchase.objects.count()) == (409, 0)
    placed = victim.post("/shop/checkout/", sent)
    assert placed.status_code == 302
    for stranger in (attacker, signed_in(make_user()), Client()):
        told = stranger.post("/shop/checkout/", sent)
        assert (told.status_code, Purchase.objects.get().number in told.content.decode()) == (409, False)


def test_a_key_in_the_address_or_made_up_is_none_of_ours(buy: str) -> None:
    client = Client()
    page = client.get("/shop/checkout/", {"buy": buy, "key": "planted"})
    assert page.context["key"] != "planted"
    sent = filled(client, buy)
    refused = client.post("/shop/checkout/", sent | {"key": "planted"})
    assert (refused.status_code, Purchase.objects.count()) == (409, 0)
    # What was typed is still there, with a key that works.
    assert 'value="龙口西路 8 号 1202"' in refused.content.decode()
    assert client.post("/shop/checkout/", sent | {"key": refused.context["key"]}).status_code == 302


def test_a_form_opened_as_a_guest_is_looked_at_again_after_signing_in(buy: str) -> None:
    client = Client()
    sent = filled(client, buy)
    client.force_login(make_user())
    asked = client.post("/shop/checkout/", sent)
    assert (asked.status_code, Purchase.objects.count()) == (409, 0)
    assert client.post("/shop/checkout/", sent | {"key": asked.context["key"]}).status_code == 302


def test_a_part_of_the_checkout_keeps_the_forms_key(buy: str) -> None:
    client = Client()
    sent = filled(client, buy)
    assert client.post("/shop/checkout/quote/", sent).context["key"] == sent["key"]


def test_a_used_key_with_another_address_or_other_goods_is_refused(buy: str) -> None:
    client = Client()
    sent = filled(client, buy)
    again = same_browser(client)
    client.post("/shop/checkout/", sent)
    number = Purchase.objects.get().number
    spec = buy.partition(":")[0]
    for other in ({"street": "别处 9 号"}, {"name": "另一人"}, {"buy": f"{spec}:1", "shown": ""}):
        refused = again.post("/shop/checkout/", sent | other)
        assert (refused.status_code, number in refused.content.decode()) == (409, True)
        assert refused.context["key"] != sent["key"]
    assert again.post("/shop/checkout/", sent)["Location"] == f"/pay/{number}/"
    assert Purchase.objects.get().ship_street == ADDRESS["street"]
    # What is on the page may be ordered besides, with the form's new key.
    more = sent | {"buy": f"{spec}:1", "shown": "", "key": refused.context["key"]}
    assert again.post("/shop/checkout/", more).status_code == 302
    assert Purchase.objects.count() == 2
