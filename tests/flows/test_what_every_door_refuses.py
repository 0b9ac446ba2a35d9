"""What each person is refused on their own page: clearly, with nothing lost and nothing shown that is not theirs."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from catalog.models import Certificate, Stock
from livestream.models import Drop
from procurement.models import Pledge, PledgeReceipt, PurchaseRequest
from procurement.operations.pledging import Asked, publish_need
from procurement.operations.receiving import make_link
from shop.sales.models import OrderFacts, Purchase
from tests.factories import (
    AT,
    make_address,
    make_certificate,
    make_division,
    make_freight,
    make_listing,
    make_supplier,
    make_user,
    spec_of,
)
from tests.livestream.rooms import drop_of, make_room, make_session, put
from tests.procurement.offices import approved, join, make_office, make_organisation, ordered, submitted
from tests.sales.selling import pay, photo, ship
from tests.traceability.growing import make_grown, make_lot, paid_order, parcel_of, send
from traceability.models import TracedParcel, TraceEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch):
    """The time that pages see; `clock["now"]` moves it."""
    now = {"now": AT}
    monkeypatch.setattr("django.utils.timezone.now", lambda: now["now"])
    return now


@pytest.fixture(autouse=True)
def _clock(clock):
    """Every page here sees AT, unless its test moves it."""


@pytest.fixture
def listing():
    make_division()
    supplier = make_supplier(member=make_user(name="阿珍"))
    make_freight(supplier)
    return make_listing(supplier=supplier, stock=50)


def as_(user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def publish(listing, slug="pomelos"):
    helped = make_organisation("beneficiary", "山里小学")
    asked = Asked(
        title_zh="给孩子们的柚子", text_zh="山里的学校", until=(AT + timedelta(days=9)).date(),
        lines={spec_of(listing).specification_id: 20}, ship_name="总务处", ship_phone="+8613800002046",
        division_code="440106", street="红星路 3 号",
    )  # fmt: skip
    return publish_need(beneficiary=helped, asked=asked, actor=join(helped, "owner"), at=AT, slug=slug)


def pieces_of(listing, count):
    return {f"pieces-{spec_of(listing).specification_id}": str(count)}


# Units.


def test_who_asked_is_told_on_the_page_that_a_colleague_decides(listing):
    office = make_office(budget_fen=1_000_000)
    office.unit.organisation.memberships.create(user=office.buyer, role="approver")
    request = submitted(office, (listing, 1))
    page = as_(office.buyer).post(
        f"/units/requests/{request.number}/decide/", {"version": request.version, "decision": "approve"}
    )
    assert (page.status_code, "自己提的申请不能自己批" in page.content.decode()) == (403, True)
    assert PurchaseRequest.objects.get().state == "submitted"


def test_a_units_buyer_neither_receives_nor_pays_its_orders_in_the_shop(listing):
    office = make_office(budget_fen=1_000_000)
    (goods_first,) = ordered(office, (listing, 2))
    ship(goods_first)
    (paid_first,) = ordered(office, (listing, 1), terms="prepaid")
    buyer = as_(office.buyer)

    number = goods_first.order.number
    page = buyer.get(f"/account/orders/{number}/").content.decode()
    assert f'href="/units/orders/{number}/accept/"' in page
    assert "confirm-receipt" not in page
    assert buyer.post(f"/account/orders/{number}/receive/").status_code == 409
    assert OrderFacts.objects.get(pk=goods_first.pk).state == "shipped"

    request, purchase = PurchaseRequest.objects.latest("pk"), paid_first.purchase
    page = buyer.get(f"/account/orders/{paid_first.order.number}/").content.decode()
    assert f'href="/units/payments/{request.number}/"' in page
    assert "pay-order" not in page
    led = buyer.get(f"/pay/{purchase.number}/")
    assert (led.status_code, led["Location"]) == (302, f"/units/payments/{request.number}/")
    assert buyer.post(f"/pay/{purchase.number}/", {"method": "demo"}).status_code == 409
    buyer.post(f"/pay/{purchase.number}/demo/", {"outcome": "paid"})
    assert Purchase.objects.get(pk=purchase.pk).state == "unpaid"
    assert buyer.post(f"/units/payments/{request.number}/", {"how": "demo"}).status_code == 403
    assert as_(office.finance).post(f"/units/payments/{request.number}/", {"how": "demo"}).status_code == 302
    assert Purchase.objects.get(pk=purchase.pk).state == "paid"


# Gifts.


def test_a_used_link_says_so_and_counts_once(listing):
    need, donor = publish(listing), make_user(name="黄启明")
    where = f"/pledges/give/{listing.slug}/"
    as_(donor).post(where, {**pieces_of(listing, 2), "need": need.pk, "key": "k"})
    pay(Purchase.objects.get())
    order = ship(OrderFacts.objects.select_related("order", "purchase").get())
    # Only who gets it confirms it.
    refused = as_(donor).post(f"/account/orders/{order.order.number}/receive/")
    assert (refused.status_code, "拍照确认" in refused.content.decode()) == (409, True)
    link = f"/pledges/receipt/{make_link(order_id=order.pk, at=AT)}/"
    holder, page = Client(), f"/pledges/receipts/{order.pk}/"
    assert holder.get(link)["Location"] == page
    assert holder.post(page, {"photo": photo(), "message": ""}).status_code == 200
    for answer in (Client().get(link), holder.post(page, {"photo": photo(), "message": "再来"})):
        assert (answer.status_code, "这个链接已经确认过了" in answer.content.decode()) == (410, True)
    assert PledgeReceipt.objects.count() == 1


def test_giving_from_a_product_page_says_beside_the_field_what_is_wrong(listing):
    donor = as_(make_user(name="黄启明"))
    where = f"/pledges/give/{listing.slug}/"
    assert "give-it" not in Client().get(f"/shop/p/{listing.slug}/").content.decode()
    assert "现在没有人提出需求" in donor.get(where).content.decode()
    first, other = publish(listing), publish(make_listing("连州菜心"), "greens")
    page = donor.get(where).content.decode()
    assert page.index(f'value="{first.pk}"') < page.index(f'value="{other.pk}"')
    assert page.count("还需要 20 件") == 1

    nobody = donor.post(where, {**pieces_of(listing, 3), "donor_name": "启明灯具"})
    assert nobody.status_code == 422
    assert 'value="启明灯具"' in nobody.content.decode()
    assert 'value="3"' in nobody.content.decode()
    for count, said, status in (("很多", {}, 422), ("51", {}, 422), ("51", {"beyond": "yes"}, 409)):
        asked = {**pieces_of(listing, count), **said, "need": first.pk, "donor_name": "启明灯具"}
        answer = donor.post(where, asked)
        assert (count, answer.status_code) == (count, status)
        assert 'value="启明灯具"' in answer.content.decode()
    assert Pledge.objects.count() == 0
    assert Stock.objects.filter(reserved__gt=0).count() == 0


def test_a_strangers_gifts_orders_and_payments_are_not_there(listing):
    need, donor, other = publish(listing), make_user(), as_(make_user())
    as_(donor).post(f"/pledges/give/{listing.slug}/", {**pieces_of(listing, 2), "need": need.pk, "key": "k"})
    order = OrderFacts.objects.select_related("order", "purchase").get()
    for address in (f"/pay/{order.purchase.number}/", f"/account/orders/{order.order.number}/"):
        assert other.get(address).status_code == 404
        assert as_(donor).get(address).status_code == 200
    assert order.order.number not in other.get("/pledges/mine/").content.decode()
    assert other.post(f"/account/orders/{order.order.number}/receive/").status_code == 404


# A certificate that ended at midnight, at each door that had its goods chosen before.


@pytest.fixture
def tomorrow(clock, listing):
    """A function that lets the listing's certificate end tonight, and makes it tomorrow."""
    make_certificate(listing, yearly_output_grams=1_000_000)

    def pass_midnight():
        Certificate.objects.update(valid_until=AT.date())
        clock["now"] = AT + timedelta(days=1)

    return pass_midnight


