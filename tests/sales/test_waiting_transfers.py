"""A transfer that pays several orders is said to on each of them; each part that came stands in their histories."""

import re
from datetime import timedelta

import pytest

from shop.core.money import in_yuan
from shop.sales.models import LineFacts
from shop.sales.operations.closing import cancel_order
from shop.sales.operations.shipping import cancel_rest
from tests.api.conftest import program_of
from tests.factories import AT, make_listing, make_supplier, make_user
from tests.sales.selling import buy, lines_of
from tests.sales.test_backs import page_of, pay_online, told, two_orders
from tests.sales.test_money_trails import announced, as_, book, finance, that_day
from tests.sales.test_split_refunds import desk_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]
__all__ = ["that_day"]


def test_a_transfer_of_two_orders_is_said_alike_on_both_the_list_and_the_payment_page() -> None:
    buyer = make_user()
    purchase, orders, payment = two_orders(buyer)
    total = in_yuan(purchase.total_fen)
    listed = as_(buyer).get("/account/orders/").content.decode()
    notes = re.findall(r'data-testid="transfer-wait">([^<]+)<', listed)
    assert len(notes) == 2
    for order in orders:
        words = (
            f"购买单 {purchase.number} 的 2 个订单由这一笔汇款支付，总额 {total} 中本订单为 {in_yuan(order.total_fen)}"
        )
        page = page_of(buyer, order)
        assert (words in page, f"汇款 {total}" in page, "查看汇款账户" in page) == (True, True, True)
        assert [words in note for note in notes].count(True) == 1
        found = told(buyer, order)["transfer"]
        assert (found["left"], found["share"], found["orders"]) == (total[1:], in_yuan(order.total_fen)[1:], 2)
    paying = as_(buyer).get(f"/pay/{purchase.number}/transfer/").content.decode()
    assert f"购买单 {purchase.number} 全部 2 个订单的合计金额" in paying
    # With one order left the sum is its own: nothing is to be explained.
    book(payment, 30_00, "ask", "in-1")
    cancel_order(order_id=orders[0].pk, actor=buyer, at=AT)
    rest = in_yuan(orders[1].total_fen - 30_00)
    page = page_of(buyer, orders[1])
    assert (rest in page, "由这一笔汇款支付" in page) == (True, False)
    assert "全部 2 个订单" not in as_(buyer).get(f"/pay/{purchase.number}/transfer/").content.decode()
    assert told(buyer, orders[0])["transfer"] is None


def test_an_unpaid_order_without_a_transfer_says_nothing_of_one() -> None:
    buyer = make_user()
    buy((make_listing(stock=9), 1), user=buyer)
    listed = as_(buyer).get("/account/orders/").content.decode()
    assert ("transfer-wait" in listed, "查看汇款账户" in listed) == (False, False)


def test_a_part_that_came_by_bank_stands_in_the_history_of_each_order_and_at_finances() -> None:
    buyer, desk = make_user(), finance()
    purchase, orders, payment = two_orders(buyer)
    book(payment, 30_00, "ask", "in-1")
    book(payment, 20_00, "ask", "in-2")
    pay_online(purchase)
    first = f"购买单 {purchase.number} 到账 ¥30.00"
    second = f"购买单 {purchase.number} 到账 ¥20.00，累计 ¥50.00"
    for order in orders:
        page = page_of(buyer, order)
        assert (page.count("银行汇款到账"), f"{first}<" in page, f"{second}<" in page) == (2, True, True)
        found = [each["text"] for each in told(buyer, order)["history"] if each["title"] == "Bank transfer arrived"]
        assert found == [
            f"¥20.00 arrived for purchase {purchase.number}, ¥50.00 in all so far",
            f"¥30.00 arrived for purchase {purchase.number}",
        ]
    row = desk.get("/review/transfers/?shown=booked").content.decode()
    assert re.findall(r'data-testid="came-line">\s*([^<]*?)\s*·', row) == [
        "2026-11-23 12:00 到账 ¥30.00", "2026-11-23 12:00 到账 ¥20.00",
    ]  # fmt: skip
    (item,) = program_of(desk_user()).get("/review/transfers?state=booked").data["items"]
    assert [(each["amount"], each["reference"]) for each in item["came"]] == [("30.00", "in-1"), ("20.00", "in-2")]


def test_one_transfer_that_pays_the_whole_is_said_once() -> None:
    buyer = make_user()
    purchase, payment = announced(buyer)
    book(payment, purchase.total_fen, "", "in-1")
    page = page_of(buyer, purchase.orders.select_related("order").get())
    assert ("银行汇款到账" in page, "已付款" in page) == (False, True)


def test_titles_name_what_is_left_of_a_purchase() -> None:
    buyer = make_user()
    purchase, (order, other), _payment = two_orders(buyer)
    LineFacts.objects.filter(order=order).update(name_zh="番薯")
    LineFacts.objects.filter(order=other).update(name_zh="山茶油")
    title = r'data-testid="pay-for">\s*<b>([^<]+)<'

    def titled() -> str:
        page = as_(buyer).get(f"/pay/{purchase.number}/", {"other": "1"}, follow=True).content.decode()
        return re.search(title, page)[1]

    assert titled() == "番薯，另有 1 种商品"
    cancel_order(order_id=order.pk, actor=buyer, at=AT)
    assert titled() == "山茶油"
    pay_online(purchase)
    assert titled() == "山茶油"
    cancel_order(order_id=other.pk, actor=buyer, at=AT + timedelta(minutes=1))
    # All of it is cancelled: it says of what it was.
    assert "番薯" in titled()


def test_what_is_asked_before_cancelling_names_only_what_is_left() -> None:
    buyer, one = make_user(), make_supplier()
    listings = [make_listing(stock=9, price_fen=fen, supplier=one) for fen in (40_00, 30_00)]
    purchase = buy((listings[0], 2), (listings[1], 1), user=buyer)
    pay_online(purchase)
    order = purchase.orders.select_related("order").get()
    kept, gone = lines_of(order)
    LineFacts.objects.filter(pk=kept.pk).update(name_zh="番薯")
    LineFacts.objects.filter(pk=gone.pk).update(name_zh="山茶油")
    assert "番薯 ×2、山茶油 ×1" in page_of(buyer, order)
    cancel_rest(order_id=order.pk, actor=None, at=AT, line_ids=[gone.pk])
    page = page_of(buyer, order)
    asked = page.split('data-confirm="取消')[1].split('"')[0]
    assert ("（番薯 ×2）" in asked, "山茶油" in asked) == (True, False)
