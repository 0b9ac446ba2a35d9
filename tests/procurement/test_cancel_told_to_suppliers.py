"""A supplier sees that a unit asked to cancel an order, may still send it, and is told what becomes of the wish."""

import pytest

from procurement.operations.cancelling import ask_cancel, decide_cancel, withdraw_cancel
from shop.accounts.models import Message
from shop.core import outbox
from shop.sales.models import OrderFacts
from tests.api.conftest import program_of
from tests.factories import AT, make_user
from tests.sales.selling import lines_of, ship

from .offices import as_, make_office, ordered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]
WHOLE = "单位已申请取消本单，审批人尚未决定。您仍可发货：决定前发出的不会取消。"
REST = "单位已申请取消未发的部分，审批人尚未决定。您仍可发货：决定前发出的不会取消。"


@pytest.fixture
def office():
    return make_office(budget_fen=1_000_000)


@pytest.fixture(params=["postpaid", "prepaid"])
def order(request, office, listing):
    """An order that is to be sent: goods first and nothing paid, or paid."""
    (order,) = ordered(office, (listing, 10), terms=request.param)
    if request.param == "prepaid":
        as_(office.finance).post(f"/units/payments/{order.of_unit.request.number}/", {"how": "demo"})
    order.refresh_from_db()
    return order


@pytest.fixture
def seller(order):
    user = make_user(name="供应商")
    user.memberships.create(organisation_id=order.supplier.organisation_id, role="owner")
    return user


def ask(office, order):
    return ask_cancel(order_id=order.pk, reason="食堂停用，内部原因", actor=office.buyer, at=AT)


def pages(seller, order):
    paths = ("/seller/orders/", f"/seller/orders/{order.order.number}/")
    return [as_(seller).get(path).content.decode() for path in paths]


def told(seller):
    outbox.drain(at=AT)
    return [row.kind for row in Message.objects.filter(user=seller).order_by("pk") if "cancel" in row.kind]


@pytest.mark.parametrize(("sent", "said"), [(0, WHOLE), (4, REST)])
def test_a_supplier_sees_on_every_door_that_a_cancellation_waits(office, order, seller, sent, said):
    if sent:
        ship(order, {lines_of(order)[0].pk: sent})
    number = order.order.number
    program = program_of(seller, language="zh-hans")
    assert [page.count(said) for page in pages(seller, order)] == [0, 0]
    assert (
        program.get("/seller/today").data["cancel_asked"],
        "data-confirm" in pages(seller, order)[1].split("carrier")[0],
    ) == ([], False)
    wish = ask(office, order)
    assert [page.count(said) for page in pages(seller, order)] == [1, 1]
    asked = pages(seller, order)[1]
    assert "单位已申请取消，尚未决定。仍要发货吗？" in asked
    home = as_(seller).get("/seller/").content.decode()
    assert ("1 个订单可能取消" in home, f"{number}：单位已申请取消，审批人尚未决定" in home) == (True, True)
    assert "内部原因" not in asked + home
    assert program.get("/seller/today").data["cancel_asked"] == [number]
    assert program.get(f"/seller/orders/{number}").data["cancel_asked"] == said
    assert [each["cancel_asked"] for each in program.get("/seller/orders").data["items"]] == [said]
    withdraw_cancel(wish_id=wish.pk, actor=office.buyer, at=AT)
    assert [page.count(said) for page in pages(seller, order)] == [0, 0]
    assert program.get(f"/seller/orders/{number}").data["cancel_asked"] == ""


def test_a_supplier_is_told_when_it_is_asked_and_what_was_decided(office, order, seller):
    wish = ask(office, order)
    assert told(seller) == ["cancel_asked_supplier"]
    decide_cancel(wish_id=wish.pk, agree=False, answer="照常要货", actor=office.approver, at=AT)
    assert told(seller) == ["cancel_asked_supplier", "cancel_refused_supplier"]
    again = ask(office, order)
    assert told(seller)[2:] == ["cancel_asked_supplier"]
    withdraw_cancel(wish_id=again.pk, actor=office.buyer, at=AT)
    assert told(seller)[3:] == ["cancel_withdrawn_supplier"]
    last = ask(office, order)
    assert told(seller)[4:] == ["cancel_asked_supplier"]
    decide_cancel(wish_id=last.pk, agree=True, actor=office.approver, at=AT)
    assert told(seller)[5:] == ["order_cancelled_supplier"]


def test_a_supplier_may_send_while_a_cancellation_waits(office, order, seller):
    ask(office, order)
    ship(order)
    assert OrderFacts.objects.get(pk=order.pk).state == "shipped"
    assert [page.count("已申请取消") for page in pages(seller, order)] == [0, 0]


def test_of_an_order_that_is_not_paid_yet_its_supplier_hears_nothing(office, listing):
    (order,) = ordered(office, (listing, 10), terms="prepaid")
    user = make_user(name="供应商")
    user.memberships.create(organisation_id=order.supplier.organisation_id, role="owner")
    ask(office, order)
    assert told(user) == []
    assert program_of(user).get("/seller/today").data["cancel_asked"] == []
