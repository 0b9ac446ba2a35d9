"""A checkout's key: made by the server, worth nothing to anybody but its owner; a lost answer is asked for again."""

from typing import Any

import pytest
from django.test import Client
from oscar.apps.voucher.models import Voucher

from catalog.models import Specification, Stock
from shop.sales.models import Purchase
from shop.sales.visitors import GUEST_COOKIE
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


def test_a_lost_answer_is_repeated_after_price_or_stock_changed(buy: str) -> None:
    client = Client()
    sent = filled(client, buy)
    again = same_browser(client)
    client.post("/shop/checkout/", sent)
    Specification.objects.update(price_fen=9999)
    Stock.objects.update(on_hand=2)
    number = Purchase.objects.get().number
    assert again.post("/shop/checkout/", sent)["Location"] == f"/pay/{number}/"
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


OTHERS: dict[str, dict[str, Any]] = {
    "street": {"street": "别处 9 号"},
    "name": {"name": "另一人"},
    "pieces": {"shown": ""},
    "invoice": {"invoice": "person", "invoice_title": "周敏", "invoice_email": "zhou@example.cn"},
    "note": {},
    "coupon": {"coupon": "GONE"},
}


@pytest.mark.parametrize("what", list(OTHERS))
@pytest.mark.parametrize("as_guest", [True, False])
def test_a_used_key_with_another_content_is_refused(buy: str, as_guest: bool, what: str) -> None:
    client = Client() if as_guest else signed_in(make_user())
    sent = filled(client, buy)
    again = same_browser(client)
    client.post("/shop/checkout/", sent)
    placed = Purchase.objects.get()
    other = dict(OTHERS[what])
    if what == "pieces":
        other["buy"] = f"{buy.partition(':')[0]}:1"
    if what == "note":
        other[f"note_{placed.orders.get().supplier_id}"] = "请放门口"
    refused = again.post("/shop/checkout/", sent | other)
    # A guest's number is told to nobody: whoever left the form open is not who ordered by it.
    assert (refused.status_code, placed.number in refused.content.decode()) == (409, not as_guest)
    assert refused.context["key"] != sent["key"]
    assert again.post("/shop/checkout/", sent)["Location"] == f"/pay/{placed.number}/"
    assert Purchase.objects.get().ship_street == ADDRESS["street"]


def test_what_is_on_the_page_is_ordered_besides_with_the_new_key(buy: str) -> None:
    client = Client()
    sent = filled(client, buy)
    again = same_browser(client)
    client.post("/shop/checkout/", sent)
    more = sent | {"buy": f"{buy.partition(':')[0]}:1", "shown": ""}
    refused = again.post("/shop/checkout/", more)
    assert again.post("/shop/checkout/", more | {"key": refused.context["key"]}).status_code == 302
    assert Purchase.objects.count() == 2


def test_a_noted_cookie_and_an_open_forms_key_repeat_nothing(buy: str) -> None:
    victim, attacker = Client(), Client()
    sent = filled(victim, buy)
    attacker.cookies[GUEST_COOKIE] = victim.cookies[GUEST_COOKIE].value
    answer = victim.post("/shop/checkout/", sent)
    number = Purchase.objects.get().number
    told = attacker.post("/shop/checkout/", sent)
    assert (told.status_code, number in told.content.decode()) == (409, False)
    assert attacker.get(answer["Location"]).status_code == 404


def test_a_copy_of_the_whole_browser_repeats_nothing_once_the_answer_arrived(buy: str) -> None:
    victim = Client()
    sent = filled(victim, buy)
    copied = same_browser(victim)
    answer = victim.post("/shop/checkout/", sent)
    assert victim.get(answer["Location"]).status_code == 200
    told = copied.post("/shop/checkout/", sent)
    assert (told.status_code, Purchase.objects.get().number in told.content.decode()) == (409, False)
    assert copied.get(answer["Location"]).status_code == 404
    # The victim goes on buying.
    assert victim.post("/shop/checkout/", filled(victim, buy)).status_code == 302
    assert Purchase.objects.count() == 2
