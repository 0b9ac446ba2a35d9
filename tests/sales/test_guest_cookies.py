"""A guest's cookie: nothing that was not issued here, and nothing from before a purchase, opens it; it ends with signing
in or out. An account has what was bought in the browser it signed in in; a phone alone gives nobody a purchase.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.core import signing
from django.test import Client

from shop.core.models import AuditEntry
from shop.sales.errors import PhoneUnproved
from shop.sales.models import OrderFacts, Purchase
from shop.sales.operations.adopting import adopt_guest_purchases, adopt_purchase
from shop.sales.visitors import GUEST_COOKIE, MOST_TOKENS
from tests.factories import AT, make_division, make_listing, make_user, spec_of
from tests.sales.selling import PHONE, paid, pay, ship
from tests.sales.test_checkout_keys import filled, same_browser
from tests.sales.test_guest_access import acts, buys, codes

pytestmark = pytest.mark.django_db
__all__ = ["codes"]


def opens(client: Client, purchase: Purchase) -> bool:
    """Tell whether this browser reads the purchase anywhere."""
    statuses = acts(client, OrderFacts.objects.get(purchase=purchase))
    statuses |= {client.get(f"/pay/{purchase.number}/").status_code}
    statuses |= {client.post(f"/pay/{purchase.number}/cancel/").status_code}
    return statuses != {404}


def issued(_client: Client) -> str:
    client = Client()
    client.get("/shop/checkout/", {"buy": f"{spec_of(make_listing(stock=9)).specification_id}:1"})
    return client.cookies[GUEST_COOKIE].value


def noted(client: Client) -> str:
    """The value that this browser has after a purchase, and after the checkout was looked at again."""
    buys(client)
    client.get("/shop/checkout/", {"buy": f"{spec_of(make_listing(stock=9)).specification_id}:1"})
    return client.cookies[GUEST_COOKIE].value


PLANTED: dict[str, Callable[[Client], str]] = {
    "never issued": lambda _client: "A" * 43,
    "never issued, looks like a list": lambda _client: ".".join(["A" * 43] * 3),
    "signed for something else": lambda _client: signing.Signer(salt="shop.sales.basket").sign("A" * 43),
    "issued to another": issued,
    "noted before": noted,
}


@pytest.mark.parametrize("what", list(PLANTED))
def test_a_planted_cookie_opens_nothing_bought_after(what: str) -> None:
    make_division()
    victim, attacker = Client(), Client()
    value = PLANTED[what](victim)
    victim.cookies[GUEST_COOKIE] = attacker.cookies[GUEST_COOKIE] = value
    bought = buys(victim)
    assert not opens(attacker, bought)
    bought.refresh_from_db()
    assert bought.state == "unpaid"
    assert victim.get(f"/pay/{bought.number}/").status_code == 200


def test_a_form_left_open_opens_nothing_to_who_left_it() -> None:
    make_division()
    buy = f"{spec_of(make_listing(stock=9)).specification_id}:1"
    browser = Client()
    left = filled(browser, buy)
    attacker = same_browser(browser)
    browser.post("/shop/checkout/", left)
    purchase = Purchase.objects.get()
    told = attacker.post("/shop/checkout/", left | {"name": "王五", "street": "别处 1 号"})
    assert told.status_code == 409
    assert not opens(attacker, purchase)


def listed(client: Client) -> list[str]:
    return signing.Signer(salt="shop.sales.guest").unsign(client.cookies[GUEST_COOKIE].value).split(".")


def test_the_cookie_lists_the_newest_purchases_only() -> None:
    client = Client()
    first = buys(client)
    mark, token = listed(client)
    full = ".".join([mark, *(["b" * 43] * (MOST_TOKENS - 1)), token])
    client.cookies[GUEST_COOKIE] = signing.Signer(salt="shop.sales.guest").sign(full)
    assert client.get(f"/pay/{first.number}/").status_code == 200
    second = buys(client)
    assert len(listed(client)) == 1 + MOST_TOKENS
    statuses = [client.get(f"/pay/{each.number}/").status_code for each in (first, second)]
    assert statuses == [404, 200]


@pytest.mark.parametrize("key", ["", None])
def test_a_checkout_without_a_key_places_nothing(key: str | None) -> None:
    make_division()
    client = Client()
    sent = filled(client, f"{spec_of(make_listing(stock=9)).specification_id}:1")
    del sent["key"]
    refused = client.post("/shop/checkout/", sent | ({} if key is None else {"key": key}))
    assert (refused.status_code, Purchase.objects.count()) == (409, 0)
    assert client.post("/shop/checkout/", sent | {"key": refused.context["key"]}).status_code == 302


def signs_in(client: Client, user: Any) -> None:
    login = user.email or user.phone.removeprefix("+86")
    answer = client.post("/account/login/", {"way": "password", "login": login, "password": "orchard-2026"})
    assert answer.status_code == 302


def test_signing_in_ends_the_guests_rights_in_the_browser() -> None:
    browser = Client()
    bought = buys(browser)
    opened = paid((make_listing(stock=9), 1), link="a" * 43, key="opened")
    browser.get(f"/account/orders/{opened.order.number}/", {"t": "a" * 43})
    assert browser.get(f"/account/orders/{opened.order.number}/").status_code == 200
    signs_in(browser, make_user(phone="+8613900000009", phone_verified=True))
    assert browser.cookies[GUEST_COOKIE].value == ""
    assert not opens(browser, bought)
    assert acts(browser, opened) == {404}
    assert bought.orders.get().order.number not in browser.get("/account/orders/").content.decode()
    browser.post("/account/logout/")
    assert not opens(browser, bought)


def test_a_kept_cookie_counts_for_nothing_while_somebody_is_signed_in() -> None:
    browser = Client()
    bought = buys(browser)
    value = browser.cookies[GUEST_COOKIE].value
    signs_in(browser, make_user())
    browser.cookies[GUEST_COOKIE] = value
    assert not opens(browser, bought)
    browser.post("/account/logout/")
    assert browser.cookies[GUEST_COOKIE].value == ""


def test_the_buyer_who_signs_in_with_the_orders_phone_has_it_in_the_account() -> None:
    browser = Client()
    bought = buys(browser)
    zhou = make_user(phone=PHONE, phone_verified=True)
    signs_in(browser, zhou)
    bought.refresh_from_db()
    assert (bought.user, bought.guest_token_hash, bought.link_token_hash) == (zhou, "", "")
    assert browser.get(f"/pay/{bought.number}/").status_code == 200


def keeps(client: Client, purchase: Purchase) -> int:
    return client.post(f"/account/orders/bought-here/{purchase.number}/").status_code


def test_who_has_the_phone_acts_on_a_guests_order_and_its_payer_keeps_it() -> None:
    payer, browser = Client(), Client()
    bought = buys(payer)
    pay(bought)
    order = ship(bought.orders.get())
    zhou = make_user(phone=PHONE, phone_verified=True)
    signs_in(browser, zhou)
    page = browser.get("/account/orders/").content.decode()
    assert ("by-phone" in page, "bought-here" in page, order.order.number in page) == (True, False, True)
    # Neither the former answer "it is mine" nor any other door makes it the account's.
    assert browser.post(f"/account/orders/offered/{bought.number}/", {"answer": "mine"}).status_code == 404
    assert keeps(browser, bought) == 302
    bought.refresh_from_db()
    assert (bought.user, bought.guest_token_hash == "") == (None, False)
    shown = browser.get(f"/account/orders/{order.order.number}/").content.decode()
    assert ("SF1234567890123" in shown, "¥" in shown, "龙口西路" in shown) == (True, True, True)
    assert browser.post(f"/account/orders/{order.order.number}/receive/").status_code == 302
    order.refresh_from_db()
    assert order.state == "completed"
    assert payer.get(f"/pay/{bought.number}/done/").status_code == 200
    assert payer.get(f"/account/orders/{order.order.number}/").status_code == 200


def test_a_declined_order_is_shown_no_more_and_stays_its_guests() -> None:
    payer, browser, other = Client(), Client(), Client()
    bought = buys(payer)
    number = bought.orders.get().order.number
    signs_in(browser, make_user(phone=PHONE, phone_verified=True))
    other.force_login(make_user(phone=PHONE.replace("2046", "2047"), phone_verified=True))
    other.post(f"/account/orders/received/{number}/decline/")
    assert other.get(f"/account/orders/{number}/").status_code == 404
    assert browser.get(f"/account/orders/{number}/").status_code == 200
    browser.post(f"/account/orders/received/{number}/decline/")
    assert not opens(browser, bought)
    assert number not in browser.get("/account/orders/").content.decode()
    assert payer.get(f"/pay/{bought.number}/").status_code == 200
    said = AuditEntry.objects.filter(object_kind="purchase").values_list("action", "object_id")
    assert list(said) == [("decline_purchase", str(bought.pk))]


def test_another_account_in_the_guests_browser_takes_nothing_without_a_code(codes: list[tuple[str, str]]) -> None:
    browser = Client()
    bought = buys(browser)
    guest, order = same_browser(browser), bought.orders.get()
    stranger = make_user(phone="+8613900000009", phone_verified=True)
    signs_in(browser, stranger)
    page = browser.get("/account/orders/").content.decode()
    assert ('data-testid="bought-here"' in page, order.order.number in page, PHONE[3:] in page) == (True, False, False)
    assert not opens(browser, bought)
    # Nothing is kept by asking: a code goes to the order's phone, and no other does.
    answer = browser.post(f"/account/orders/bought-here/{bought.number}/")
    assert (answer.status_code, answer["Location"], [phone for phone, _code in codes]) == (
        302,
        "/account/code/",
        [PHONE],
    )
    wrong = "000000" if codes[0][1] != "000000" else "111111"
    assert browser.post("/account/code/", {"code": wrong}).status_code == 422
    with pytest.raises(PhoneUnproved):
        adopt_purchase(actor=stranger, number=bought.number, token_hashes=[bought.guest_token_hash], at=AT)
    assert adopt_guest_purchases(user=stranger, token_hashes=[bought.guest_token_hash], at=AT) == 0
    before = (bought.guest_token_hash, bought.link_token_hash)
    bought.refresh_from_db()
    assert (bought.user, bought.guest_token_hash, bought.link_token_hash) == (None, *before)
    assert guest.get(f"/pay/{bought.number}/").status_code == 200
    assert guest.get(f"/account/orders/{order.order.number}/").status_code == 200
    finder = Client()
    found = finder.post("/account/orders/find/", {"number": order.order.number, "phone": PHONE[3:]})
    assert (found.status_code, found["Location"]) == (302, "/account/orders/found/")
    finder.post(f"/account/orders/found/{order.order.number}/code/")
    assert finder.post("/account/code/", {"code": codes[-1][1]}).status_code == 302
    assert finder.get(f"/account/orders/{order.order.number}/").status_code == 200


def test_a_code_to_the_orders_phone_keeps_it_in_the_account_that_signed_in_where_it_was_bought(
    codes: list[tuple[str, str]],
) -> None:
    browser, elsewhere = Client(), Client()
    bought = buys(browser)
    owner = make_user()
    signs_in(browser, owner)
    keeps(browser, bought)
    kept = browser.post("/account/code/", {"code": codes[-1][1]})
    assert (kept.status_code, kept["Location"]) == (302, "/account/orders/")
    bought.refresh_from_db()
    assert (bought.user, bought.guest_token_hash, bought.phone_proved_at is None) == (owner, "", False)
    assert browser.get(f"/pay/{bought.number}/").status_code == 200
    assert "bought-here" not in browser.get("/account/orders/").content.decode()
    # Where it was not bought, no code is sent for it.
    other = buys(Client())
    signs_in(elsewhere, owner)
    sent = len(codes)
    assert (keeps(elsewhere, other), len(codes)) == (302, sent)


def test_what_was_bought_here_is_kept_by_nobody_who_signs_in_afterwards() -> None:
    browser = Client()
    present = buys(browser)
    signs_in(browser, make_user())
    browser.post("/account/logout/")
    signs_in(browser, make_user())
    assert "bought-here" not in browser.get("/account/orders/").content.decode()
    keeps(browser, present)
    present.refresh_from_db()
    assert present.user is None