def test_at_the_checkout_the_basket_stays(listing, tomorrow):
    user = make_user()
    consumer, address = as_(user), make_address(user)
    consumer.post("/shop/basket/add/", {"spec": spec_of(listing).specification_id, "quantity": 2})
    page = consumer.get("/shop/checkout/").content.decode()
    shown = {name: re.search(rf'name="{name}" value="([^"]+)"', page)[1] for name in ("key", "s", "shown")}
    tomorrow()
    answer = consumer.post("/shop/checkout/", {**shown, "address": address.pk, "place": "1"})
    assert (answer.status_code, "认证今天不在有效期内" in answer.content.decode()) == (409, True)
    assert "梅县金柚" in consumer.get("/shop/basket/").content.decode()
    assert Purchase.objects.count() == 0


def test_at_the_units_desk_the_approval_stays(listing, tomorrow):
    office = make_office(budget_fen=1_000_000)
    request = approved(office, (listing, 2))
    tomorrow()
    answer = as_(office.buyer).post(f"/units/requests/{request.number}/order/")
    assert (answer.status_code, "认证今天不在有效期内" in answer.content.decode()) == (409, True)
    assert (PurchaseRequest.objects.get().state, Purchase.objects.count()) == ("approved", 0)


def test_of_a_gift_nothing_typed_is_lost(listing, tomorrow):
    need = publish(listing)
    tomorrow()
    form = {**pieces_of(listing, 2), "key": "k", "donor_name": "启明灯具"}
    answer = as_(make_user()).post(f"/pledges/needs/{need.slug}/", form)
    page = answer.content.decode()
    assert (answer.status_code, "认证今天不在有效期内" in page, 'value="启明灯具"' in page) == (409, True, True)
    assert Pledge.objects.count() == 0


