"""Carriers are a list with dates: chosen while they are in force, with numbers of their own or without."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from shop.accounts.models import Message
from shop.accounts.operations.groups import ensure_groups, give_role
from shop.accounts.roles import PLATFORM_ADMIN
from shop.core import outbox
from shop.core.errors import InvalidInput
from shop.sales.models import Carrier, Shipment
from shop.sales.operations.shipping import Parcel, ship_order
from shop.sales.operations.tracking import correct_tracking
from shop.sales.queries.carriers import carrier_name, carriers_of
from shop.sales.rules import is_number_pattern
from tests.api.conftest import program_of
from tests.factories import AT, make_listing, make_supplier, make_user
from tests.sales.selling import lines_of, paid

pytestmark = pytest.mark.django_db
SF = "SF1234567890123"


@pytest.fixture
def that_day(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)


@pytest.fixture
def member():
    return make_user()


@pytest.fixture
def supplier(member):
    return make_supplier(member=member)


def signed_in(user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def sold(supplier, pieces=4):
    return paid((make_listing(supplier=supplier, stock=50), pieces))


def sent(order, carrier, number, pieces, nth=None):
    parcel = Parcel(carrier, number, {lines_of(order)[0].pk: pieces}, nth=nth)
    return ship_order(order_id=order.pk, parcel=parcel, actor=None, at=AT)


def test_every_carrier_has_an_example_that_fits_and_does_not_take_any_number():
    with_numbers = [each for each in carriers_of(AT) if each.takes_number]
    assert [(each.code, each.fits(each.example), each.fits("12")) for each in with_numbers] == [
        (code, True, False) for code in ("sf", "zto", "yto", "yunda", "ems", "jd", "jt", "sto", "deppon")
    ]
    assert [each.code for each in carriers_of(AT) if not each.takes_number] == ["own"]


def test_a_parcel_of_ones_own_gets_the_orders_number_and_twice_is_once(supplier):
    order = sold(supplier)
    with pytest.raises(InvalidInput) as refused:
        sent(order, "own", "SF123", 1, nth=1)
    assert (refused.value.code, refused.value.field) == ("number_unwanted", "tracking_no")
    first = sent(order, "own", "", 1, nth=1)
    assert first.tracking_no == f"{order.order.number}-1"
    assert sent(order, "own", "", 1, nth=1).pk == first.pk
    with pytest.raises(InvalidInput, match=r"另一个包裹|another parcel") as refused:
        sent(order, "own", "", 2, nth=1)
    assert refused.value.code == "number_used"
    assert sent(order, "own", "", 3).tracking_no == f"{order.order.number}-2"
    assert Shipment.objects.filter(order=order).count() == 2


@pytest.mark.parametrize("nth", [1, 3])
def test_a_page_that_does_not_know_of_another_parcel_sends_nothing(supplier, nth):
    order = sold(supplier)
    sent(order, "sf", SF, 1)
    with pytest.raises(InvalidInput) as refused:
        sent(order, "own", "", 3, nth=nth)
    assert (refused.value.code, refused.value.field) == ("parcels_changed", "pieces")
    assert Shipment.objects.filter(order=order).count() == 1


def test_a_carrier_is_chosen_in_its_time_and_its_parcels_keep_its_name(supplier):
    Carrier.objects.filter(code="sf").update(valid_until=AT.date() - timedelta(days=1))
    cache.clear()
    order = sold(supplier)
    with pytest.raises(InvalidInput) as refused:
        sent(order, "sf", SF, 1)
    assert refused.value.code == "carrier_unknown"
    assert (carrier_name("sf", AT), carrier_name("gone", AT)) == ("顺丰速运", "gone")


def test_digits_of_a_parcel_are_put_right_after_its_carrier_ended(supplier):
    shipment = sent(sold(supplier), "sf", SF, 1)
    Carrier.objects.filter(code="sf").update(valid_until=AT.date())
    cache.clear()
    later = {"reason": "两位数字写反了", "actor": None, "at": AT + timedelta(days=2)}
    right = correct_tracking(shipment_id=shipment.pk, carrier="sf", tracking_no="SF1234567890132", **later)
    assert right.tracking_no == "SF1234567890132"
    assert correct_tracking(shipment_id=shipment.pk, carrier="own", tracking_no="", **later).tracking_no == (
        f"{shipment.order.order.number}-1"
    )


def test_a_later_row_replaces_what_numbers_look_like():
    row = Carrier.objects.get(code="sf")
    row.pk, row.valid_from, row.number_pattern, row.example = None, AT.date() + timedelta(days=1), r"S\d{3}", "S123"
    row.save()
    cache.clear()
    today, tomorrow = (
        next(each for each in carriers_of(day) if each.code == "sf") for day in (AT, AT + timedelta(days=1))
    )
    assert [(each.fits(SF), each.fits("S123")) for each in (today, tomorrow)] == [(True, False), (False, True)]


@pytest.mark.parametrize(
    ("pattern", "is_one"),
    [
        (r"SF\d{12,13}", True),
        (r"(YT)?\d{12,15}", True),
        (r"[A-Z]{2}\d{9}[A-Z]{2}|\d{13}", True),
        (r"(\d+)+", False),
        (r"\d{1,9}{1,9}", False),
        (r"([A-Z]{1,9}){1,9}", False),
        (".*", False),
        ("[Z-A]", False),
        (r"\d{9,2}", False),
        ("", False),
    ],
)
def test_what_may_be_said_of_numbers(pattern, is_one):
    assert is_number_pattern(pattern) is is_one


@given(st.text(alphabet="AZ09\\d[]{},()|?-*+.", max_size=20))
def test_no_accepted_pattern_repeats_a_repetition(pattern):
    if is_number_pattern(pattern):
        assert "*" not in pattern
        assert "+" not in pattern
        assert "){" not in pattern
        assert "}{" not in pattern


def test_the_page_asks_for_a_number_only_where_there_is_one(member, supplier, that_day):
    order = sold(supplier)
    line = lines_of(order)[0]
    client = signed_in(member)
    url = f"/seller/orders/{order.order.number}/"
    body = {"carrier": "sf", "tracking_no": "", f"pieces-{line.pk}": 1, "nth": 1}
    refused = client.post(f"{url}ship/", body)
    assert (refused.status_code, "请填快递单号" in refused.content.decode()) == (422, True)
    wrong = client.post(f"{url}ship/", body | {"tracking_no": "12"})
    assert (wrong.status_code, SF in wrong.content.decode()) == (422, True)
    assert client.post(f"{url}ship/", body | {"carrier": "own"}).status_code == 302
    assert client.post(f"{url}ship/", body | {"carrier": "own"}).status_code == 302
    assert Shipment.objects.get(order=order).tracking_no == f"{order.order.number}-1"
    page = client.get(url).content.decode()
    assert "自送" in page
    assert 'name="nth" value="2"' in page


def test_the_api_names_carriers_and_sends_without_a_number(member, supplier, that_day):
    order = sold(supplier)
    shop = program_of(member)
    found = {each["code"]: each["takes_number"] for each in shop.get("/carriers").data["carriers"]}
    assert (found["sf"], found["own"]) == (True, False)
    answer = shop.post(f"/seller/orders/{order.order.number}/parcels", {"carrier": "own"}, key="own-1")
    assert (answer.status_code, answer.data["parcels"][0]["tracking_no"]) == (201, f"{order.order.number}-1")


@pytest.fixture
def administrator():
    user = make_user()
    ensure_groups()
    give_role(user=user, role=PLATFORM_ADMIN, actor=None, at=AT)
    return signed_in(user)


NEW = {
    "code": "best", "name_zh": "百世快递", "name_en": "Best Express", "number_pattern": r"BT\d{12}",
    "example": "BT123456789012", "position": 200, "document": "承运商目录 2027", "valid_from": "2026-11-24",
    "reason": "新签约",
}  # fmt: skip


def test_a_carrier_written_in_the_back_office_can_be_chosen_at_once(administrator, that_day):
    assert carriers_of(AT)[0].code == "sf"
    add = "/admin/sales/carrier/add/"
    for wrong, said in (
        ({"example": "12"}, "示例与格式不符"),
        ({"number_pattern": "(A+)+"}, "只用字母"),
        ({"number_pattern": ""}, "格式要有示例"),
    ):
        page = administrator.post(add, NEW | wrong)
        assert (page.status_code, said in page.content.decode()) == (200, True), wrong
    assert administrator.post(add, NEW | {"valid_from": str(AT.date())}).status_code == 302
    assert carriers_of(AT)[-1].code == "best"
    row = Carrier.objects.get(code="best")
    change = f"/admin/sales/carrier/{row.pk}/change/"
    administrator.post(change, NEW | {"name_zh": "百世", "number_pattern": r"X\d{3}", "example": "BT123456789013"})
    row.refresh_from_db()
    assert (row.name_zh, row.number_pattern, row.valid_from) == ("百世快递", r"BT\d{12}", AT.date())


def test_a_new_name_is_a_row_of_its_own_and_parcels_of_before_keep_theirs(administrator, supplier, that_day):
    shipment = sent(sold(supplier), "sf", SF, 1)
    add = "/admin/sales/carrier/add/"
    new = NEW | {"code": "sf", "name_zh": "菜鸟", "valid_from": str(AT.date() + timedelta(days=1))}
    asked = administrator.post(add, new)
    assert (asked.status_code, "顺丰速运已经用了这个编码" in asked.content.decode()) == (200, True)
    assert administrator.post(add, new | {"is_renamed": "on"}).status_code == 302
    cache.clear()
    tomorrow = AT + timedelta(days=1)
    assert (carrier_name("sf", shipment.shipped_at), carrier_name("sf", tomorrow)) == ("顺丰速运", "菜鸟")
    for wrong in ({"code": "SF"}, {"code": "s f"}, {"position": "99999999999"}):
        assert administrator.post(add, NEW | wrong).status_code == 200
    assert Carrier.objects.count() == 11


def test_who_gets_a_parcel_of_the_sellers_own_reads_of_no_courier(supplier, that_day):
    buyer = make_user()
    order = paid((make_listing(supplier=supplier, stock=50), 4), user=buyer)
    sent(order, "own", "", 4)
    page = signed_in(buyer).get(f"/account/orders/{order.order.number}/").content.decode()
    assert ("自己送来" in page, "已交快递" in page, f'data-copy="{order.order.number}-1"' in page) == (
        True,
        False,
        False,
    )


def test_of_two_corrections_at_once_the_last_is_told_once(member, supplier):
    buyer = make_user()
    order = paid((make_listing(supplier=supplier, stock=50), 4), user=buyer)
    shipment = sent(order, "sf", SF, 4)
    for number in ("SF1234567890132", "SF1234567890133"):
        correct_tracking(
            shipment_id=shipment.pk, carrier="sf", tracking_no=number, reason="写反了", actor=member, at=AT
        )
    outbox.drain(at=AT)
    told = Message.objects.filter(user=buyer, kind="order_tracking_corrected")
    assert [each.params["tracking_no"] for each in told] == ["SF1234567890133"]


def test_a_page_of_an_order_that_waits_no_more_says_what_became_of_it(member, supplier, that_day):
    order = sold(supplier, 1)
    client, url = signed_in(member), f"/seller/orders/{order.order.number}/"
    (line,) = lines_of(order)
    sent(order, "sf", SF, 1)
    for step, body in (
        ("ship", {"carrier": "own", f"pieces-{line.pk}": 1, "nth": 1}),
        ("cancel", {"lines": [line.pk], "reason": "out_of_stock"}),
    ):
        late = client.post(f"{url}{step}/", body)
        assert (late.status_code, "这个订单已不在待发货：" in late.content.decode()) == (409, True), step
