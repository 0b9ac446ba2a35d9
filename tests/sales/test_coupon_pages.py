"""Coupons at basket and checkout: known however they are typed, dropped where they can't be used."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from oscar.apps.offer.models import Benefit, Condition
from oscar.apps.voucher.models import Voucher

from shop.sales.models import OrderFacts, Purchase
from shop.sales.operations.closing import cancel_order
from tests.api.conftest import program_of
from tests.factories import make_division, make_freight, make_listing, make_supplier, make_user, spec_of
from tests.sales.offered import make_coupon, make_offer
from tests.sales.test_buying import add, order

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _place() -> None:
    make_division()


def ten_off(code: str, **fields: Any) -> None:
    now = timezone.now()
    dates = {"start_datetime": now - timedelta(days=1), "end_datetime": now + timedelta(days=1)}
    make_coupon(code, make_offer((Condition.VALUE, 0), (Benefit.FIXED, 10)), **dates, **fields)


def test_a_coupon_for_once_asks_a_guest_to_prove_the_phone_and_says_nothing_of_any() -> None:
    ten_off("ONCE", usage=Voucher.ONCE_PER_CUSTOMER)
    pomelo = make_listing(price_fen=3280)
    spec = pomelo.specifications.get().pk
    owner = make_user(phone="+8613800002046", phone_verified=True)
    said = []
    for turn in ("before", "after"):
        guest = Client()
        refused = order(guest, buy=f"{spec}:2", coupon="once")
        text = refused.content.decode()
        said.append((refused.status_code, refused.context["page"].coupon_error, "用过" in text, "prove-phone" in text))
        assert refused.context["page"].quote.total_fen == 6560
        proves = order(guest, buy=f"{spec}:2", coupon="once", prove="1").headers["Location"]
        assert (f"buy%3D{spec}%253A2" in proves, "coupon%3Donce" in proves) == (True, True)
        if turn == "before":
            signed = Client()
            signed.force_login(owner)
            assert order(signed, buy=f"{spec}:2", coupon="once").status_code == 302
    assert said == [(422, "优惠券 ONCE：每位顾客限量。请用手机号登录后使用。", False, True)] * 2
    again = Client()
    again.force_login(owner)
    used = order(again, buy=f"{spec}:2", coupon="once")
    assert (used.status_code, "用过" in used.content.decode()) == (422, True)
    assert list(Purchase.objects.values_list("total_fen", flat=True)) == [5560]


def test_limited_goods_ask_a_guest_to_prove_the_phone_before_anything_is_typed() -> None:
    pomelo = make_listing(price_fen=3280, purchase_limit=2)
    buy = f"{pomelo.specifications.get().pk}:1"
    page = Client().get("/shop/checkout/", {"buy": buy})
    assert 'data-testid="prove-phone-link"' in page.content.decode()
    refused = order(Client(), buy=buy)
    assert (refused.status_code, Purchase.objects.count()) == (409, 0)
    signed = Client()
    signed.force_login(make_user(phone="+8613800002046", phone_verified=True))
    assert order(signed, buy=buy).status_code == 302


@pytest.mark.parametrize(
    "typed", ["ＨＥＱＩＡＯ１０", "heqiao10\u200b", "\ufeffHEQIAO10", " HeQiao 10", "HEQ\u200dIAO10\u3000"]
)
def test_a_coupon_is_known_however_it_is_typed(typed: str) -> None:
    ten_off("HEQIAO10")
    client, pomelo = Client(), make_listing(price_fen=3280)
    add(client, pomelo)
    for page in ("/shop/basket/", "/shop/checkout/"):
        answer = client.get(page, {"coupon": typed})
        assert answer.status_code == 200
        assert (answer.context["page"].coupon_error, answer.context["page"].coupon_code) == ("", "HEQIAO10")
        assert answer.context["page"].quote.discount_fen == 1000
    assert order(client, coupon=typed).status_code == 302
    assert Purchase.objects.get().coupon_code == "HEQIAO10"


def test_the_end_of_a_payment_counts_only_orders_that_stand() -> None:
    client = Client()
    for listing in (make_listing(price_fen=3280), make_listing(price_fen=4000)):
        add(client, listing)
    paid = order(client)["Location"]
    client.post(paid, {"method": "demo"})
    client.post(f"{paid}demo/", {"outcome": "paid"})
    assert "2 个订单已交给合作社" in client.get(f"{paid}done/").content.decode()
    first, second = OrderFacts.objects.order_by("pk")
    cancel_order(order_id=first.pk, actor=None, at=timezone.now())
    assert "1 个订单已交给合作社" in client.get(f"{paid}done/").content.decode()
    cancel_order(order_id=second.pk, actor=None, at=timezone.now())
    text = client.get(f"{paid}done/").content.decode()
    assert "已交给合作社" not in text
    assert "付好了" not in text
    assert 'data-testid="all-cancelled"' in text


def three_dear_and_a_cheap() -> tuple[int, int]:
    """Open "of three the cheapest free"; return the specifications of a dear product and of a cheap one."""
    make_offer((Condition.COUNT, 3), (Benefit.MULTIBUY, None), name="满 3 件最低价免费")
    supplier = make_supplier()
    make_freight(supplier)
    dear, cheap = (make_listing(supplier=supplier, price_fen=price, stock=50) for price in (3000, 100))
    return spec_of(dear).specification_id, spec_of(cheap).specification_id


def test_a_cheap_fourth_piece_costs_itself_at_the_checkout() -> None:
    """It used to be the free one itself, so that the third of the dear ones was charged."""
    dear, cheap = three_dear_and_a_cheap()
    client = Client()
    client.post("/shop/basket/add/", {"spec": dear, "quantity": 3})
    three = client.get("/shop/checkout/").context["page"].quote
    assert (three.goods_fen, three.discount_fen) == (9000, 3000)
    client.post("/shop/basket/add/", {"spec": cheap, "quantity": 1})
    quote = client.get("/shop/checkout/").context["page"].quote
    assert (quote.goods_fen, quote.discount_fen) == (9100, 3000)
    assert "−¥30.00" in client.get("/shop/basket/").content.decode()
    assert order(client).status_code == 302
    assert Purchase.objects.values_list("goods_fen", "discount_fen").get() == (9100, 3000)


def test_a_cheap_fourth_piece_costs_itself_for_programs() -> None:
    dear, cheap = three_dear_and_a_cheap()
    me = program_of(make_user("zhou@example.cn", name="周敏"))
    me.post("/basket", {"specification_id": dear, "quantity": 3})
    basket = me.post("/basket", {"specification_id": cheap, "quantity": 1}).data
    assert (basket["goods"], basket["discount"]) == ("91.00", "30.00")
    assert [(each["name"], each["amount"]) for each in basket["offers"]] == [("满 3 件最低价免费", "30.00")]
    address = {"name": "周敏", "phone": "138 0000 2046", "division": "440106", "street": "龙口西路 8 号"}
    quote = me.post("/checkout/quote", {"address": address}).data
    assert (quote["goods"], quote["discount"]) == ("91.00", "30.00")
    assert me.post("/purchases", {"address": address, "total": quote["total"]}, key="p1").status_code == 201
