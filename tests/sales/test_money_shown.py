"""How a transfer's money reads to its buyer: until when, how much came, how a refund comes back; what each parcel holds."""

import base64
from typing import Any

import pytest

from shop.accounts.models import Message
from shop.core import outbox
from shop.sales.models import TransferSlip
from shop.sales.operations.closing import cancel_order
from shop.sales.operations.payments import capture_payment, start_payment
from shop.sales.operations.shipping import Parcel, ship_order
from tests.api.conftest import program_of
from tests.factories import AT, make_listing, make_user
from tests.sales.selling import buy, photo
from tests.sales.test_money_trails import announced, as_, book, that_day
from tests.sales.test_terms import only_order

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]
__all__ = ["that_day"]


def order_page(buyer: Any, purchase: Any) -> str:
    number = only_order(purchase).order.number
    return as_(buyer).get(f"/account/orders/{number}/").content.decode()


def test_the_order_page_of_a_waiting_transfer_says_by_which_day_and_what_arrived() -> None:
    buyer = make_user()
    purchase, payment = announced(buyer)
    number = only_order(purchase).order.number
    page = order_page(buyer, purchase)
    assert "前汇款 ¥89.80，到账后备货" in page
    book(payment, 40_00, "ask", "in-1")
    page = order_page(buyer, purchase)
    assert "应付 ¥89.80，已到账 ¥40.00，请在" in page
    assert "前再汇 ¥49.80" in page
    told = program_of(buyer).get(f"/orders/{number}").data
    assert told["next_step"].startswith("¥40.00 of ¥89.80 arrived: transfer the other ¥49.80 by ")


def test_a_part_that_goes_back_with_a_cancelled_order_is_said_on_list_page_and_message() -> None:
    buyer = make_user()
    purchase, payment = announced(buyer)
    book(payment, 40_00, "ask", "in-1")
    order = only_order(purchase)
    number = order.order.number
    said = as_(buyer).post(f"/account/orders/{number}/cancel/", follow=True).content.decode()
    assert "已取消。¥40.00 将退到您的银行账户" in said
    for path in (f"/account/orders/{number}/", "/account/orders/"):
        assert "已取消，退款处理中" in as_(buyer).get(path).content.decode(), path
    page = order_page(buyer, purchase)
    assert ('data-testid="refund-pending"' in page, "¥</span>40" in page, "原路" in page) == (True, True, False)
    assert program_of(buyer).get(f"/orders/{number}").data["refund_waits"] is True
    outbox.drain(at=AT)
    kinds = set(Message.objects.filter(user=buyer).values_list("kind", flat=True))
    assert ("order_cancelled_back" in kinds, "order_cancelled_unpaid" in kinds) == (True, False)


def test_a_paid_transfer_is_never_said_to_go_back_the_way_it_came() -> None:
    buyer = make_user()
    purchase, payment = announced(buyer)
    book(payment, 89_80, reference="in-1")
    page = order_page(buyer, purchase)
    assert ("将退到您的银行账户：请在下一页填写收款账户" in page, "原路" in page) == (True, False)
    number = only_order(purchase).order.number
    said = as_(buyer).post(f"/account/orders/{number}/cancel/", follow=True).content.decode()
    assert ("已取消。¥89.80 将退到您的银行账户" in said, "原路" in said) == (True, False)
    outbox.drain(at=AT)
    kinds = set(Message.objects.filter(user=buyer).values_list("kind", flat=True))
    assert ("order_cancelled_back" in kinds, "order_cancelled" in kinds) == (True, False)


def test_what_was_paid_online_still_goes_back_the_way_it_came() -> None:
    buyer = make_user()
    purchase = buy((make_listing(stock=9, price_fen=50_00), 1), user=buyer)
    payment, _started = start_payment(purchase=purchase, gateway_name="demo", at=AT)
    capture_payment(payment_id=payment.pk, at=AT)
    assert "将原路退回" in order_page(buyer, purchase)
    cancel_order(order_id=only_order(purchase).pk, actor=buyer, at=AT)
    outbox.drain(at=AT)
    assert "order_cancelled" in set(Message.objects.filter(user=buyer).values_list("kind", flat=True))


def test_a_slip_is_shown_and_may_be_replaced_by_page_and_api() -> None:
    buyer = make_user()
    purchase, _payment = announced(buyer)
    path = f"/pay/{purchase.number}/"
    as_(buyer).post(f"{path}slip/", {"slip": photo()})
    first = TransferSlip.objects.get()
    page = as_(buyer).get(f"{path}transfer/").content.decode()
    assert ("上传回单，财务核对转账时可见" in page, f'name="replaces" value="{first.pk}"' in page) == (True, True)
    assert 'data-testid="slip-picture"' in page
    as_(buyer).post(f"{path}slip/", {"slip": photo(), "replaces": str(first.pk)})
    second = TransferSlip.objects.get()
    assert second.pk != first.pk
    me = program_of(buyer)
    assert [each["id"] for each in me.get(f"/purchases/{purchase.number}").data["slips"]] == [second.pk]
    picture = {"picture": base64.b64encode(photo().read()).decode(), "replaces": second.pk}
    answer = me.post(f"/purchases/{purchase.number}/transfer-slips", picture, key="r")
    assert (answer.status_code, TransferSlip.objects.count()) == (201, 1)
    # Another buyer's slip is not replaced.
    other_buyer = make_user()
    other, _other_payment = announced(other_buyer, key="k2")
    kept = TransferSlip.objects.get()
    as_(other_buyer).post(f"/pay/{other.number}/slip/", {"slip": photo(), "replaces": str(kept.pk)})
    assert TransferSlip.objects.filter(pk=kept.pk).exists()


def test_each_parcel_lists_its_goods_and_the_order_what_is_still_to_come() -> None:
    buyer = make_user()
    listing = make_listing(stock=9, price_fen=29_00)
    purchase = buy((listing, 3), user=buyer)
    payment, _started = start_payment(purchase=purchase, gateway_name="demo", at=AT)
    capture_payment(payment_id=payment.pk, at=AT)
    order = only_order(purchase)
    line = order.lines.get()
    ship_order(order_id=order.pk, parcel=Parcel("sf", "SF1234567890123", {line.pk: 1}), actor=None, at=AT)
    page = order_page(buyer, purchase)
    assert page.count('data-testid="parcel-goods"') == 2
    parcel, rest = page.split('data-testid="still-to-come"')
    assert ("×1</b>" in parcel, "×2</b>" in rest) == (True, True)
    told = program_of(buyer).get(f"/orders/{order.order.number}").data
    assert [each["quantity"] for each in told["parcels"][0]["goods"]] == [1]
    assert [each["quantity"] for each in told["to_come"]] == [2]
    ship_order(order_id=order.pk, parcel=Parcel("sf", "SF1234567890124", {line.pk: 2}), actor=None, at=AT)
    assert 'data-testid="still-to-come"' not in order_page(buyer, purchase)
