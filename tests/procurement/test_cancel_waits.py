"""While a cancellation waits for consent nobody is asked to hurry and no day is promised; then each side is told once."""

import pytest

from procurement.operations.cancelling import ask_cancel, decide_cancel, withdraw_cancel
from shop.accounts.models import Message
from shop.core import outbox
from shop.sales.models import OrderFacts
from shop.sales.operations.nudges import CancelWaits, nudge
from shop.sales.operations.payments import capture_payment, start_payment
from shop.sales.states import Terms
from tests.api.conftest import program_of
from tests.factories import AT, make_user
from tests.sales.selling import lines_of, ship

from .offices import as_, make_office, ordered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]
WHOLE = "已申请取消整单（10 件），待审批人同意，其间不承诺发货时间。"
REST = "已申请取消未发的 6 件，待审批人同意，其间不承诺发货时间。已发的照常验收。"


@pytest.fixture
def office():
    return make_office(budget_fen=1_000_000)


@pytest.fixture
def order(office, listing):
    (order,) = ordered(office, (listing, 10), terms="postpaid")
    return order


def send(order, pieces, number="SF1234567890123"):
    ship(order, pieces={lines_of(order)[0].pk: pieces}, number=number)


def ask(office, order):
    return ask_cancel(order_id=order.pk, reason="断货", actor=office.buyer, at=AT)


def shop_pages(office, order):
    buyer = as_(office.buyer)
    return [buyer.get(f"/account/orders/{tail}").content.decode() for tail in ("", f"{order.order.number}/")]


@pytest.mark.parametrize(("sent", "said"), [(0, WHOLE), (4, REST)])
def test_the_buyers_own_pages_say_what_waits_and_ask_nobody_to_hurry(office, order, sent, said):
    if sent:
        send(order, sent)
    for page in shop_pages(office, order):
        assert ('data-testid="nudge"' in page, said in page) == (True, False)
    wish = ask(office, order)
    for page in shop_pages(office, order):
        assert ('data-testid="nudge"' in page, page.count(said), "查看取消申请" in page) == (False, 1, True)
    page = shop_pages(office, order)[1]
    assert f"<strong>{said}</strong>" in page
    unit_page = as_(office.buyer).get(f"/units/orders/{order.order.number}/").content.decode()
    assert f"<strong>{said}</strong>" in unit_page
    withdraw_cancel(wish_id=wish.pk, actor=office.buyer, at=AT)
    for page in shop_pages(office, order):
        assert ('data-testid="nudge"' in page, said in page) == (True, False)


def test_a_program_reads_what_waits_and_hurries_nobody_either(office, order):
    ask(office, order)
    with pytest.raises(CancelWaits):
        nudge(order_id=order.pk, actor=office.buyer, at=AT)
    program = program_of(office.buyer, language="zh-hans")
    refused = program.post(f"/orders/{order.order.number}/nudge")
    assert (refused.status_code, refused.json()["code"]) == (409, "cancel_waits")
    assert OrderFacts.objects.get().nudged_at is None
    found = program.get(f"/orders/{order.order.number}").json()
    assert (found["cancel_waits"], found["next_step"], "nudge" in found["can"]) == (WHOLE, WHOLE, False)
    assert program.get(f"/units/orders/{order.order.number}").json()["cancel_waits"] == WHOLE
    assert [each["cancel_waits"] for each in program.get("/units/orders").json()["items"]] == [WHOLE]


def told(user, number):
    rows = Message.objects.filter(user=user).order_by("pk")
    return [row.kind for row in rows if row.params.get("number") == number and "cancel" in row.kind]


def supplier_of(order):
    user = make_user(name="供应商")
    user.memberships.create(organisation_id=order.supplier.organisation_id, role="owner")
    return user


@pytest.mark.parametrize(
    ("terms", "is_paid", "sent", "buyer_reads", "supplier_reads"),
    [
        (Terms.POSTPAID, False, 0, "cancel_agreed", ["order_cancelled_supplier"]),
        (Terms.POSTPAID, False, 4, "cancel_rest_agreed", ["order_rest_cancelled_supplier"]),
        (Terms.PREPAID, False, 0, "cancel_agreed", []),
        (Terms.PREPAID, True, 0, "cancel_agreed_back", ["order_cancelled_supplier"]),
        (Terms.PREPAID, True, 4, "cancel_rest_agreed_back", ["order_rest_cancelled_supplier"]),
    ],
)
def test_who_bought_and_who_sells_are_each_told_once_of_one_cancellation(
    office, listing, terms, is_paid, sent, buyer_reads, supplier_reads
):
    (order,) = ordered(office, (listing, 10), terms=terms)
    supplier = supplier_of(order)
    if is_paid:
        payment, _started = start_payment(purchase=order.purchase, gateway_name="demo", through="unit", at=AT)
        capture_payment(payment_id=payment.pk, at=AT)
    if sent:
        send(order, sent)
    wish = ask(office, order)
    decide_cancel(wish_id=wish.pk, agree=True, actor=office.approver, at=AT)
    outbox.drain(at=AT)
    number = order.order.number
    assert (told(office.buyer, number), told(supplier, number)) == ([buyer_reads], supplier_reads)
    page = as_(office.buyer).get("/account/messages/").content.decode()
    assert ("将退回贵单位账户" in page) == is_paid
    assert ("已付的 ¥1,000.00 将退回" in page) == (is_paid and not sent)


def test_a_colleague_who_asked_and_whose_order_it_is_are_told_once_each(office, order):
    colleague = make_user(name="同事")
    colleague.memberships.create(organisation=office.unit.organisation, role="buyer")
    wish = ask_cancel(order_id=order.pk, reason="断货", actor=colleague, at=AT)
    decide_cancel(wish_id=wish.pk, agree=True, actor=office.approver, at=AT)
    outbox.drain(at=AT)
    number = order.order.number
    assert (told(colleague, number), told(office.buyer, number)) == (["cancel_agreed"], ["cancel_agreed"])
