"""What opens a guest's purchase: the browser that bought, the token of its link, a code to its phone. Nothing else."""

import re
from typing import Any

import pytest
from django.test import Client

from shop.accounts import sms
from shop.accounts.models import User
from shop.sales import openings
from shop.sales.models import OrderFacts, Purchase
from shop.sales.operations.adopting import adopt_purchase
from shop.sales.visitors import GUEST_COOKIE, token_hash
from tests.factories import AT, make_division, make_listing, make_supplier, make_user, spec_of
from tests.sales.selling import PHONE, lines_of, paid, ship

pytestmark = pytest.mark.django_db
LINK, OTHER_LINK, BROWSER = "a" * 43, "b" * 43, "c" * 43
ADDRESS = {
    "address": "new", "name": "周敏", "phone": "13800002046", "province": "44", "city": "4401", "division": "440106",
    "street": "龙口西路 8 号 1202", "place": "1",
}  # fmt: skip


@pytest.fixture
def codes(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """The codes that were sent: phone, digits."""
    sent: list[tuple[str, str]] = []

    def send(*, phone: str, text: str) -> None:
        sent.append((phone, re.search(r"\d{6}", text)[0]))  # type: ignore[index]  # the text of a code has one

    monkeypatch.setattr(sms, "send", send)
    return sent


def address(order: OrderFacts, rest: str = "") -> str:
    return f"/account/orders/{order.order.number}/{rest}"


def buys(client: Client) -> Purchase:
    """Buy a piece in this browser, as a guest."""
    make_division()
    buy = f"{spec_of(make_listing(stock=9)).specification_id}:1"
    page = client.get("/shop/checkout/", {"buy": buy})
    answer = client.post("/shop/checkout/", {**ADDRESS, "key": page.context["key"], "buy": buy})
    assert answer.status_code == 302
    return Purchase.objects.get(number=answer["Location"].split("/")[2])


def finds(client: Client, order: OrderFacts, phone: str = PHONE) -> Any:
    form = {"number": order.order.number.lower(), "phone": phone.removeprefix("+86")}
    return client.post("/account/orders/find/", form)


def acts(client: Client, order: OrderFacts) -> set[int]:
    """Try all that a buyer may do; return the statuses."""
    line = lines_of(order)[0].pk
    steps = ("cancel/", "receive/", "nudge/", "buy-again/", f"review/{line}/", f"after-sale/{line}/")
    pages = ("", f"review/{line}/", f"after-sale/{line}/")
    return {client.post(address(order, step)).status_code for step in steps} | {
        client.get(address(order, page)).status_code for page in pages
    }


@pytest.mark.parametrize("token", [LINK, "z" * 43, "short", "", BROWSER])
@pytest.mark.parametrize("where", ["/account/orders/", "order"])
def test_a_planted_link_never_becomes_the_visitors_own(token: str, where: str) -> None:
    planted = paid((make_listing(stock=9), 1), token=BROWSER, link=LINK)
    victim = Client()
    followed = victim.get(address(planted) if where == "order" else where, {"t": token})
    assert (followed.status_code, "t=" in followed["Location"]) == (302, False)
    assert GUEST_COOKIE not in followed.cookies
    bought = buys(victim)
    order = OrderFacts.objects.get(purchase=bought)
    attacker = Client()
    attacker.cookies[GUEST_COOKIE] = token
    attacker.get("/account/orders/", {"t": token})
    assert acts(attacker, order) == {404}
    assert attacker.get(f"/pay/{bought.number}/").status_code == 404
    assert order.order.number in victim.get("/account/orders/").content.decode()
    assert planted.order.number not in victim.get("/account/orders/").content.decode()


def test_each_purchase_has_tokens_of_its_own_that_the_server_made() -> None:
    browser = Client()
    first, second = buys(browser), buys(browser)
    hashes = {each for one in (first, second) for each in (one.link_token_hash, one.guest_token_hash)}
    assert (len(hashes), "" in hashes) == (4, False)
    listed = browser.get("/account/orders/").content.decode()
    assert {one.orders.get().order.number in listed for one in (first, second)} == {True}


def test_a_link_opens_its_purchase_only_and_leaves_the_address() -> None:
    mine = paid((make_listing(stock=9), 1), token=BROWSER, link=LINK)
    other = paid((make_listing(stock=9), 1), token=BROWSER, link=OTHER_LINK, key="k2")
    client = Client()
    answer = client.get(address(mine), {"t": LINK})
    assert (answer.status_code, answer["Location"], answer["Referrer-Policy"]) == (302, address(mine), "no-referrer")
    assert "no-store" in answer["Cache-Control"]
    assert client.get(address(mine)).status_code == 200
    assert client.get(address(other)).status_code == 404
    assert client.post(address(mine, "nudge/")).status_code == 302
    # A link to the list leads to what it opens, not to a list that would mix it with one's own.
    again = Client()
    assert again.get("/account/orders/", {"t": OTHER_LINK})["Location"] == "/account/orders/found/"
    page = again.get("/account/orders/found/").content.decode()
    assert (other.order.number in page, mine.order.number in page) == (True, False)


def test_what_a_link_opened_stays_in_its_session_and_ends_after_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    order = paid((make_listing(stock=9), 1), link=LINK)
    client, other = Client(), Client()
    client.get(address(order), {"t": LINK})
    assert (client.get(address(order)).status_code, other.get(address(order)).status_code) == (200, 404)
    now = openings.time.time()
    monkeypatch.setattr(openings.time, "time", lambda: now + openings.DAY_SECONDS + 1)
    assert client.get(address(order)).status_code == 404


def test_links_end_when_an_account_adopts_the_purchase() -> None:
    order = paid((make_listing(stock=9), 1), token=BROWSER, link=LINK)
    early, late = Client(), Client()
    early.get(address(order), {"t": LINK})
    owner = make_user(phone=PHONE, phone_verified=True)
    adopt_purchase(actor=owner, number=order.purchase.number, token_hashes=(token_hash(BROWSER),), at=AT)
    late.get(address(order), {"t": LINK})
    assert (early.get(address(order)).status_code, late.get(address(order)).status_code) == (404, 404)


def test_finding_an_order_shows_its_state_and_lets_nobody_act(codes: list[tuple[str, str]]) -> None:
    order = ship(paid((make_listing("山中金柚", stock=9), 1), token=BROWSER, link=LINK))
    finder = Client()
    assert finder.get("/account/orders/")["Location"].endswith("/account/orders/find/")
    assert finds(finder, order, "13900000000").status_code == 404
    assert finds(finder, order)["Location"] == "/account/orders/found/"
    page = finder.get("/account/orders/found/").content.decode()
    assert (order.order.number in page, "已发货" in page or "待收货" in page) == (True, True)
    for hidden in ("山中金柚", "周敏", "周**", "龙口西路", "13800002046", "SF1234567890123", order.purchase.number):
        assert hidden not in page
    assert finder.post(f"/account/orders/found/{order.purchase.number}/code/").status_code == 404
    assert acts(finder, order) == {404}
    assert finder.get(f"/pay/{order.purchase.number}/").status_code == 404
    order.refresh_from_db()
    assert order.state == "shipped"
    assert codes == []


def test_a_supplier_can_not_act_as_its_buyer(codes: list[tuple[str, str]]) -> None:
    member = make_user()
    order = ship(paid((make_listing(stock=9, supplier=make_supplier(member=member)), 1), token=BROWSER))
    seller = Client()
    seller.force_login(member)
    assert finds(seller, order).status_code == 302
    assert acts(seller, order) == {404}
    assert seller.post(f"/account/orders/found/{order.order.number}/code/").status_code == 302
    # The code went to the buyer's phone; guessing is counted.
    assert [phone for phone, _code in codes] == [PHONE]
    wrong = "000000" if codes[0][1] != "000000" else "000001"
    assert {seller.post("/account/code/", {"code": wrong}).status_code for _ in range(5)} == {422}
    assert seller.post("/account/code/", {"code": codes[0][1]}).status_code == 422
    assert acts(seller, order) == {404}


def test_a_code_to_the_phone_opens_the_found_purchase_in_this_session_only(codes: list[tuple[str, str]]) -> None:
    order = ship(paid((make_listing(stock=9), 1), token=BROWSER))
    finder, other = Client(), Client()
    finds(finder, order)
    finds(other, order)
    before = finder.cookies["sessionid"].value
    sent = finder.post(f"/account/orders/found/{order.order.number}/code/")
    assert sent["Location"].endswith("/account/code/")
    assert other.post("/account/code/", {"code": codes[0][1]}).status_code == 302
    assert acts(other, order) == {404}
    opened = finder.post("/account/code/", {"code": codes[0][1]})
    assert (opened.status_code, opened["Location"]) == (302, address(order))
    assert finder.cookies["sessionid"].value != before
    assert 'data-testid="open-found"' in finder.get("/account/orders/found/").content.decode()
    # It may be a present: nobody's account has it, and who bought it keeps it.
    assert finder.post(f"/account/orders/received/{order.order.number}/decline/").status_code == 302
    assert finder.post(f"/account/orders/bought-here/{order.purchase.number}/").status_code == 302
    for stranger in (other, Client()):
        assert acts(stranger, order) == {404}
    assert finder.post(address(order, "receive/")).status_code == 302
    order.refresh_from_db()
    assert (order.state, order.purchase.user, order.purchase.declined_by) == ("completed", None, None)
    assert order.purchase.guest_token_hash == token_hash(BROWSER)
    assert finder.get("/account/code/").status_code == 302


def test_what_a_code_opened_ends_after_a_day_and_with_signing_in(
    codes: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    order = paid((make_listing(stock=9), 1), token=BROWSER)
    finder, signer = Client(), Client()
    for client in (finder, signer):
        finds(client, order)
        client.post(f"/account/orders/found/{order.order.number}/code/")
        client.post("/account/code/", {"code": codes[-1][1]})
        assert client.get(address(order)).status_code == 200
    login = {"way": "password", "login": make_user().email, "password": "orchard-2026"}
    assert signer.post("/account/login/", login).status_code == 302
    assert signer.get(address(order)).status_code == 404
    now = openings.time.time()
    monkeypatch.setattr(openings.time, "time", lambda: now + openings.DAY_SECONDS + 1)
    assert finder.get(address(order)).status_code == 404


def test_a_guest_who_only_looked_at_the_checkout_is_led_to_finding_orders() -> None:
    client = Client()
    make_division()
    client.get("/shop/checkout/", {"buy": f"{spec_of(make_listing(stock=9)).specification_id}:1"})
    assert GUEST_COOKIE in client.cookies
    assert client.get("/account/orders/")["Location"] == "/account/orders/find/"


def test_a_code_for_an_order_signs_nobody_in(codes: list[tuple[str, str]]) -> None:
    order = paid((make_listing(stock=9), 1))
    finder = Client()
    finds(finder, order)
    finder.post(f"/account/orders/found/{order.order.number}/code/")
    finder.post("/account/code/", {"code": codes[0][1]})
    assert finder.get("/account/security/").status_code == 302
    assert not User.objects.filter(phone=PHONE).exists()


def test_no_code_goes_out_for_what_was_not_found_here(codes: list[tuple[str, str]]) -> None:
    order = paid((make_listing(stock=9), 1))
    assert Client().post(f"/account/orders/found/{order.order.number}/code/").status_code == 404
    assert codes == []


def test_codes_to_one_phone_are_counted(codes: list[tuple[str, str]]) -> None:
    order = paid((make_listing(stock=9), 1))
    finder = Client()
    finds(finder, order)
    for _ in range(8):
        finder.post(f"/account/orders/found/{order.order.number}/code/")
    assert len(codes) == 6  # five in ten minutes, and the one an hour that is left beyond


def test_an_accounts_order_needs_the_account(codes: list[tuple[str, str]]) -> None:
    buyer = make_user()
    order = paid((make_listing(stock=9), 1), user=buyer)
    finder, owner = Client(), Client()
    refused = finds(finder, order)
    assert (refused.status_code, "请登录查看" in refused.content.decode()) == (403, True)
    assert finder.get("/account/orders/found/").status_code == 302
    assert acts(finder, order) == {404}
    owner.force_login(buyer)
    assert finds(owner, order)["Location"] == f"/account/orders/{order.order.number}/"


def test_a_phone_changed_after_the_code_was_sent_opens_nothing(codes: list[tuple[str, str]]) -> None:
    order = paid((make_listing(stock=9), 1))
    finder = Client()
    finds(finder, order)
    finder.post(f"/account/orders/found/{order.order.number}/code/")
    Purchase.objects.update(contact_phone="+8613900000000")
    assert finder.post("/account/code/", {"code": codes[0][1]}).status_code == 404
    assert acts(finder, order) == {404}


def test_an_erased_purchase_is_not_found_by_no_phone() -> None:
    order = paid((make_listing(stock=9), 1))
    Purchase.objects.update(contact_phone="")
    assert finds(Client(), order, "").status_code == 422
    assert finds(Client(), order, "+86").status_code in (404, 422)
