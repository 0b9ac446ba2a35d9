"""Goods that are limited for each customer say where a phone is proved, and what was typed waits until it is."""

import time
from typing import Any

import pytest
from django.test import Client

from shop.sales import typed
from shop.sales.models import Purchase
from tests.factories import make_division, make_listing, make_user, spec_of
from tests.sales.selling import PHONE

pytestmark = pytest.mark.django_db
TYPED = {
    "name": "周敏", "phone": "13800002046", "province": "44", "city": "4401", "division": "440106",
    "street": "天河北路 66 号 9 楼", "invoice": "person", "invoice_title": "周敏",
}  # fmt: skip
LOGIN = "/account/login/?next="


def limited() -> Any:
    make_division()
    return make_listing("限购柚", stock=9, purchase_limit=2)


def filled(client: Client, listing: Any, **more: Any) -> dict[str, Any]:
    spec = spec_of(listing)
    buy = f"{spec.specification_id}:1"
    key = client.get("/shop/checkout/", {"buy": buy}).context["key"]
    return {**TYPED, "key": key, "buy": buy, "address": "new", f"note_{listing.supplier_id}": "请周末送", **more}


def test_product_and_basket_say_before_anything_is_typed_where_a_phone_is_proved(client: Client) -> None:
    listing = limited()
    page = client.get(f"/shop/p/{listing.slug}/").content.decode()
    assert 'data-testid="limit-needs-phone"' in page
    assert f"{LOGIN}/shop/p/{listing.slug}/" in page
    assert "limit-needs-phone" not in client.get(f"/shop/p/{make_listing('常规柚').slug}/").content.decode()
    client.post("/shop/basket/add/", {"spec": spec_of(listing).specification_id, "quantity": 1})
    assert f"{LOGIN}/shop/basket/" in client.get("/shop/basket/").content.decode()
    proved = Client()
    proved.force_login(make_user(phone=PHONE, phone_verified=True))
    proved.post("/shop/basket/add/", {"spec": spec_of(listing).specification_id, "quantity": 1})
    assert 'data-testid="prove-phone"' not in proved.get("/shop/basket/").content.decode()


def test_what_a_guest_typed_is_there_after_signing_in_and_gone_after_the_purchase(client: Client) -> None:
    listing = limited()
    sent = client.post("/shop/checkout/", {**filled(client, listing), "prove": "1"})
    assert sent.status_code == 302
    assert sent.headers["Location"].startswith(LOGIN)
    assert Purchase.objects.count() == 0
    client.force_login(make_user(phone=PHONE, phone_verified=True))
    back = client.get("/shop/checkout/", {"buy": f"{spec_of(listing).specification_id}:1"})
    page = back.content.decode()
    for value in ("周敏", "13800002046", "天河北路 66 号 9 楼", "请周末送"):
        assert f'value="{value}"' in page
    form = filled(client, listing, as_user="1", shown=back.context["page"].quote.total_fen)
    assert client.post("/shop/checkout/", form).headers["Location"].startswith("/pay/")
    assert typed.KEY not in client.session
    assert "天河北路" not in client.get("/shop/checkout/", {"buy": form["buy"]}).content.decode()


def test_who_is_signed_in_proves_a_phone_and_comes_back(client: Client) -> None:
    listing = limited()
    client.force_login(make_user())
    sent = client.post("/shop/checkout/", {**filled(client, listing), "as_user": "1", "prove": "1"})
    assert sent.headers["Location"].startswith("/account/security/phone/?next=%2Fshop%2Fcheckout%2F%3Fbuy")
    assert (
        'value="天河北路 66 号 9 楼"'
        in client.get("/shop/checkout/", {"buy": filled(client, listing)["buy"]}).content.decode()
    )


def test_another_browser_and_a_later_day_read_nothing_of_it(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    listing = limited()
    form = filled(client, listing)
    client.post("/shop/checkout/", {**form, "prove": "1"})
    assert "天河北路" not in Client().get("/shop/checkout/", {"buy": form["buy"]}).content.decode()
    now = time.time()
    monkeypatch.setattr("shop.sales.typed.time.time", lambda: now + typed.SECONDS + 60)
    assert "天河北路" not in client.get("/shop/checkout/", {"buy": form["buy"]}).content.decode()
    assert typed.KEY not in client.session


def test_signing_out_forgets_it(client: Client) -> None:
    listing = limited()
    form = filled(client, listing)
    client.force_login(make_user())
    client.post("/shop/checkout/", {**filled(client, listing), "as_user": "1", "prove": "1"})
    client.post("/account/logout/")
    assert "天河北路" not in client.get("/shop/checkout/", {"buy": form["buy"]}).content.decode()


def test_who_proved_a_phone_is_not_asked_for_it_by_the_page_the_server_sends() -> None:
    listing = limited()
    proved, other = Client(), Client()
    proved.force_login(make_user(phone=PHONE, phone_verified=True))
    other.force_login(make_user("mail@example.com"))
    for _time in range(2):  # The second one comes out of the finished parts.
        pages = [each.get(f"/shop/p/{listing.slug}/").content.decode() for each in (Client(), other, proved)]
        assert ["limit-needs-phone" in page for page in pages] == [True, True, False]
    assert [f'href="{LOGIN}/shop/p/{listing.slug}/"' in page for page in pages] == [True, True, False]
