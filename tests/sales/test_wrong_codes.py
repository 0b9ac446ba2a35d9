"""A code that was typed wrong too often says so, and leads back to where a new one is asked for; so does an odd coupon."""

from typing import Any

import pytest
from django.test import Client

from shop.core.errors import InvalidInput
from shop.sales.models import Purchase
from shop.sales.offers import find_coupon
from tests.factories import AT, make_listing, make_user, spec_of
from tests.sales.offered import make_coupon, make_offer
from tests.sales.selling import paid
from tests.sales.test_checkout_keys import filled
from tests.sales.test_guest_access import codes, finds
from tests.sales.test_guest_cookies import buys, signs_in

pytestmark = pytest.mark.django_db
__all__ = ["codes"]
GONE = "验证码已用过或过期了"


def wrong_until_gone(client: Client, code: str) -> str:
    wrong = "000000" if code != "000000" else "111111"
    answers = [client.post("/account/code/", {"code": wrong}) for _n in range(6)]
    assert {answer.status_code for answer in answers} == {422}
    return answers[-1].content.decode()


@pytest.mark.parametrize("then", ["look", "send again"])
def test_a_claim_by_a_wrong_code_says_so_and_leads_back_to_ones_orders(codes: Any, then: str) -> None:
    browser = Client()
    bought = buys(browser)
    signs_in(browser, make_user(phone="+8613900000009", phone_verified=True))
    browser.post(f"/account/orders/bought-here/{bought.number}/")
    wrong_until_gone(browser, codes[-1][1])
    again = "/account/code/" if then == "look" else "/account/code/again/"
    answer = browser.get(again, follow=True) if then == "look" else browser.post(again, follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain[-1][0] == "/account/orders/"
    assert (GONE in page, 'data-testid="bought-here"' in page) == (True, True)
    assert Purchase.objects.get().user is None


def test_a_found_order_whose_code_is_gone_is_led_back_to(codes: Any) -> None:
    order = paid((make_listing(stock=9), 1), token="c" * 43)
    client = Client()
    finds(client, order)
    client.post(f"/account/orders/found/{order.order.number}/code/")
    wrong_until_gone(client, codes[-1][1])
    answer = client.get("/account/code/", follow=True)
    assert answer.redirect_chain[-1][0] == "/account/orders/found/"
    assert GONE in answer.content.decode()


def test_a_code_of_ones_own_security_still_leads_there() -> None:
    client = Client()
    client.force_login(make_user())
    answer = client.get("/account/code/", follow=True)
    assert (answer.redirect_chain[-1][0], GONE in answer.content.decode()) == ("/account/security/", True)


@pytest.mark.parametrize("typed", ["A" * 41, "A" * 500, "优惠", "A_B", "-A", "TEN%"])
def test_what_can_be_no_coupons_code_is_said_to_be_none_and_kept_whole(typed: str) -> None:
    make_coupon("A" * 40, make_offer())
    with pytest.raises(InvalidInput) as refused:
        find_coupon(typed, at=AT)
    assert (refused.value.code, refused.value.field) == ("coupon_unknown", "coupon")
    assert "最多 40 个字符" in str(refused.value.message)
    client = Client()
    sent = filled(client, f"{spec_of(make_listing(stock=9)).specification_id}:1", coupon="")
    answer = client.post("/shop/checkout/", sent | {"coupon": typed})
    assert (answer.status_code, f'value="{typed}"' in answer.content.decode()) == (422, True)
    assert Purchase.objects.count() == 0


def test_a_code_that_nobody_made_is_unknown() -> None:
    with pytest.raises(InvalidInput) as refused:
        find_coupon("NOBODY", at=AT)
    assert "没有这张优惠券" in str(refused.value.message)
