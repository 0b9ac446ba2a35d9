"""What supplier and buyer read of an order's end: what is still owed, where pieces went, and what held when it was told."""

import pytest
from django.test import Client
from django.utils import timezone

from shop.accounts.messages import render
from shop.accounts.models import Message
from shop.core import outbox
from shop.sales.models import AfterSale
from shop.sales.operations.acceptance import accept_order
from shop.sales.operations.aftersales import accept_offer, decide_after_sale, open_after_sale
from shop.sales.operations.refunds import refund_order_part
from shop.sales.operations.shipping import cancel_rest, cancel_unsent
from tests.factories import AT, make_listing, make_supplier, make_user
from tests.sales.selling import lines_of, paid, receive, ship
from tests.sales.test_money_due import announce, book
from tests.sales.test_terms import agree, only_order

pytestmark = pytest.mark.django_db


def read(user, kind):
    """Return title and text of the one message of `kind`."""
    outbox.drain(at=AT)
    message = Message.objects.get(user=user, kind=kind)
    words = render(message.kind, message.params)
    return words.title, words.text


def kinds(user):
    outbox.drain(at=AT)
    return list(Message.objects.filter(user=user).order_by("pk").values_list("kind", flat=True))


@pytest.fixture
def member():
    return make_user()


@pytest.fixture
def goods(member):
    return make_listing("丝苗米", stock=50, price_fen=1_000, supplier=make_supplier(member=member))


@pytest.mark.parametrize(
    ("reason", "kind", "text"),
    [
        ("out_of_stock", "order_cancelled_gone", "不用发货了，缺货或不完好的件数已从库存扣除"),
        ("damaged_harvest", "order_cancelled_gone", "不用发货了，缺货或不完好的件数已从库存扣除"),
        ("cannot_deliver", "order_cancelled_supplier", "不用发货了，库存已放回"),
    ],
)
def test_a_supplier_reads_where_the_pieces_of_a_cancelled_order_went(member, goods, reason, kind, text):
    order = paid((goods, 2))
    cancel_rest(order_id=order.pk, actor=member, at=AT, reason=reason)
    assert read(member, kind) == (f"订单 {order.order.number} 已取消", text)


@pytest.mark.parametrize("reason", ["out_of_stock", "damaged_harvest", "cannot_deliver"])
def test_a_part_that_is_not_sent_is_not_called_out_of_stock_whatever_its_reason(goods, reason):
    buyer = make_user()
    order = paid((goods, 3), user=buyer)
    ship(order, {lines_of(order)[0].pk: 1})
    cancel_rest(order_id=order.pk, actor=None, at=AT, reason=reason)
    assert read(buyer, "order_short")[0] == f"订单 {order.order.number} 有商品发不了"


def test_a_supplier_reads_what_is_still_owed_not_what_was_paid(member, goods):
    order = only_order(agree((goods, 10)))
    line = lines_of(order)[0]
    ship(order, {line.pk: 4})
    accept_order(order_id=order.pk, accepted={}, actor=None, at=AT)
    book(announce(order.purchase), 4_000)
    ship(order, number="SF1234567890124")
    accept_order(order_id=order.pk, accepted={}, actor=None, at=AT)
    assert read(member, "order_received_owed")[1] == "对方还欠您 ¥60.00，到期日在结算页看。"


def test_nothing_to_be_settled_is_not_told_as_an_amount(member, goods):
    order = ship(paid((goods, 2)))
    refund_order_part(order=order, amount_fen=order.total_fen, reason="goodwill", key="r", actor=None, at=AT)
    receive(order)
    assert read(member, "order_received_nothing")[1] == "货款已全部退回或不收取，没有待结算的金额。"


def test_an_order_that_was_refused_whole_is_not_told_as_arrived(member, goods):
    order = only_order(agree((goods, 10)))
    ship(order)
    accept_order(order_id=order.pk, accepted={lines_of(order)[0].pk: 0}, actor=None, at=AT)
    assert [kind for kind in kinds(member) if kind.startswith("order_received")] == []


def test_an_offer_that_was_taken_at_once_is_told_with_its_day(member, goods):
    buyer = make_user()
    order = receive(ship(paid((goods, 2), user=buyer)))
    case = open_after_sale(
        line_id=lines_of(order)[0].pk, kind="refund_only", quantity=1, amount_fen=900, reason="小", actor=buyer, at=AT
    )
    decide_after_sale(case_id=case.pk, approve=True, amount_fen=500, answer="小一点", actor=member, at=AT)
    until = AfterSale.objects.get().due_at
    assert until is not None
    accept_offer(case_id=case.pk, actor=buyer, at=AT)
    outbox.drain(at=AT)
    message = Message.objects.get(user=buyer, kind="case_offered")
    assert (message.params["due_at"], message.params["answer"]) == (until.isoformat(), "小一点")
    assert "在  前" not in render(message.kind, message.params).text


def test_the_page_of_a_sent_order_speaks_of_its_buyer_and_no_more_of_sending(member, goods):
    order = paid((goods, 3), at=timezone.now())
    client = Client()
    client.force_login(member)
    path = f"/seller/orders/{order.order.number}/"
    assert 'data-testid="ship-by"' in client.get(path).content.decode()
    ship(order, {lines_of(order)[0].pk: 1})
    cancel_unsent(order_id=order.pk, actor=None, at=timezone.now())
    page = client.get(path).content.decode()
    assert ('data-testid="ship-by"' in page, "买方收到后验收" in page, "自动确认" in page) == (False, False, True)


def test_two_parts_of_one_price_that_cannot_be_sent_are_told_twice(member):
    supplier, buyer = make_supplier(member=member), make_user()
    rice, tea, nuts = (make_listing(stock=9, price_fen=1_000, supplier=supplier) for _n in range(3))
    order = paid((rice, 1), (tea, 1), (nuts, 1), user=buyer)
    for line in lines_of(order)[:2]:
        cancel_rest(order_id=order.pk, actor=member, at=AT, line_ids=[line.pk])
    assert kinds(buyer).count("order_short") == 2
