"""A purchase whose lots failed before it was paid: nobody pays for what can't be sent, without a word."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import Listing
from shop.sales.errors import GoodsMissing
from shop.sales.models import OrderFacts, Payment, Purchase, Refund
from shop.sales.operations.payments import capture_payment, start_payment
from shop.sales.operations.placing import Buyer, PlaceLine, ShipTo, place
from shop.sales.operations.transfers import match_transfer
from shop.sales.queries.without_goods import unpaid_without_goods
from tests.api.conftest import program_of
from tests.factories import AT, make_listing, make_user, spec_of
from tests.sales.selling import buy
from tests.traceability.growing import make_grown, make_lot
from tests.traceability.test_held_stock import dispose, fail

pytestmark = pytest.mark.django_db


def order(listing: Listing, pieces: int, key: str = "one") -> Purchase:
    spec = spec_of(listing)
    return place(
        actor=None, at=AT, lines=[PlaceLine(spec, pieces, spec.price_fen)], buyer=Buyer(phone="+8613800002046"),
        ship_to=ShipTo("周敏", "+8613800002046", "440106", "龙口西路 8 号"), key=key,
    )  # fmt: skip


def missing(purchase: Purchase) -> list[int]:
    return [line.pieces for line in unpaid_without_goods(purchase.pk, at=AT)]


@pytest.mark.parametrize("is_gone", [False, True])
def test_what_no_lot_can_be_sent_for_is_not_paid_until_it_is_there_again(is_gone):
    listing = make_grown(stock=20)
    lot = make_lot(listing, pieces=20)
    purchase = order(listing, 8)
    transfer, _started = start_payment(purchase=purchase, gateway_name="transfer", at=AT)
    fail(lot)
    if is_gone:
        dispose(lot)
    for gateway in ("demo", "transfer"):
        with pytest.raises(GoodsMissing) as refused:
            start_payment(purchase=purchase, gateway_name=gateway, at=AT)
        found = OrderFacts.objects.get(purchase=purchase)
        assert (refused.value.code, refused.value.status) == ("goods_missing", 409)
        (goods,) = refused.value.details["goods"]
        assert (goods["order"], goods["pieces"]) == (found.order.number, 8)
        assert found.order.number in str(refused.value.message)
    assert list(Payment.objects.values_list("pk", flat=True)) == [transfer.pk]
    make_lot(listing, pieces=8)
    assert missing(purchase) == []
    start_payment(purchase=purchase, gateway_name="demo", at=AT)


def test_money_that_is_on_its_way_is_booked_as_always():
    listing = make_grown(stock=20)
    lot = make_lot(listing, pieces=20)
    purchase = order(listing, 8)
    payment, _started = start_payment(purchase=purchase, gateway_name="transfer", at=AT)
    fail(lot)
    capture_payment(payment_id=payment.pk, at=AT)
    purchase.refresh_from_db()
    assert (purchase.state, missing(purchase)) == ("paid", [])


def test_goods_that_were_never_packed_are_no_reason_to_refuse():
    """The failed lot's own pieces are held; what else is sold needs no lot yet."""
    listing = make_grown(stock=50)
    fail(make_lot(listing, pieces=10))
    purchase = order(listing, 2)
    assert missing(purchase) == []
    start_payment(purchase=purchase, gateway_name="demo", at=AT)


def test_the_cashier_and_the_api_say_so_before_they_refuse(client: Client):
    buyer = make_user()
    listing = make_grown(stock=20)
    lot = make_lot(listing, pieces=20)
    purchase = buy((listing, 8), user=buyer, at=timezone.now())
    client.force_login(buyer)
    url = f"/pay/{purchase.number}/"
    assert "pay-without-goods" not in client.get(url).content.decode()
    fail(lot)
    page = client.get(url).content.decode()
    assert ('data-testid="pay-without-goods"' in page, 'data-testid="pay"' in page) == (True, False)
    answer = client.post(url, {"method": "demo"})
    assert (answer.status_code, "没有合格的货" in answer.content.decode()) == (409, True)
    program = program_of(buyer)
    told = program.get(f"/purchases/{purchase.number}").data["without_goods"]
    assert OrderFacts.objects.get(purchase=purchase).order.number in told
    refused = program.post(f"/purchases/{purchase.number}/payments", {"method": "demo"}, key="m1")
    assert (refused.status_code, refused.data["code"]) == (409, "goods_missing")
    assert Payment.objects.count() == 0


