"""What goes back of an order and by which way: page, dialog, what is said after it, message and API say the same."""

import re
from datetime import timedelta
from typing import Any

import pytest

from shop.accounts.models import Message, User
from shop.core import outbox
from shop.core.money import in_yuan
from shop.core.projections import run_all
from shop.sales.models import OrderFacts, Payment, Purchase, Refund
from shop.sales.operations.closing import cancel_order
from shop.sales.operations.payments import capture_payment, start_payment
from shop.sales.queries.backs import note_backs
from tests.api.conftest import program_of
from tests.factories import AT, make_listing, make_supplier, make_user
from tests.sales.selling import buy, lines_of, ship
from tests.sales.test_money_trails import as_, book, paid_out, that_day

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]
__all__ = ["that_day"]


def two_orders(buyer: User) -> tuple[Purchase, list[OrderFacts], Payment]:
    """Two orders of ¥100 and ¥50 with freight, of two suppliers; a transfer is announced."""
    listings = [make_listing(stock=9, price_fen=fen, supplier=make_supplier()) for fen in (100_00, 50_00)]
    purchase = buy(*((listing, 1) for listing in listings), user=buyer)
    payment, _new = start_payment(purchase=purchase, gateway_name="transfer", at=AT)
    orders = list(OrderFacts.objects.filter(purchase=purchase).select_related("order", "purchase").order_by("pk"))
    return purchase, orders, payment


def pay_online(purchase: Purchase) -> None:
    payment, _new = start_payment(purchase=purchase, gateway_name="demo", at=AT)
    capture_payment(payment_id=payment.pk, at=AT)


def page_of(buyer: User, order: OrderFacts) -> str:
    return as_(buyer).get(f"/account/orders/{order.order.number}/").content.decode()


def told(buyer: User, order: OrderFacts) -> dict[str, Any]:
    return program_of(buyer).get(f"/orders/{order.order.number}").data


def cancelled(buyer: User, order: OrderFacts) -> str:
    path = f"/account/orders/{order.order.number}/cancel/"
    return as_(buyer).post(path, follow=True).content.decode()


def message(buyer: User) -> tuple[str, dict[str, Any]]:
    outbox.drain(at=AT)
    found = Message.objects.filter(user=buyer, kind__startswith="order_cancelled").get()
    return found.kind, found.params


