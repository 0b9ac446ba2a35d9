"""From the basket to the cashier, as a browser sends it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from oscar.apps.basket.models import Basket, Line

from catalog.models import Listing, Stock
from catalog.states import ListingState
from shop.core import outbox
from shop.sales.models import OrderFacts, Payment, Purchase
from tests.factories import make_address, make_division, make_freight, make_listing, make_supplier, make_user, spec_of
from tests.sales.test_pricing import make_offer

pytestmark = pytest.mark.django_db

ADDRESS = {
    "address": "new",
    "name": "周敏",
    "phone": "138 0000 2046",
    "province": "44",
    "city": "4401",
    "division": "440106",
    "street": "龙口西路 8 号 1202",
}


@pytest.fixture(autouse=True)
def _place() -> None:
    make_division()


def add(client: Client, listing: Listing, quantity: Any = 1, **fields: Any) -> Any:
    spec = spec_of(listing).specification_id
    return client.post("/shop/basket/add/", {"spec": spec, "quantity": quantity, **fields})


def add_json(client: Client, spec: Any, quantity: Any) -> Any:
    return client.post(
        "/shop/basket/add/", {"spec": spec, "quantity": quantity}, headers={"Accept": "application/json"}
    )


def order(client: Client, **fields: Any) -> Any:
    page = client.get("/shop/checkout/", {key: fields[key] for key in ("s", "buy", "coupon") if key in fields})
    context = page.context
    total = context["page"].quote.total_fen
    return client.post("/shop/checkout/", {"key": context["key"], "shown": total, **ADDRESS, **fields})


def test_a_guest_buys_from_two_suppliers_in_one_checkout_and_pays() -> None:
    client = Client()
    pomelo, tea = make_listing(price_fen=3280), make_listing("英红", price_fen=8600)
    assert add(client, pomelo, 2).status_code == 302
    assert add(client, tea).status_code == 302
    placed = order(client)
    assert placed.status_code == 302
    purchase = Purchase.objects.get()
    assert placed["Location"] == f"/pay/{purchase.number}/"
    assert (purchase.total_fen, purchase.contact_phone, purchase.user) == (15160, "+8613800002046", None)
    assert client.cookies["hq_guest"]["httponly"]
    cashier = client.get(placed["Location"])
    assert cashier.status_code == 200
    assert 'data-testid="method-demo"' in cashier.content.decode()
    chosen = client.post(placed["Location"], {"method": "demo"})
    assert chosen["Location"] == f"/pay/{purchase.number}/demo/"
    assert client.post(chosen["Location"], {"outcome": "paid"}).status_code == 302
    done = client.get(placed["Location"], follow=True)
    assert done.redirect_chain == [(f"/pay/{purchase.number}/done/", 302)]
    assert done.content.decode().count('data-testid="order-made"') == 2
    assert set(OrderFacts.objects.values_list("state", flat=True)) == {"to_ship"}
    assert client.get("/shop/me/").json()["basket_count"] == 0


@pytest.mark.parametrize(
    ("quantity", "status"),
    [("0", 422), ("-1", 422), ("1.5", 422), ("viel", 422), ("", 422), ("51", 422), ("1000000", 422)],
)
def test_a_wrong_number_of_pieces_is_refused_in_words(quantity: str, status: int) -> None:
    client = Client()
    spec = spec_of(make_listing(stock=50)).specification_id
    answer = add_json(client, spec, quantity)
    assert (answer.status_code, bool(answer.json()["message"])) == (status, True)
    assert Line.objects.count() == 0


@pytest.mark.parametrize("spec", ["0", "999999", "x", "-1", "", "99999999999999999999"])
def test_an_unknown_specification_is_refused_in_words(spec: str) -> None:
    answer = add_json(Client(), spec, 1)
    assert answer.status_code in (409, 422)
    assert answer.json()["message"]


def test_a_refusal_without_scripts_is_a_page_with_the_way_back() -> None:
    listing = make_listing(stock=2)
    answer = add(Client(), listing, 3)
    assert answer.status_code == 422
    assert 'data-testid="refusal-back"' in answer.content.decode()


def test_buying_now_leaves_the_basket_as_it_is() -> None:
    client = Client()
    pomelo, tea = make_listing(price_fen=3280), make_listing("英红", price_fen=8600)
    add(client, pomelo, 2)
    gone = add(client, tea, 3, buy_now="1")
    buy = f"{spec_of(tea).specification_id}:3"
    assert gone["Location"].rpartition("&once=")[0] == f"/shop/checkout/?buy={buy}"
    assert order(client, buy=buy).status_code == 302
    assert Purchase.objects.get().goods_fen == 25800
    assert client.get("/shop/me/").json()["basket_count"] == 2


def test_lines_not_chosen_wait_in_the_basket() -> None:
    client = Client()
    pomelo, tea = make_listing(price_fen=3280), make_listing("英红", price_fen=8600)
    add(client, pomelo, 2)
    add(client, tea)
    assert order(client, s=spec_of(tea).specification_id).status_code == 302
    assert Purchase.objects.get().goods_fen == 8600
    assert client.get("/shop/me/").json()["basket_count"] == 2
    assert Basket.objects.filter(status="Open").count() == 1


def test_a_double_click_is_one_purchase() -> None:
    client = Client()
    pomelo = make_listing(stock=2)
    add(client, pomelo, 2)
    page = client.get("/shop/checkout/")
    sent = {"key": page.context["key"], "shown": page.context["page"].quote.total_fen, **ADDRESS}
    first, second = (client.post("/shop/checkout/", sent) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Purchase.objects.count() == 1


def test_a_double_click_on_buying_the_last_pieces_now_is_one_purchase() -> None:
    client = Client()
    buy = f"{spec_of(make_listing(stock=2)).specification_id}:2"
    page = client.get("/shop/checkout/", {"buy": buy})
    sent = {"key": page.context["key"], "buy": buy, "shown": page.context["page"].quote.total_fen, **ADDRESS}
    first, second = (client.post("/shop/checkout/", sent) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Purchase.objects.count() == 1


def test_what_was_typed_is_kept_when_something_is_wrong() -> None:
    client = Client()
    add(client, make_listing())
    answer = order(
        client, phone="1380 204", street="龙口西路", invoice="company", invoice_title="某中学", invoice_tax_no="123"
    )
    html = answer.content.decode()
    assert answer.status_code == 422
    assert all(f'value="{kept}"' in html for kept in ("周敏", "1380 204", "龙口西路", "某中学", "123"))
    assert 'id="id_phone-error"' in html
    assert 'id="id_invoice_tax_no-error"' in html
    assert Purchase.objects.count() == 0


def test_a_price_that_changed_since_it_was_shown_is_not_charged_silently() -> None:
    client = Client()
    pomelo = make_listing(price_fen=3280)
    add(client, pomelo)
    page = client.get("/shop/checkout/")
    pomelo.specifications.update(price_fen=3580)
    sent = {"key": page.context["key"], "shown": page.context["page"].quote.total_fen, **ADDRESS}
    refused = client.post("/shop/checkout/", sent)
    assert (refused.status_code, Purchase.objects.count()) == (409, 0)
    again = client.post("/shop/checkout/", sent | {"shown": refused.context["page"].quote.total_fen})
    assert again.status_code == 302
    assert Purchase.objects.get().total_fen == 3580


def test_a_product_withdrawn_while_in_the_basket_says_so() -> None:
    client = Client()
    pomelo, tea = make_listing(), make_listing("英红")
    add(client, pomelo)
    add(client, tea)
    Listing.objects.filter(pk=tea.pk).update(state=ListingState.WITHDRAWN)
    basket = client.get("/shop/basket/")
    assert 'data-code="withdrawn"' in basket.content.decode()
    assert [
        line.name for line in basket.context["page"].quote.lines and basket.context["page"].lines if line.chosen
    ] == [pomelo.name_zh]
    chosen = [spec_of(pomelo).specification_id, spec_of(tea).specification_id]
    refused = order(client, s=chosen)
    assert (refused.status_code, Purchase.objects.count()) == (409, 0)
    assert "英红" in refused.content.decode()


def test_fewer_left_than_in_the_basket_offers_what_is_left() -> None:
    client = Client()
    pomelo = make_listing(stock=5)
    add(client, pomelo, 4)
    Stock.objects.update(on_hand=3)
    html = client.get("/shop/basket/").content.decode()
    assert 'data-code="fewer_left"' in html
    assert 'data-testid="take-fewer"' in html
    spec = spec_of(pomelo).specification_id
    assert client.post("/shop/basket/update/", {"spec": spec, "quantity": 3}).status_code == 302
    assert 'data-code="fewer_left"' not in client.get("/shop/basket/").content.decode()


def test_sold_out_between_the_look_and_the_order_is_a_polite_409() -> None:
    client = Client()
    pomelo = make_listing(stock=1)
    add(client, pomelo)
    page = client.get("/shop/checkout/")
    Stock.objects.update(on_hand=0)
    sent = {"key": page.context["key"], "s": spec_of(pomelo).specification_id, **ADDRESS}
    refused = client.post("/shop/checkout/", sent)
    assert refused.status_code == 409
    assert 'data-testid="checkout-error"' in refused.content.decode()
    assert 'value="周敏"' in refused.content.decode()


def test_a_place_that_is_not_served_is_said_beside_the_address() -> None:
    client = Client()
    supplier = make_supplier()
    make_freight(supplier, {"storage_class": "ambient", "division_prefix": "45", "first_fen": 600})
    add(client, make_listing(supplier=supplier))
    refused = order(client)
    assert refused.status_code == 422
    assert 'id="division-error"' in refused.content.decode()


def test_a_session_that_expired_at_the_checkout_loses_nothing() -> None:
    user = make_user()
    client = Client()
    client.force_login(user)
    add(client, make_listing())
    page = client.get("/shop/checkout/")
    client.cookies.pop("sessionid")
    answer = client.post("/shop/checkout/", {"key": page.context["key"], "as_user": "1", **ADDRESS})
    assert answer.status_code == 409
    assert 'value="龙口西路 8 号 1202"' in answer.content.decode()
    assert Line.objects.filter(basket__owner=user).count() == 1


def test_freight_follows_the_address_before_anything_is_placed() -> None:
    client = Client()
    supplier = make_supplier()
    make_freight(supplier, {"storage_class": "ambient", "first_fen": 600, "step_fen": 200})
    add(client, make_listing(supplier=supplier, price_fen=3280))
    answer = client.post("/shop/checkout/quote/", ADDRESS | {"phone": "", "name": ""})
    assert answer.status_code == 200
    # 2.8 kg: the first kilogram 6 元, two further ones begun.
    assert answer.context["page"].quote.freight_fen == 1000
    assert "¥10.00" in answer.content.decode()


def test_a_coupon_that_is_refused_says_why_beside_its_field() -> None:
    client = Client()
    add(client, make_listing())
    answer = client.get("/shop/basket/", {"coupon": "NOPE"})
    assert answer.status_code == 422
    assert 'id="coupon-error"' in answer.content.decode()
    assert order(client, coupon="NOPE").status_code == 422


def test_an_offer_is_taken_off_and_booked() -> None:
    make_offer("10.00", "50.00")
    client = Client()
    add(client, make_listing(price_fen=3280), 2)
    assert order(client).status_code == 302
    purchase = Purchase.objects.get()
    assert (purchase.goods_fen, purchase.discount_fen, purchase.total_fen) == (6560, 1000, 5560)


def test_nobody_else_opens_a_purchase() -> None:
    client, other = Client(), Client()
    add(client, make_listing())
    address = order(client)["Location"]
    assert other.get(address).status_code == 404
    assert other.post(f"{address}cancel/").status_code == 404
    assert other.get(f"{address}status/").status_code == 404
    other.force_login(make_user())
    assert other.get(address).status_code == 404


def test_an_expired_purchase_says_so_and_fills_the_basket_again() -> None:
    client = Client()
    pomelo = make_listing(stock=5)
    add(client, pomelo, 2)
    address = order(client)["Location"]
    Purchase.objects.update(pay_by=timezone.now() - timedelta(seconds=1))
    html = client.get(address).content.decode()
    assert 'data-testid="purchase-closed"' in html
    assert Purchase.objects.get().state == "expired"
    assert Stock.objects.get().reserved == 0
    assert client.post(f"{address}again/")["Location"] == "/shop/basket/"
    assert client.get("/shop/me/").json()["basket_count"] == 2


def test_a_payment_that_fails_can_be_tried_again() -> None:
    client = Client()
    add(client, make_listing())
    address = order(client)["Location"]
    client.post(f"{address}demo/", {"outcome": "fail"})
    assert 'data-testid="payment-failed"' in client.get(address).content.decode()
    client.post(f"{address}demo/", {"outcome": "paid"})
    assert client.get(address, follow=True).status_code == 200
    assert list(Payment.objects.order_by("pk").values_list("state", flat=True)) == ["failed", "succeeded"]


def test_the_cashier_waits_for_a_provider_that_thinks() -> None:
    client = Client()
    add(client, make_listing())
    address = order(client)["Location"]
    client.post(f"{address}demo/", {"outcome": "slow"})
    assert 'data-testid="checking"' in client.get(address).content.decode()
    assert client.get(f"{address}status/").json() == {"state": "checking"}
    outbox.drain(at=timezone.now() + timedelta(seconds=5))
    assert client.get(f"{address}status/").json() == {"state": "paid"}


def test_a_bank_transfer_keeps_the_goods_for_three_days() -> None:
    client = Client()
    add(client, make_listing())
    address = order(client)["Location"]
    assert client.post(address, {"method": "transfer"})["Location"] == f"{address}transfer/"
    html = client.get(f"{address}transfer/").content.decode()
    purchase = Purchase.objects.get()
    assert Payment.objects.get().provider_ref in html
    assert purchase.pay_by == purchase.placed_at + timedelta(days=3)


def test_paying_twice_from_two_tabs_takes_the_money_once() -> None:
    client = Client()
    add(client, make_listing())
    address = order(client)["Location"]
    for _ in range(2):
        assert client.post(f"{address}demo/", {"outcome": "paid"}).status_code == 302
    assert Payment.objects.filter(state="succeeded").count() == 1
    assert client.get(address)["Location"] == f"{address}done/"


def test_the_guest_basket_joins_the_persons_at_login_exactly_once() -> None:
    user = make_user()
    pomelo, tea = make_listing(stock=50), make_listing("英红", stock=50)
    client = Client()
    client.force_login(user)
    add(client, pomelo, 2)
    guest = Client()
    add(guest, pomelo, 3)
    add(guest, tea, 1)
    for _ in range(2):
        guest.post("/account/login/", {"way": "password", "login": user.email, "password": "orchard-2026"})
    held = dict(
        Line.objects.filter(basket__owner=user, basket__status="Open").values_list("product__title", "quantity")
    )
    assert held == {pomelo.name_zh: 5, "英红": 1}


def test_the_cashier_speaks_the_language_of_the_checkout() -> None:
    client = Client()
    add(client, make_listing())
    page = client.get("/en/shop/checkout/")
    sent = {"key": page.context["key"], "shown": page.context["page"].quote.total_fen, **ADDRESS}
    address = client.post("/en/shop/checkout/", sent)["Location"]
    assert "Demo cashier" in client.get(address).content.decode()
    assert "演示收银台" in client.get(f"{address}?lang=zh-hans").content.decode()


def test_queries_are_bounded(django_assert_max_num_queries: Any) -> None:
    user = make_user()
    make_address(user)
    client = Client()
    client.force_login(user)
    listings = [make_listing(supplier=make_supplier()) for _ in range(3)]
    specs = [spec_of(listing).specification_id for listing in listings]
    add(client, make_listing(stock=1))
    Line.objects.all().delete()
    for spec in specs:
        with django_assert_max_num_queries(10):
            add_json(client, spec, 1)
    with django_assert_max_num_queries(10):
        client.get("/shop/basket/")
    with django_assert_max_num_queries(14):
        page = client.get("/shop/checkout/")
    address = page.context["book"][0].pk
    sent = {"key": page.context["key"], "shown": page.context["page"].quote.total_fen, "address": address}
    with django_assert_max_num_queries(20):
        assert client.post("/shop/checkout/", sent).status_code == 302


def test_thirty_lines_cost_what_one_costs(django_assert_max_num_queries: Any) -> None:
    user = make_user()
    client = Client()
    client.force_login(user)
    for _ in range(30):
        add(client, make_listing())
    with django_assert_max_num_queries(10):
        client.get("/shop/basket/")
    with django_assert_max_num_queries(14):
        client.get("/shop/checkout/")