def of_two_suppliers(buyer) -> tuple[Purchase, OrderFacts, OrderFacts]:
    """A purchase whose first order's only lot failed."""
    listing, other = make_grown(stock=20), make_listing(stock=9, price_fen=3000)
    lot = make_lot(listing, pieces=20)
    purchase = buy((listing, 8), (other, 1), user=buyer, at=timezone.now())
    fail(lot)
    short = OrderFacts.objects.get(purchase=purchase, supplier=listing.supplier)
    return purchase, short, OrderFacts.objects.exclude(pk=short.pk).get(purchase=purchase)


def test_the_cashier_offers_to_cancel_what_is_short_and_then_the_ways_to_pay_the_rest(client: Client):
    buyer = make_user()
    purchase, short, rest = of_two_suppliers(buyer)
    client.force_login(buyer)
    url = f"/pay/{purchase.number}/"
    page = client.get(url).content.decode()
    for absent in ("method-demo", "method-transfer", 'data-testid="pay"', "data-countdown"):
        assert absent not in page
    assert page.count('data-testid="cancel-short"') == 1
    assert f'name="order" value="{short.order.number}"' in page
    assert ("closes-by-itself" in page, "choose-other" in page, "支付其余部分" in page) == (True, True, True)
    assert client.get(f"{url}demo/").headers["Location"] == url
    assert program_of(buyer).get(f"/purchases/{purchase.number}").data["methods"] == []
    assert client.post(f"{url}cancel/", {"order": "9" * 10}).status_code == 404
    answer = client.post(f"{url}cancel/", {"order": short.order.number}, follow=True)
    page = answer.content.decode()
    assert ("pay-without-goods" in page, "method-demo" in page, "data-countdown" in page) == (False, True, True)
    short.refresh_from_db()
    rest.refresh_from_db()
    assert (short.state, rest.state) == ("cancelled", "unpaid")
    assert program_of(buyer).get(f"/purchases/{purchase.number}").data["methods"] == ["demo", "transfer"]


def test_where_all_is_short_the_cashier_offers_to_cancel_the_purchase(client: Client):
    buyer = make_user()
    listing = make_grown(stock=20)
    lot = make_lot(listing, pieces=20)
    purchase = buy((listing, 8), user=buyer, at=timezone.now())
    fail(lot)
    client.force_login(buyer)
    page = client.get(f"/pay/{purchase.number}/").content.decode()
    assert (page.count('data-testid="cancel-purchase"'), "cancel-short" in page) == (1, False)
    # There is no rest to be paid.
    assert ("支付其余部分" in page, "请取消，或等" in page) == (False, True)
    client.post(f"/pay/{purchase.number}/cancel/")
    purchase.refresh_from_db()
    assert purchase.state == "cancelled"


def test_a_transfer_that_was_announced_is_not_asked_for_any_more_and_its_slip_still_taken(client: Client):
    buyer = make_user()
    listing = make_grown(stock=20)
    lot = make_lot(listing, pieces=20)
    purchase = buy((listing, 8), user=buyer, at=timezone.now())
    payment, _started = start_payment(purchase=purchase, gateway_name="transfer", at=timezone.now())
    fail(lot)
    client.force_login(buyer)
    page = client.get(f"/pay/{purchase.number}/transfer/").content.decode()
    assert ("transfer-account" in page, "pay-another-way" in page, "data-countdown" in page) == (False, False, False)
    assert ("transfer-sent-already" in page, payment.provider_ref in page, 'name="slip"' in page) == (True, True, True)


