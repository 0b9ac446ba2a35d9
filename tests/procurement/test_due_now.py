"""Goods first: what is due now stands apart from what waits for acceptance, the same on every page, paper and answer."""

from typing import Any

import pytest

from procurement.models import PurchaseRequest
from procurement.operations.accepting import Receivers, accept_goods
from shop.core.projections import run_all
from shop.sales.models import Payment, Purchase, Refund
from shop.sales.operations.transfers import match_transfer
from tests.api.conftest import program_of
from tests.factories import AT, make_listing
from tests.sales.selling import lines_of, ship

from .offices import amount, as_, figure, ordered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]


def book(fen: int, then: str = "") -> None:
    match_transfer(
        payment_id=Payment.objects.get().pk, received_fen=fen, payer="学校", why="代付", then=then, actor=None, at=AT
    )


@pytest.fixture
def half(office: Any, listing: Any) -> Any:
    """Ten pieces of ¥100: four were sent and three of them accepted."""
    (order,) = ordered(office, (listing, 10))
    (line,) = lines_of(order)
    ship(order, {line.pk: 4})
    accept_goods(
        order_id=order.pk, accepted={line.pk: 3}, note="坏一件", photos=[], receivers=Receivers("李师傅", ""),
        actor=office.buyer, at=AT,
    )  # fmt: skip
    order.refresh_from_db()
    return order


def test_what_is_due_now_is_apart_from_what_waits(office: Any, half: Any) -> None:
    number = PurchaseRequest.objects.get().number
    for path in (f"/units/orders/{half.order.number}/", f"/units/payments/{number}/"):
        page = as_(office.finance).get(path)
        assert (amount(page, "due-now"), amount(page, "waits-amount")) == ("¥300.00", "¥600.00"), path
        assert page.content.decode().count('data-testid="delivery-due"') == 1
    page = as_(office.finance).get(f"/units/payments/{number}/")
    assert (amount(page, "amount-due"), "叁佰元整" in page.content.decode()) == ("¥300.00", True)
    listed = as_(office.finance).get("/units/payments/")
    assert (amount(listed, "amount-due"), amount(listed, "waits")) == ("¥300.00", "¥600.00")
    assert "付款 ¥300.00" in as_(office.finance).get("/units/").content.decode()
    paper = as_(office.finance).get(f"/units/orders/{half.order.number}/acceptances/1/")
    assert (amount(paper, "paper-due"), amount(paper, "paper-waits")) == ("¥300.00", "¥600.00")
    told = program_of(office.finance).get(f"/units/requests/{number}/payment").data
    assert (told["due_now"], told["waits"], told["due"]) == ("300.00", "600.00", "900.00")
    assert [each["amount"] for each in told["deliveries"]] == ["300.00"]


def test_before_acceptance_nothing_is_due_and_the_sum_may_fall(office: Any, listing: Any) -> None:
    ordered(office, (listing, 10))
    number = PurchaseRequest.objects.get().number
    page = as_(office.finance).get(f"/units/payments/{number}/")
    assert (amount(page, "amount-due"), amount(page, "waits")) == ("¥0.00", "¥1,000.00")
    assert "少收则少付" in page.content.decode()


def test_paying_what_is_due_now_asks_for_nothing_more(office: Any, half: Any) -> None:
    number = PurchaseRequest.objects.get().number
    as_(office.finance).post(f"/units/payments/{number}/", {"how": "transfer"})
    # No decision about "too little" is asked for: the rest waits for its acceptance.
    book(300_00)
    page = as_(office.finance).get(f"/units/payments/{number}/")
    assert (amount(page, "amount-due"), amount(page, "waits")) == ("¥0.00", "¥600.00")
    assert 'data-testid="delivery-due"' not in page.content.decode()
    listed = as_(office.finance).get("/units/payments/").content.decode()
    assert "付款逾期" not in listed
    assert "付款 ¥" not in as_(office.finance).get("/units/").content.decode()
    assert [found for _name, found in run_all() if found] == []


def test_an_order_that_was_refused_whole_ends_without_a_payment(office: Any, listing: Any) -> None:
    (order,) = ordered(office, (listing, 5))
    ship(order)
    (line,) = lines_of(order)
    accept_goods(
        order_id=order.pk, accepted={line.pk: 0}, note="全坏", photos=[], receivers=Receivers("李师傅", ""),
        actor=office.buyer, at=AT,
    )  # fmt: skip
    number = PurchaseRequest.objects.get().number
    page = as_(office.buyer).get(f"/units/orders/{order.order.number}/")
    assert figure(page, "order-state") == "全部拒收，无需付款"
    assert "待付款" not in page.content.decode()
    assert "全部拒收，无需付款" in as_(office.buyer).get("/units/orders/").content.decode()
    assert "无需付款" in as_(office.finance).get("/units/payments/").content.decode()
    assert "nothing-due" in as_(office.finance).get(f"/units/payments/{number}/").content.decode()
    assert "全部拒收，无需付款" in as_(office.buyer).get(f"/account/orders/{order.order.number}/").content.decode()
    assert program_of(office.buyer).get(f"/units/orders/{order.order.number}").data["is_refused_whole"] is True


def test_one_refused_order_beside_one_that_is_owed_waits_for_nothing(office: Any, listing: Any) -> None:
    refused, kept = ordered(office, (listing, 5), (make_listing(price_fen=5_000, stock=50), 2))
    for order, pieces, parcel in ((refused, 0, "SF1234567890111"), (kept, 2, "SF1234567890112")):
        ship(order, number=parcel)
        accept_goods(
            order_id=order.pk, accepted={lines_of(order)[0].pk: pieces}, note="坏", photos=[],
            receivers=Receivers("李师傅", ""), actor=office.buyer, at=AT,
        )  # fmt: skip
    assert Purchase.objects.get().state == "unpaid"
    page = as_(office.buyer).get(f"/units/orders/{refused.order.number}/")
    assert figure(page, "order-state") == "全部拒收，无需付款"
    ways = [as_(office.finance).get(f"/units/orders/{each.order.number}/").content.decode() for each in (refused, kept)]
    assert ['data-testid="go-pay"' in each for each in ways] == [False, True]
    assert figure(as_(office.buyer).get(f"/units/orders/{kept.order.number}/"), "order-state") == "已验收，待付款"


def test_what_was_paid_first_and_refused_whole_says_that_the_money_goes_back(office: Any, listing: Any) -> None:
    (order,) = ordered(office, (listing, 5), terms="prepaid")
    number = PurchaseRequest.objects.get().number
    as_(office.finance).post(f"/units/payments/{number}/", {"how": "demo"})
    ship(order)
    accept_goods(
        order_id=order.pk, accepted={lines_of(order)[0].pk: 0}, note="坏", photos=[],
        receivers=Receivers("李师傅", ""), actor=office.buyer, at=AT,
    )  # fmt: skip
    page = as_(office.buyer).get(f"/units/orders/{order.order.number}/")
    assert (figure(page, "order-state"), Refund.objects.get().amount_fen) == ("全部拒收，货款退回", 500_00)
