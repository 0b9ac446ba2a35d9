"""What pages and programs say of money: refunds that did not leave, what was cancelled unpaid, other years."""

from datetime import timedelta

import pytest

from procurement.models import PurchaseRequest
from procurement.operations.accepting import Receivers, accept_goods
from procurement.operations.cancelling import ask_cancel, decide_cancel
from shop.accounts.models import Message
from shop.core import outbox
from shop.sales.models import Payment, Refund
from shop.sales.operations.transfers import match_transfer
from tests.api.conftest import program_of
from tests.factories import AT
from tests.sales.selling import lines_of, ship

from .offices import approved, as_, figure, make_office, ordered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]


@pytest.fixture
def office():
    return make_office(budget_fen=1_000_000)


def test_a_refund_that_did_not_leave_is_in_progress_everywhere(office, listing):
    (order,) = ordered(office, (listing, 5), terms="prepaid")
    number = PurchaseRequest.objects.get().number
    as_(office.finance).post(f"/units/payments/{number}/", {"how": "transfer"})
    match_transfer(
        payment_id=Payment.objects.get().pk, received_fen=order.total_fen, payer="学校", why="代付", actor=None, at=AT
    )
    ship(order)
    accept_goods(
        order_id=order.pk, accepted={lines_of(order)[0].pk: 0}, note="坏", receivers=Receivers("李师傅"),
        actor=office.buyer, at=AT,
    )  # fmt: skip
    finance = as_(office.finance)
    for path in (f"/units/orders/{order.order.number}/", f"/units/payments/{number}/", "/units/payments/"):
        page = finance.get(path)
        assert figure(page, "payment-state").startswith("退款处理中"), path
    assert "已付款" not in finance.get("/units/payments/").content.decode()
    listed = finance.get("/units/orders/").content.decode()
    assert ("退款后实付" in listed, ">实付</span>" in listed) == (True, False)
    told = program_of(office.finance).get(f"/units/orders/{order.order.number}").data
    assert told["going_back"] == told["total"]
    assert Refund.objects.count() == 1


def test_a_purchase_that_was_cancelled_unpaid_asks_for_nothing(office, listing):
    (order,) = ordered(office, (listing, 5), terms="postpaid")
    number = PurchaseRequest.objects.get().number
    wish = ask_cancel(order_id=order.pk, reason="菜单变了", actor=office.buyer, at=AT)
    decide_cancel(wish_id=wish.pk, agree=True, actor=office.approver, at=AT)
    page = as_(office.finance).get(f"/units/payments/{number}/")
    text = page.content.decode()
    assert (figure(page, "payment-state"), "nothing-due" in text) == ("已取消", True)
    assert ("验收后" in text, "¥0.00" in text) == (False, False)


def test_who_pays_after_acceptance_is_not_told_of_orders_being_prepared(office, listing):
    (order,) = ordered(office, (listing, 5), terms="postpaid")
    ship(order)
    accept_goods(order_id=order.pk, accepted={}, receivers=Receivers("李师傅"), actor=office.buyer, at=AT)
    as_(office.finance).post(f"/units/payments/{PurchaseRequest.objects.get().number}/", {"how": "demo"})
    outbox.drain(at=AT)
    kinds = set(Message.objects.filter(user=office.buyer).values_list("kind", flat=True))
    assert ("purchase_paid_after" in kinds, "purchase_paid" in kinds) == (True, False)


def test_what_was_approved_for_another_year_is_not_said_to_be_orderable(office, listing, monkeypatch):
    found = approved(office, (listing, 2))
    page = as_(office.buyer).get(f"/units/requests/{found.number}/").content.decode()
    assert "经办人可以下单" in page
    later = AT + timedelta(days=366)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    page = as_(office.buyer).get(f"/units/requests/{found.number}/").content.decode()
    assert ("经办人可以下单" in page, "须重新提交" in page) == (False, True)
    assert "须重新提交" in as_(office.buyer).get("/units/").content.decode()


def test_each_person_sees_own_tasks_apart_from_those_of_others(office, listing):
    (order,) = ordered(office, (listing, 5), terms="prepaid")
    page = as_(office.buyer).get("/units/").content.decode()
    mine, others = page.split('data-testid="others"')
    assert ("付款 ¥" in mine, "付款 ¥" in others, office.finance.name in others) == (False, True, True)
    page = as_(office.finance).get("/units/").content.decode()
    mine = page.split('data-testid="others"')[0]
    assert ("付款 ¥" in mine, order.total_fen) == (True, 500_00)