def book_part(purchase: Purchase, fen: int) -> None:
    payment, _started = start_payment(purchase=purchase, gateway_name="transfer", at=timezone.now())
    match_transfer(
        payment_id=payment.pk,
        received_fen=fen,
        payer="周敏",
        why="代付",
        then="ask",
        reference="in-1",
        actor=None,
        at=AT,
    )


def money_of(answer: dict[str, Any]) -> tuple[str, str, str]:
    return answer["would_go_back"]["bank"], answer["stays_then"], answer["left_then"]


@pytest.mark.parametrize(
    ("fen", "stays", "left", "words"),
    [
        (10_00, "10.00", "20.00", "已到账的 ¥10.00 留给其他订单使用。还要为它们支付 ¥20.00。"),
        (30_00, "30.00", "0.00", "已到账的 ¥30.00 留给其他订单使用。它们随之付清。"),
        (37_00, "30.00", "0.00", "¥7.00 退到您的银行账户。"),
    ],
)
def test_the_dialog_of_one_short_order_says_what_came_what_goes_back_and_what_is_left(client, fen, stays, left, words):
    buyer = make_user()
    listing, other = make_grown(stock=20), make_listing(stock=9, price_fen=3000)
    lot = make_lot(listing, pieces=20)
    purchase = buy((listing, 8), (other, 1), user=buyer, at=timezone.now())
    book_part(purchase, fen)
    fail(lot)
    short = OrderFacts.objects.get(purchase=purchase, supplier=listing.supplier)
    client.force_login(buyer)
    page = client.get(f"/pay/{purchase.number}/", follow=True).content.decode()
    (asked,) = re.findall(r'data-confirm="([^"]*)"[^>]*>\s*<input[^>]*>\s*<input[^>]*name="order"', page)
    assert (words in asked, f"×8，¥{short.total_fen / 100:.2f}" in asked, "只取消" in asked) == (True, True, True)
    assert f"已到账 ¥{fen / 100:.2f}" in page.replace("\n", "")
    program = program_of(buyer)
    told = program.get(f"/purchases/{purchase.number}").data
    back = f"{max(0, fen - 30_00) / 100:.2f}"
    assert [money_of(each) for each in told["orders"] if each["number"] == short.order.number] == [(back, stays, left)]
    assert (told["would_go_back"]["bank"], told["kept"]) == (f"{fen / 100:.2f}",) * 2
    of_order = program.get(f"/orders/{short.order.number}").data
    came = f"¥{fen / 100:.2f} of ¥{purchase.total_fen / 100:.2f} arrived for the purchase already."
    assert (money_of(of_order), came in of_order["cannot_pay"]) == ((back, stays, left), True)
    refused = program.post(f"/purchases/{purchase.number}/payments", {"method": "demo"}, key="m1").data["details"]
    assert (refused["kept"], refused["left"]) == (told["kept"], told["left"])
    assert [each["would_go_back"] for each in refused["goods"]] == [back]
    said = client.post(f"/pay/{purchase.number}/cancel/", {"order": short.order.number}, follow=True).content.decode()
    purchase.refresh_from_db()
    assert purchase.state == ("unpaid" if left != "0.00" else "paid")
    assert sum(Refund.objects.values_list("amount_fen", flat=True)) == max(0, fen - 30_00)
    if left != "0.00":
        assert "已到账的 ¥10.00 留给其他订单使用。还要为它们支付 ¥20.00。" in said


def test_cancelling_the_last_short_order_says_that_all_that_came_goes_back(client: Client):
    buyer = make_user()
    listing = make_grown(stock=20)
    lot = make_lot(listing, pieces=20)
    purchase = buy((listing, 8), user=buyer, at=timezone.now())
    book_part(purchase, 10_00)
    fail(lot)
    client.force_login(buyer)
    page = client.get(f"/pay/{purchase.number}/", follow=True).content.decode()
    (asked,) = re.findall(r'data-confirm="([^"]*)"', page)
    assert "¥10.00 退到您的银行账户。" in asked
    told = program_of(buyer).get(f"/purchases/{purchase.number}").data
    assert (told["would_go_back"]["bank"], money_of(told["orders"][0])) == ("10.00", ("10.00", "0.00", "0.00"))
