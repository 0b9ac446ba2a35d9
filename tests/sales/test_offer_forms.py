"""What staff type of offers and coupons: beside its field what is no offer; a change costs no running checkout anything."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils import timezone
from oscar.apps.offer.models import Benefit, Condition, ConditionalOffer
from oscar.apps.voucher.models import Voucher

from shop.sales.models import OfferConsent, Purchase
from shop.sales.operations.funding import answer_consent, withdraw_consent
from tests.api.conftest import program_of
from tests.factories import AT, make_division, make_listing, make_supplier, make_user, spec_of
from tests.sales.offered import asked_to_fund, make_coupon, make_offer, make_range
from tests.sales.test_buying import ADDRESS
from tests.sales.test_funding import form_of

pytestmark = pytest.mark.django_db
DATES = {
    "start_datetime_0": "2027-02-01", "start_datetime_1": "08:00:00",
    "end_datetime_0": "2027-01-31", "end_datetime_1": "08:00:00",
}  # fmt: skip


def errors_of(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 200
    return {name: list(each) for name, each in answer.context["adminform"].form.errors.items()}


def test_an_offer_that_ends_before_it_begins_is_refused_beside_its_end(office: Client) -> None:
    offer = make_offer((Condition.VALUE, 100))
    address = f"/admin/offer/conditionaloffer/{offer.pk}/change/"
    assert errors_of(office.post(address, form_of(offer, **DATES))) == {
        "end_datetime": ["结束时间早于开始时间，请选择更晚的结束时间。"]
    }
    same = DATES | {"end_datetime_0": "2027-02-01"}
    assert set(errors_of(office.post(address, form_of(offer, **same)))) == {"end_datetime"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"type": "Percentage", "value": "100.01"}, "value"),
        ({"type": "Percentage", "value": "0"}, "value"),
        ({"type": "Absolute", "value": "-5"}, "value"),
        ({"type": "Absolute", "value": ""}, "value"),
        ({"type": "Absolute", "value": "1e3"}, "value"),
        ({"type": "Absolute", "value": "5", "max_affected_items": "0"}, "max_affected_items"),
        ({"type": "Absolute", "value": "5", "range": ""}, "range"),
        ({"type": "Multibuy", "value": "5"}, "value"),
        ({"type": "Multibuy", "value": "", "max_affected_items": "2"}, "max_affected_items"),
    ],
)
def test_what_no_offer_gives_is_refused_beside_its_field(office: Client, change: dict[str, str], field: str) -> None:
    facts = {"range": make_range().pk, "max_affected_items": "", **change}
    found = errors_of(office.post("/admin/offer/benefit/add/", facts))
    assert (list(found), len(found[field])) == ([field], 1)
    assert not Benefit.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"type": "Count", "value": "2.5"}, "value"),
        ({"type": "Coverage", "value": "1.01"}, "value"),
        ({"type": "Value", "value": "0"}, "value"),
        ({"type": "Value", "value": "-1"}, "value"),
        ({"type": "Count", "value": ""}, "value"),
        ({"type": "Value", "value": "10", "range": ""}, "range"),
    ],
)
def test_what_no_basket_meets_is_refused_beside_its_field(office: Client, change: dict[str, str], field: str) -> None:
    found = errors_of(office.post("/admin/offer/condition/add/", {"range": make_range().pk, **change}))
    assert (list(found), len(found[field])) == ([field], 1)
    assert not Condition.objects.exists()


def voucher_form(code: str, **changes: Any) -> dict[str, Any]:
    starts = DATES | {"end_datetime_0": "2027-03-01"}
    offer = ConditionalOffer.objects.first() or make_offer(offer_type=ConditionalOffer.VOUCHER)
    return {"name": "见面礼", "code": code, "usage": "Multi-use", "offers": [offer.pk], **starts, **changes}


@pytest.mark.parametrize("code", ["ten", "ＴＥＮ", "T EN", "te\u200bn"])
def test_a_code_in_another_spelling_is_no_other_coupon(office: Client, code: str) -> None:
    """It ended in an error of the database, or made a coupon that nobody could type."""
    make_coupon("TEN", make_offer())
    found = errors_of(office.post("/admin/voucher/voucher/add/", voucher_form(code)))
    assert found == {"code": ["已有别的优惠券使用这个券码。"]}


def test_a_coupon_is_kept_as_buyers_typing_is_read(office: Client) -> None:
    made = office.post("/admin/voucher/voucher/add/", voucher_form("ｈｅ ｑｉａｏ２０"))
    assert made.status_code == 302, errors_of(made)
    assert Voucher.objects.get().code == "HEQIAO20"
    assert set(errors_of(office.post("/admin/voucher/voucher/add/", voucher_form("NEW", name="别的", **DATES)))) == {
        "end_datetime"
    }
    assert "code" in errors_of(office.post("/admin/voucher/voucher/add/", voucher_form("\u200b")))


def test_a_name_nobody_can_see_is_no_name(office: Client) -> None:
    offer = make_offer((Condition.VALUE, 100), name="满减")
    address = f"/admin/offer/conditionaloffer/{offer.pk}/change/"
    assert set(errors_of(office.post(address, form_of(offer, name="\u200b\u3164 ")))) == {"name"}
    assert office.post(address, form_of(offer, name="满\u200b 100\u202e 减 10")).status_code == 302
    assert ConditionalOffer.objects.get().name == "满 100 减 10"


def _shown(client: Client, spec: int) -> tuple[int, dict[str, Any]]:
    page = client.get("/shop/checkout/", {"buy": f"{spec}:1"})
    total = page.context["page"].quote.total_fen
    return total, {**ADDRESS, "key": page.context["key"], "shown": total, "buy": f"{spec}:1"}


def _ends(offer: ConditionalOffer, how: str) -> None:
    consent = OfferConsent.objects.filter(offer=offer).first()
    if how == "suspended":
        ConditionalOffer.objects.filter(pk=offer.pk).update(status="Suspended")
    elif how == "smaller":
        Benefit.objects.filter(pk=offer.benefit_id).update(value=Decimal(2))
    elif how == "used up":
        ConditionalOffer.objects.filter(pk=offer.pk).update(total_discount=offer.max_discount)
    elif consent is not None:
        withdraw_consent(consent_id=consent.pk, actor=None, at=timezone.now())


@pytest.mark.parametrize("how", ["suspended", "smaller", "used up", "withdrawn"])
def test_what_is_charged_is_what_was_seen_or_the_new_total_is_named(how: str) -> None:
    make_division()
    supplier = make_supplier()
    spec = spec_of(make_listing(supplier=supplier, price_fen=8000)).specification_id
    facts = {"end_datetime": timezone.now() + timedelta(days=9), "max_discount": Decimal(100)}
    offer = make_offer((Condition.VALUE, 50), (Benefit.FIXED, 15), supplier=supplier if how == "withdrawn" else None,
                       **facts)  # fmt: skip
    client, me = Client(), program_of(make_user("zhou@example.cn", name="周敏"))
    seen, form = _shown(client, spec)
    address = {"name": "周敏", "phone": "138 0000 2046", "division": "440106", "street": "龙口西路 8 号"}
    assert me.post("/basket", {"specification_id": spec, "quantity": 1}).data["discount"] == "15.00"
    quote = me.post("/checkout/quote", {"address": address}).data
    assert quote["discount"] == "15.00"
    _ends(offer, how)
    refused = client.post("/shop/checkout/", form)
    now = seen + (1300 if how == "smaller" else 1500)
    assert (refused.status_code, refused.context["page"].quote.total_fen) == (409, now)
    text = refused.content.decode()
    assert f"¥{now / 100:.2f}" in text
    answer = me.post("/purchases", {"address": address, "total": quote["total"]}, key="p1")
    assert (answer.status_code, answer.data["code"]) == (409, "basket_changed")
    assert answer.data["details"] == {"total": f"{float(quote['total']) + (now - seen) / 100:.2f}"}
    assert not Purchase.objects.exists()
    assert client.post("/shop/checkout/", form | {"shown": now, "key": refused.context["key"]}).status_code == 302
    assert Purchase.objects.get().total_fen == now


def test_an_offer_without_its_suppliers_consent_takes_nothing_off_a_basket(client: Client) -> None:
    make_division()
    supplier = make_supplier()
    consent = asked_to_fund(supplier)
    spec = spec_of(make_listing(supplier=supplier, price_fen=8000)).specification_id
    client.post("/shop/basket/add/", {"spec": spec, "quantity": 1})
    assert client.get("/shop/checkout/").context["page"].quote.discount_fen == 0
    answer_consent(consent_id=consent.pk, agree=True, actor=None, at=AT)


def test_an_amount_for_each_piece_and_one_for_the_basket_read_differently(office: Client) -> None:
    make_offer((Condition.VALUE, 200), (Benefit.FIXED, 50))
    make_offer((Condition.VALUE, 200), (Benefit.FIXED_UNIT, 50), most_pieces=2)
    for path in ("/admin/offer/conditionaloffer/add/", "/admin/offer/benefit/"):
        page = office.get(path).content.decode()
        assert (page.count("：减 ¥50.00"), page.count("：每件减 ¥50.00")) == (1, 1)


def test_the_list_names_whom_offers_are_for_and_no_kind_that_the_shop_has_not(office: Client) -> None:
    make_coupon("TEN", make_offer())
    make_offer()
    page = office.get("/admin/offer/conditionaloffer/").content.decode()
    assert ('field-kind">凭优惠券<' in page, 'field-kind">所有买家<' in page) == (True, True)
    for word in ("用户优惠", "会话优惠", "全站优惠"):
        assert word not in page
    # On a phone the columns scroll beside the name.
    assert ("back-office/lists.css" in page, finders.find("back-office/lists.css") is not None) == (True, True)
