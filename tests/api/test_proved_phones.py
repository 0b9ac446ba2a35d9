"""By API, too, what each customer has once is for who proved a phone, and a key stands for one content."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from oscar.apps.offer.models import Benefit, Condition
from oscar.apps.voucher.models import Voucher

from shop.core.models import FirstAnswer
from shop.sales.models import Purchase
from tests.factories import make_division, make_listing, make_user, spec_of
from tests.sales.offered import make_coupon, make_offer

from .conftest import program_of

pytestmark = pytest.mark.django_db
PHONE = "+8613800002046"
ADDRESS = {"name": "周敏", "phone": "13800002046", "division": "440106", "street": "龙口西路 8 号"}


def bought(**facts: Any) -> dict[str, Any]:
    make_division()
    spec = spec_of(make_listing(stock=9, price_fen=3280, **facts)).specification_id
    return {"buy": {"specification_id": spec, "quantity": 1}, "address": ADDRESS}


def test_a_coupon_for_once_tells_an_unproved_account_nothing_of_a_typed_phone() -> None:
    now = timezone.now()
    dates = {"start_datetime": now - timedelta(days=1), "end_datetime": now + timedelta(days=1)}
    offer = make_offer((Condition.VALUE, 0), (Benefit.FIXED, 10))
    make_coupon("ONCE", offer, usage=Voucher.ONCE_PER_CUSTOMER, **dates)
    asked = bought() | {"coupon": "ONCE"}
    stranger, owner = program_of(make_user()), program_of(make_user(phone=PHONE, phone_verified=True))
    said = []
    for turn in ("before", "after"):
        quote = stranger.post("/checkout/quote", asked).data
        refused = stranger.post("/purchases", asked, key=turn)
        said.append((quote["coupon_error"], quote["can_order"], refused.status_code, refused.data["code"]))
        if turn == "before":
            assert owner.post("/purchases", asked, key="owner").status_code == 201
    assert said[0] == said[1]
    assert said[0][1:] == (False, 422, "phone_unproved")
    again = owner.post("/purchases", asked, key="again")
    assert (again.status_code, again.data["code"]) == (422, "coupon")
    assert Purchase.objects.count() == 1


def test_limited_goods_are_for_who_proved_a_phone() -> None:
    asked = bought(purchase_limit=1)
    stranger, owner = program_of(make_user()), program_of(make_user(phone=PHONE, phone_verified=True))
    refused = stranger.post("/purchases", asked, key="a")
    assert (refused.status_code, refused.data["code"]) == (409, "phone_unproved")
    assert owner.post("/purchases", asked, key="a").status_code == 201
    assert owner.post("/purchases", asked, key="b").data["code"] == "over_limit"


def test_a_key_whose_answer_is_kept_no_more_still_stands_for_its_content() -> None:
    asked, buyer = bought(), program_of(make_user(phone=PHONE, phone_verified=True))
    first = buyer.post("/purchases", asked, key="k").data["number"]
    FirstAnswer.objects.all().delete()
    assert buyer.post("/purchases", asked, key="k").data["number"] == first
    for other in (
        {"invoice": {"kind": "person", "title": "周敏", "email": "zhou@example.cn"}},
        {"notes": {"1": "请放门口"}},
        {"coupon": "TEN"},
    ):
        FirstAnswer.objects.all().delete()
        refused = buyer.post("/purchases", asked | other, key="k")
        assert refused.status_code in {409, 422}
    assert Purchase.objects.count() == 1
