"""A payment that is still under way is never called failed or nothing: it may come, and what is not needed goes back."""

import re
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from shop.accounts.models import Message
from shop.core import outbox
from shop.sales.models import Payment, Purchase, Refund
from shop.sales.operations.closing import cancel_order, cancel_purchase
from shop.sales.operations.payments import await_confirmation, capture_payment, start_payment
from shop.sales.operations.transfers import match_transfer
from shop.sales.queries.outcomes import outcome_of
from tests.factories import make_listing, make_supplier, make_user
from tests.sales.selling import buy
from tests.sales.test_money_due import wrong

pytestmark = pytest.mark.django_db
NOT_NEEDED = "这个购买单不需要的部分会立即退还给您"


def said(page: bytes) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page.decode())))


def two_suppliers() -> tuple[Client, Purchase]:
    """Return a buyer's browser and an unpaid purchase of ¥30 and ¥20."""
    user = make_user()
    other = make_listing(price_fen=20_00, supplier=make_supplier("油坊"))
    purchase = buy((make_listing(price_fen=30_00), 1), (other, 1), user=user, at=timezone.now())
    client = Client()
    client.force_login(user)
    return client, purchase


def begin(purchase: Purchase, *, is_checked: bool = True) -> Payment:
    payment, _started = start_payment(purchase=purchase, gateway_name="demo", at=timezone.now())
    if is_checked:
        await_confirmation(payment_id=payment.pk, at=timezone.now())
    return payment


def cancel_second(purchase: Purchase) -> None:
    cancel_order(order_id=purchase.orders.order_by("pk")[1].pk, actor=None, at=timezone.now())


def test_a_payment_in_progress_stays_in_progress_when_one_order_is_cancelled() -> None:
    client, purchase = two_suppliers()
    payment = begin(purchase)
    cancel_second(purchase)
    page = said(client.get(f"/pay/{purchase.number}/").content)
    assert ("正在确认" in page, "没有扣款" in page) == (True, False)
    assert 'data-testid="pay"' not in client.get(f"/pay/{purchase.number}/").content.decode()
    assert "现在只需付 ¥30.00：款项到账后，其中 ¥20.00 立即退还给您" in page
    assert client.get(f"/pay/{purchase.number}/status/").json() == {"state": "checking"}
    capture_payment(payment_id=payment.pk, at=timezone.now())
    purchase.refresh_from_db()
    assert (purchase.state, Refund.objects.get().amount_fen, wrong()) == ("paid", 20_00, [])


@pytest.mark.parametrize("is_checked", [True, False])
def test_who_pays_another_amount_meanwhile_is_told_what_becomes_of_the_first(is_checked: bool) -> None:
    client, purchase = two_suppliers()
    first = begin(purchase, is_checked=is_checked)
    cancel_second(purchase)
    page = said(client.get(f"/pay/{purchase.number}/?other=1").content)
    assert ("没有扣款" in page, "您的 ¥50.00 付款还没有结果" in page, NOT_NEEDED in page) == (False, True, True)
    client.post(f"/pay/{purchase.number}/", {"method": "demo"})
    assert NOT_NEEDED in said(client.get(f"/pay/{purchase.number}/demo/").content)
    second = Payment.objects.latest("pk")
    assert (second.pk != first.pk, second.amount_fen) == (True, 30_00)
    capture_payment(payment_id=second.pk, at=timezone.now())
    capture_payment(payment_id=first.pk, at=timezone.now())
    assert list(Refund.objects.values_list("payment", "amount_fen")) == [(first.pk, 50_00)]
    assert wrong() == []


def test_a_payment_page_that_was_only_opened_is_not_called_failed() -> None:
    client, purchase = two_suppliers()
    begin(purchase, is_checked=False)
    cancel_second(purchase)
    page = client.get(f"/pay/{purchase.number}/").content
    assert ('data-testid="payment-failed"' in page.decode(), NOT_NEEDED in said(page)) == (False, True)


def test_a_transfer_page_says_that_a_card_payment_may_still_come() -> None:
    client, purchase = two_suppliers()
    begin(purchase)
    client.post(f"/pay/{purchase.number}/", {"method": "transfer"})
    assert NOT_NEEDED in said(client.get(f"/pay/{purchase.number}/transfer/").content)


def test_an_attempt_that_fails_beside_one_in_progress_does_not_say_that_nothing_was_taken() -> None:
    client, purchase = two_suppliers()
    begin(purchase)
    cancel_second(purchase)
    client.post(f"/pay/{purchase.number}/demo/", {"outcome": "fail"})
    assert 'data-testid="checking"' in client.get(f"/pay/{purchase.number}/").content.decode()
    page = said(client.get(f"/pay/{purchase.number}/?other=1").content)
    assert ("没有扣款" in page, "这次支付没有成功" in page) == (False, True)


@pytest.mark.parametrize("method", ["demo", "transfer"])
def test_a_purchase_cancelled_while_its_payment_is_under_way_says_that_it_is_returned(method: str) -> None:
    client, purchase = two_suppliers()
    payment, _started = start_payment(purchase=purchase, gateway_name=method, at=timezone.now())
    page = client.get(f"/pay/{purchase.number}/?other=1").content.decode()
    assert "您的付款如之后到账，将全额退还" in page
    cancel_purchase(purchase=purchase, actor=None, at=timezone.now())
    closed = said(client.get(f"/pay/{purchase.number}/").content)
    assert ("没有扣款" in closed, "如之后到账，将全额退还给您" in closed) == (False, True)
    if method == "demo":
        capture_payment(payment_id=payment.pk, at=timezone.now())
        assert (Refund.objects.get().amount_fen, wrong()) == (50_00, [])


def test_a_purchase_cancelled_before_any_payment_says_that_nothing_was_charged() -> None:
    client, purchase = two_suppliers()
    cancel_purchase(purchase=purchase, actor=None, at=timezone.now())
    assert "没有扣款" in said(client.get(f"/pay/{purchase.number}/").content)


def test_an_order_cancelled_while_a_payment_is_under_way_says_what_becomes_of_it() -> None:
    client, purchase = two_suppliers()
    begin(purchase)
    order = purchase.orders.order_by("pk")[1].order.number
    words = "这个购买单的付款如之后到账，用不到的部分会立即退还给您"
    assert words in client.get(f"/account/orders/{order}/").content.decode()
    page = said(client.post(f"/account/orders/{order}/cancel/", follow=True).content)
    assert (words in page, "没有扣款" in page) == (True, False)
    outbox.drain(at=timezone.now())
    assert "order_cancelled_under_way" in Message.objects.values_list("kind", flat=True)


def test_finance_is_not_told_that_orders_go_on_when_all_were_cancelled() -> None:
    _client, purchase = two_suppliers()
    payment, _started = start_payment(purchase=purchase, gateway_name="transfer", at=timezone.now())
    match_transfer(payment_id=payment.pk, received_fen=50_00, payer="沈三", why="核对过", actor=None, at=timezone.now())
    assert outcome_of(payment).words() == "已入账，订单继续处理。"
    for order in purchase.orders.all():
        cancel_order(order_id=order.pk, actor=None, at=timezone.now())
    match_transfer(
        payment_id=payment.pk,
        received_fen=7_90,
        payer="沈三",
        why="核对过",
        reference="S3-3",
        actor=None,
        at=timezone.now(),
    )
    words = outcome_of(payment).words()
    assert words.startswith("已入账，¥7.90 全部应退：这个购买单的订单都已取消，没有订单继续")
    assert wrong() == []