def test_a_purchase_paid_in_two_ways_says_both_before_and_after_it_is_cancelled() -> None:
    buyer = make_user()
    purchase, (order, other), payment = two_orders(buyer)
    book(payment, 90_00, "ask", "in-1")
    pay_online(purchase)
    order.refresh_from_db()
    online = order.purchase.total_fen - 90_00
    bank = order.total_fen - online
    assert bank > 0 < online
    for path in (f"/account/orders/{order.order.number}/", "/account/orders/"):
        page = as_(buyer).get(path).content.decode()
        assert f"{in_yuan(bank)} 退到您的银行账户，请在下一页填写收款账户；{in_yuan(online)} 按原支付方式退回" in page
    would = {"bank": in_yuan(bank)[1:], "other": in_yuan(online)[1:], "waits": in_yuan(order.total_fen)[1:]}
    assert {key: told(buyer, order)["would_go_back"][key] for key in would} == would
    said = cancelled(buyer, order)
    assert f"{in_yuan(bank)} 退回您的银行账户，请在下方核对收款账户；{in_yuan(online)} 按原支付方式退回" in said
    kind, params = message(buyer)
    assert (kind, params["bank_fen"], params["other_fen"]) == ("order_cancelled_both", bank, online)
    went = told(buyer, order)["went_back"]
    assert (went["bank"], went["other"]) == (would["bank"], would["other"])
    # By the account as much is asked for as is paid to it, and on no page of another order.
    assert re.search(r'data-testid="goes-back">.*?</span>(\d+)', page_of(buyer, order))[1] == str(bank // 100)
    assert 'data-testid="refund-pending"' not in page_of(buyer, other)
    assert (told(buyer, other)["refund_waits"], told(buyer, other)["went_back"]["bank"]) == (False, "0.00")
    paid_page = as_(buyer).get(f"/pay/{purchase.number}/", follow=True).content.decode()
    assert f"其中 {in_yuan(order.total_fen)} 已退或正在退回" in paid_page
    assert [found for _name, found in run_all() if found] == []


def test_of_a_partly_paid_purchase_nothing_is_said_to_be_untaken() -> None:
    buyer = make_user()
    _purchase, (order, other), payment = two_orders(buyer)
    book(payment, 30_00, "ask", "in-1")
    assert "这个购买单已到账的 ¥30.00 留给其他订单使用" in page_of(buyer, order)
    said = cancelled(buyer, order)
    assert ("没有扣款" in said, "已取消。这个购买单已到账的 ¥30.00 留给其他订单使用" in said) == (False, True)
    assert message(buyer) == (
        "order_cancelled_kept",
        message_params(order, stays_fen=30_00),
    )
    assert Refund.objects.count() == 0
    assert 'data-testid="refund-pending"' not in page_of(buyer, other)


def message_params(order: OrderFacts, **fens: int) -> dict[str, Any]:
    names = ("amount_fen", "bank_fen", "other_fen", "stays_fen")
    return {"number": order.order.number} | dict.fromkeys(names, 0) | fens


def test_what_is_more_than_the_other_orders_need_goes_back_and_is_said() -> None:
    buyer = make_user()
    purchase, (order, other), payment = two_orders(buyer)
    book(payment, other.total_fen + 7_00, "ask", "in-1")
    assert "¥7.00 退到您的银行账户" in page_of(buyer, order)
    said = cancelled(buyer, order)
    assert "¥7.00 将退到您的银行账户，请在下方核对收款账户" in said
    purchase.refresh_from_db()
    assert (purchase.state, list(Refund.objects.values_list("amount_fen", "order"))) == ("paid", [(7_00, None)])
    assert message(buyer) == ("order_cancelled_back", message_params(order, amount_fen=7_00, bank_fen=7_00))
    assert 'data-testid="give-account"' in page_of(buyer, order)
    # No order had taken it: each says it, as the purchase's.
    assert "此次付款多付 ¥7.00，退款处理中" in page_of(buyer, other)


@pytest.mark.parametrize("how", ["transfer", "both", "demo"])
def test_what_was_said_to_go_back_is_what_goes_back(how: str) -> None:
    buyer = make_user()
    purchase, orders, payment = two_orders(buyer)
    if how != "demo":
        book(payment, 60_00 if how == "both" else purchase.total_fen, "ask" if how == "both" else "", "in-1")
    if how != "transfer":
        pay_online(purchase)
    for order in orders:
        (row,) = OrderFacts.objects.filter(pk=order.pk).select_related("purchase")
        note_backs([row])
        cancel_order(order_id=order.pk, actor=buyer, at=AT)
        (after,) = OrderFacts.objects.filter(pk=order.pk).select_related("purchase")
        note_backs([after])
        assert (row.would_go_back.bank_fen, row.would_go_back.other_fen) == (
            after.went_back.bank_fen,
            after.went_back.other_fen,
        )
        assert after.went_back.fen == order.total_fen


def test_what_was_paid_too_much_is_said_on_each_order_of_the_purchase() -> None:
    buyer = make_user()
    purchase, orders, payment = two_orders(buyer)
    book(payment, purchase.total_fen + 7_10, "give_back", "in-1")
    for order in orders:
        page = page_of(buyer, order)
        assert page.count("此次付款多付 ¥7.10，退款处理中") == 2
        assert ('data-testid="give-account"' in page, f'href="/pay/{purchase.number}/account/"' in page) == (True, True)
        answer = told(buyer, order)
        assert (answer["refund_waits"], answer["went_back"]["bank"]) == (True, "0.00")
        assert answer["purchase_went_back"] | {"bank": "7.10", "waits": "7.10"} == answer["purchase_went_back"]
    listed = as_(buyer).get("/account/orders/?state=after_sale").content.decode()
    assert (listed.count('data-testid="order"'), listed.count("此次付款多付 ¥7.10，退款处理中")) == (2, 2)
    paid_out(purchase, Refund.objects.get(), "OUT-7")
    page = page_of(buyer, orders[0])
    assert ("银行流水号 OUT-7" in page, 'data-testid="refund-pending"' in page) == (True, False)
    assert told(buyer, orders[0])["refund_waits"] is False


def test_an_order_cancelled_before_the_money_came_is_not_said_to_get_any_of_it_back() -> None:
    buyer = make_user()
    _purchase, (order, other), payment = two_orders(buyer)
    cancel_order(order_id=order.pk, actor=buyer, at=AT - timedelta(hours=1))
    book(payment, other.total_fen + 7_10, "give_back", "in-1")
    # Told only now: what was paid too much since then is not why money goes back.
    assert message(buyer)[0] == "order_cancelled_unpaid"
    page = page_of(buyer, order)
    assert ("已取消，退款处理中" in page, "此次付款多付 ¥7.10，退款处理中" in page) == (False, True)
    assert told(buyer, order)["went_back"]["bank"] == "0.00"
    assert "此次付款多付 ¥7.10，退款处理中" in page_of(buyer, other)


def test_what_came_for_a_closed_purchase_goes_back_on_each_of_its_orders() -> None:
    buyer = make_user()
    purchase, orders, payment = two_orders(buyer)
    book(payment, 30_00, "ask", "in-1")
    as_(buyer).post(f"/pay/{purchase.number}/cancel/")
    for order in orders:
        order.refresh_from_db()
        page = page_of(buyer, order)
        assert ("购买单关闭前已到账 ¥30.00，退款处理中" in page, 'data-testid="give-account"' in page) == (True, True)
        assert "已取消，退款处理中" in page


def test_what_cancelling_the_rest_gives_back_is_told_to_programs() -> None:
    buyer = make_user()
    purchase = buy((make_listing(stock=9, price_fen=20_00), 3), user=buyer)
    payment, _new = start_payment(purchase=purchase, gateway_name="transfer", at=AT)
    book(payment, purchase.total_fen, "", "in-1")
    order = OrderFacts.objects.select_related("order").get(purchase=purchase)
    assert told(buyer, order)["would_go_back"]["bank"] == in_yuan(order.total_fen)[1:]
    ship(order, {lines_of(order)[0].pk: 1})
    answer = told(buyer, order)
    assert "cancel_rest" in answer["can"]
    assert answer["would_go_back"]["bank"] == "40.00"
