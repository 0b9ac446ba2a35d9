"""Goods that are refused whole need a reason; the supplier reads it, and both sides' pages say what comes next."""

import pytest

from procurement.models import GoodsAcceptance
from procurement.operations.accepting import accept_goods
from procurement.rules.acceptance import needs_reason
from shop.accounts.models import Membership, Message
from shop.core import outbox
from shop.core.errors import InvalidInput
from shop.sales.models import OrderFacts
from tests.api.conftest import program_of
from tests.factories import AT, make_listing, make_user
from tests.sales.selling import lines_of, ship

from .offices import as_, make_office, ordered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]
REASON = "外箱被雨淋透，全部发霉"


@pytest.fixture
def office():
    return make_office(budget_fen=1_000_000)


@pytest.fixture
def order(office, listing):
    other = make_listing(price_fen=500, supplier=listing.supplier)
    (order,) = ordered(office, (listing, 3), (other, 2), terms="postpaid")
    ship(order)
    return order


def member_of(supplier):
    user = make_user(name="供应商")
    Membership.objects.create(user=user, organisation=supplier.organisation, role="owner")
    return user


@pytest.mark.parametrize(
    ("lines", "needed"),
    [([(3, 3)], False), ([(3, 1)], False), ([(3, 0)], True), ([(3, 3), (2, 0)], True), ([(0, 0), (1, 1)], False)],
)
def test_a_line_of_which_nothing_was_accepted_needs_a_reason(lines, needed):
    assert needs_reason(lines) is needed


def test_refusing_goods_whole_without_a_reason_is_refused_on_every_door(office, order):
    first, second = lines_of(order)
    with pytest.raises(InvalidInput) as refused:
        accept_goods(order_id=order.pk, accepted={second.pk: 0}, note=" \u200b", actor=office.buyer, at=AT)
    assert (refused.value.code, refused.value.field) == ("reason_missing", "note")
    address = f"/units/orders/{order.order.number}/accept/"
    form = {f"accepted-{first.pk}": "0", f"accepted-{second.pk}": "2", "receiver": "李师傅", "note": ""}
    page = as_(office.buyer).post(address, form)
    assert (page.status_code, page.context["form"].errors.keys()) == (422, {"note"})
    assert 'value="李师傅"' in page.content.decode()
    body = {"lines": [{"line_id": first.pk, "quantity": 0}], "received_by": "李师傅"}
    answer = program_of(office.buyer).post(f"/units/orders/{order.order.number}/acceptance", body, key="a1")
    assert (answer.status_code, answer.data["code"]) == (422, "reason_missing")
    assert (GoodsAcceptance.objects.count(), OrderFacts.objects.get(pk=order.pk).waived_fen) == (0, 0)


def test_a_part_that_is_short_needs_none(office, order):
    first, _second = lines_of(order)
    assert accept_goods(order_id=order.pk, accepted={first.pk: 1}, actor=office.buyer, at=AT).short_fen == 20_000


def test_the_supplier_reads_the_reason_and_both_pages_say_what_comes_next(office, order):
    seller = member_of(order.supplier)
    number = order.order.number
    lines = {line.pk: 0 for line in lines_of(order)}
    accept_goods(order_id=order.pk, accepted=lines, note=REASON, actor=office.buyer, at=AT)
    outbox.drain(at=AT)
    told = Message.objects.get(user=seller, kind="goods_refused")
    assert (told.params["reason"], told.url) == (REASON, f"/seller/orders/{number}/")
    sellers = as_(seller).get(f"/seller/orders/{number}/").content.decode()
    assert (REASON in sellers, "没有款项要付" in sellers, "0 / 3" in sellers) == (True, True, True)
    detail = program_of(seller).get(f"/seller/orders/{number}").data
    (accepted,) = detail["accepted"]
    assert (accepted["note"], accepted["not_charged"]) == (REASON, "310.00")
    assert [(each["sent"], each["accepted"]) for each in accepted["lines"]] == [(3, 0), (2, 0)]
    units = as_(office.buyer).get(f"/units/orders/{number}/").content.decode()
    assert (REASON in units, "重新提交申请" in units) == (True, True)
    paper = as_(office.buyer).get(f"/units/orders/{number}/acceptances/1/").content.decode()
    assert REASON in paper


def test_the_suppliers_page_says_what_an_accepted_order_waits_for(office, order):
    seller = member_of(order.supplier)
    number = order.order.number
    assert "买方收到后验收" in as_(seller).get(f"/seller/orders/{number}/").content.decode()
    accept_goods(order_id=order.pk, accepted={}, actor=office.buyer, at=AT)
    assert "单位会在账期内付款" in as_(seller).get(f"/seller/orders/{number}/").content.decode()
