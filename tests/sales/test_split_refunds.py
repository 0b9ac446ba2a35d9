"""A refund that is split between a card part and a bank part: every page says the same of how far each part is."""

import re

import pytest

from shop.accounts.models import Message, User
from shop.core import outbox
from shop.core.money import in_yuan
from shop.core.projections import run_all
from shop.sales.models import OrderFacts, Refund
from shop.sales.operations.refunds import send_refund
from shop.sales.operations.shipping import cancel_rest
from tests.api.conftest import program_of
from tests.factories import AT, make_listing, make_supplier, make_user
from tests.sales.selling import buy, lines_of, ship
from tests.sales.test_backs import cancelled, page_of, pay_online, told, two_orders
from tests.sales.test_money_trails import as_, book, finance, paid_out, start_payment, that_day

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]
__all__ = ["that_day"]


def figures(page: str) -> dict[str, str]:
    """Return the sums of an order's page by their testid."""
    return dict(re.findall(r'data-testid="(order-going-by-bank|order-going-back|order-refunded)">−(¥[\d.,]+)<', page))


def test_a_split_refund_says_on_every_page_what_left_and_what_is_under_way_by_which_way() -> None:
    buyer, desk = make_user(), finance()
    purchase, (order, _other), payment = two_orders(buyer)
    book(payment, 90_00, "ask", "in-1")
    pay_online(purchase)
    order.refresh_from_db()
    cancelled(buyer, order)
    card, bank = Refund.objects.order_by("pk")
    assert (card.payment.gateway, bank.payment.gateway) == ("demo", "transfer")
    assert card.amount_fen + bank.amount_fen == order.total_fen
    card_yuan, bank_yuan = in_yuan(card.amount_fen), in_yuan(bank.amount_fen)

    # Both parts are under way.
    page = page_of(buyer, order)
    assert figures(page) == {"order-going-by-bank": bank_yuan, "order-going-back": card_yuan}
    listed = as_(buyer).get("/account/orders/?state=after_sale").content.decode()
    notes = [f"本订单 {bank_yuan}，银行转账退款处理中", f"本订单 {card_yuan}，原路退款处理中"]
    assert [note in text for text in (page, listed) for note in notes] == [True] * 4
    paid = as_(buyer).get(f"/pay/{purchase.number}/", follow=True).content.decode()
    assert re.findall(r'data-testid="back-way">([^<]+)<', paid) == [
        f"{bank_yuan} 正以银行转账退回", f"{card_yuan} 正按原支付方式退回",
    ]  # fmt: skip
    assert (paid.count("银行转账退款处理中"), paid.count("原路退款处理中")) == (2, 1)
    went = told(buyer, order)["went_back"]
    assert (went["bank_waits"], went["other_waits"], went["given_back"]) == (bank_yuan[1:], card_yuan[1:], "0.00")
    assert went["waits"] == in_yuan(order.total_fen)[1:]
    row = desk.get("/review/payouts/").content.decode()
    assert f"另有 {card_yuan} 正按原支付方式退回" in row
    items = program_of(desk_user()).get("/review/payouts").data["items"]
    assert [(each["amount"], each["other_waits"]) for each in items] == [(bank_yuan[1:], card_yuan[1:])]

    # The bank part is paid while the card part still runs.
    paid_out(purchase, bank, "OUT-1")
    page = page_of(buyer, order)
    assert figures(page) == {"order-going-back": card_yuan, "order-refunded": bank_yuan}
    assert 'data-testid="refund-pending"' not in page
    listed = as_(buyer).get("/account/orders/?state=after_sale").content.decode()
    assert (f"本订单 {card_yuan}，原路退款处理中" in listed, f"本订单已退 {bank_yuan}" in listed) == (True, True)
    paid = as_(buyer).get(f"/pay/{purchase.number}/", follow=True).content.decode()
    assert re.findall(r'data-testid="back-way">([^<]+)<', paid) == [
        f"已退 {bank_yuan}", f"{card_yuan} 正按原支付方式退回",
    ]  # fmt: skip
    assert f"另有 {card_yuan} 正按原支付方式退回" in desk.get("/review/payouts/?paid=1").content.decode()

    # Everything left.
    send_refund(refund_id=card.pk, at=AT)
    page = page_of(buyer, order)
    assert figures(page) == {"order-refunded": in_yuan(order.total_fen)}
    went = program_of(buyer).get(f"/purchases/{purchase.number}").data["went_back"]
    assert [(each["amount"], each["way"], each["paid_at"] is None) for each in went] == [
        (card_yuan[1:], "other", False), (bank_yuan[1:], "bank", False),
    ]  # fmt: skip
    assert f"另有 {card_yuan} 已按原支付方式退回" in desk.get("/review/payouts/?paid=1").content.decode()
    assert [found for _name, found in run_all() if found] == []


def desk_user() -> User:
    return User.objects.get(email="finance@example.com")


def test_of_goods_that_can_not_be_sent_the_message_says_the_way_of_this_time() -> None:
    buyer = make_user()
    one = make_supplier()
    listings = [make_listing(stock=9, price_fen=fen, supplier=one) for fen in (40_00, 30_00, 20_00)]
    purchase = buy(*((listing, 1) for listing in listings), user=buyer)
    payment, _new = start_payment(purchase=purchase, gateway_name="transfer", at=AT)
    book(payment, purchase.total_fen - 50_00, "ask", "in-1")
    pay_online(purchase)
    order = OrderFacts.objects.select_related("order", "purchase").get(purchase=purchase)
    kept, dear, cheap = lines_of(order)
    ship(order, {kept.pk: 1})
    cancel_rest(order_id=order.pk, actor=None, at=AT, line_ids=[dear.pk])
    outbox.drain(at=AT)
    first = Message.objects.get(user=buyer, kind__startswith="order_short")
    assert (first.kind, first.params["amount_fen"], first.params["other_fen"]) == ("order_short", 30_00, 30_00)
    later = AT.replace(hour=AT.hour + 1) if AT.hour < 23 else AT
    cancel_rest(order_id=order.pk, actor=None, at=later, line_ids=[cheap.pk])
    outbox.drain(at=later)
    second = Message.objects.filter(user=buyer, kind__startswith="order_short").exclude(pk=first.pk).get()
    assert (second.kind, second.params["bank_fen"], second.params["other_fen"]) == ("order_short", 0, 20_00)