def test_in_a_drop(listing, tomorrow, clock):
    host = listing.supplier.organisation.memberships.get().user
    session, _host = make_session(make_room(listing.supplier, host=host), host=host)
    drop_of(session, put(session, listing, host), host, pieces=5)
    user = make_user()
    viewer, address = as_(user), make_address(user)
    Drop.objects.update(ends_at=AT + timedelta(days=2))
    tomorrow()
    where = viewer.post("/live/songyuan/buy/", {"drop": Drop.objects.get().pk, "quantity": 1})["Location"]
    query = dict(part.split("=") for part in where.partition("?")[2].split("&"))
    sent = {**query, "address": address.pk, "place": "1", "key": viewer.get(where).context["key"]}
    answer = viewer.post("/shop/checkout/", sent)
    assert (answer.status_code, "认证今天不在有效期内" in answer.content.decode()) == (409, True)
    assert Purchase.objects.count() == 0


# Lots and codes.


def test_a_code_that_is_opened_very_often_may_be_copied():
    listing = make_grown()
    make_lot(listing)
    parcel = parcel_of(send(paid_order(listing)))
    assert 'data-testid="many-scans"' not in Client().get(f"/t/{parcel.code}").content.decode()
    TracedParcel.objects.update(scans=20)
    page = Client().get(f"/t/{parcel.code}").content.decode()
    assert 'data-testid="many-scans"' in page
    assert "第 21 次扫码" in page


def test_packing_and_testing_in_the_future_are_refused_beside_the_time():
    member = make_user()
    lot = make_lot(make_grown(member), packed=False)
    future = "2026-11-24T07:40"
    packing = {"kilograms": "2", "boxes": "1", "grade": "first", "occurred_at": future}
    report = {"kind": "own", "item": "农残 4 项", "result": "未检出", "passed": "1", "lab": "站", "occurred_at": future}
    for step, form in (("pack", packing), ("test", report)):
        sent = {f"{step}-{name}": value for name, value in form.items()}
        answer = as_(member).post(f"/seller/lots/{lot.pk}/{step}/", sent)
        page = answer.content.decode()
        assert (answer.status_code, "这个时间还没到" in page, f'value="{future}"' in page) == (422, True, True)
    assert TraceEvent.objects.count() == 1
