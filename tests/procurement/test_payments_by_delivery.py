"""Goods first: what is asked for, taken and told is what was accepted, on every door; the rest waits."""

from typing import Any

import pytest

from procurement.models import PurchaseRequest
from procurement.operations.accepting import Receivers, accept_goods
from shop.core.errors import InvalidInput
from shop.core.projections import run_all
from shop.sales.models import Payment, Purchase, Refund
from shop.sales.operations.transfers import match_transfer
from shop.sales.queries.transfers import transfers
from tests.api.conftest import program_of
from tests.factories import AT, make_user
from tests.sales.selling import lines_of, ship

from .offices import amount, as_, ordered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]


def accept(order: Any, office: Any, pieces: int, *, at: Any = AT) -> None:
    accept_goods(
        order_id=order.pk, accepted={lines_of(order)[0].pk: pieces}, note="坏", photos=[],
        receivers=Receivers("李师傅", ""), actor=office.buyer, at=at,
    )  # fmt: skip


@pytest.fixture
def two(office: Any, listing: Any) -> Any:
    """Ten pieces of ¥100: two deliveries, of 4 and of 3 pieces, were accepted; three pieces wait."""
    (order,) = ordered(office, (listing, 10))
    (line,) = lines_of(order)
    for number, pieces in (("SF1234567890121", 4), ("SF1234567890122", 3)):
        ship(order, {line.pk: pieces}, number=number)
        accept(order, office, pieces)
    as_(office.finance).post(f"/units/payments/{PurchaseRequest.objects.get().number}/", {"how": "transfer"})
    order.refresh_from_db()
    return order


def book(fen: int, then: str = "", payment: Any = None) -> None:
    match_transfer(
        payment_id=(payment or Payment.objects.get()).pk, received_fen=fen, payer="学校", why="代付", then=then,
        actor=None, at=AT,
    )  # fmt: skip


def agree() -> bool:
    return [found for _name, found in run_all() if found] == []


def test_a_clerk_is_told_what_is_due_now_and_what_waits(two: Any) -> None:
    (row,) = transfers().object_list
    assert (row.due_fen, row.waits_fen) == (700_00, 300_00)
    clerk = make_user(is_superuser=True, is_staff=True)
    page = as_(clerk).get("/review/transfers/")
    assert amount(page, "due-now") == "¥700.00"
    (told,) = program_of(clerk).get("/review/transfers").data["items"]
    assert (told["amount"], told["waits"]) == ("700.00", "300.00")


@pytest.mark.parametrize(("fen", "left"), [(400_00, "¥300.00"), (700_00, "¥0.00")])
def test_what_pays_whole_deliveries_is_booked_without_a_question(office: Any, two: Any, fen: int, left: str) -> None:
    book(fen)
    page = as_(office.finance).get(f"/units/payments/{PurchaseRequest.objects.get().number}/")
    assert (amount(page, "amount-due"), Refund.objects.count(), agree()) == (left, 0, True)


def test_what_is_more_than_due_now_needs_a_decision(two: Any) -> None:
    for fen in (1000_00, 900_00):
        with pytest.raises(InvalidInput) as refused:
            book(fen)
        facts = refused.value.details
        assert (facts["due_fen"], facts["waits_fen"], facts["over_fen"]) == (700_00, 300_00, fen - 700_00)
    book(1000_00, "give_back")
    assert list(Refund.objects.values_list("amount_fen", "reason")) == [(300_00, "not_due_yet")]
    assert (Purchase.objects.get().state, agree()) == ("unpaid", True)


def test_what_is_over_may_be_kept_for_what_waits(two: Any) -> None:
    book(900_00, "keep")
    assert (Refund.objects.count(), Purchase.objects.get().state, agree()) == (0, "unpaid", True)
    (row,) = transfers().object_list
    assert (row.due_fen, row.waits_fen) == (0, 100_00)
    assert "少一些" not in str(row.said)


def test_the_demo_bank_pays_what_is_due_and_nothing_where_nothing_is(office: Any, listing: Any) -> None:
    (order,) = ordered(office, (listing, 10))
    path = f"/units/payments/{PurchaseRequest.objects.get().number}/"
    page = as_(office.finance).get(path).content.decode()
    assert ("pay-demo" in page, "not-due-yet" in page) == (False, True)
    assert as_(office.finance).post(path, {"how": "demo"}).status_code == 409
    assert Payment.objects.filter(received_fen__gt=0).count() == 0
    (line,) = lines_of(order)
    ship(order, {line.pk: 4}, number="SF1234567890124")
    accept(order, office, 4)
    assert as_(office.finance).post(path, {"how": "demo"}).status_code == 302
    assert (Payment.objects.get(gateway="demo").received_fen, Purchase.objects.get().state) == (400_00, "unpaid")
    assert as_(office.finance).post(path, {"how": "demo"}).status_code == 409
    ship(order, {line.pk: 6}, number="SF1234567890123")
    accept(order, office, 6)
    as_(office.finance).post(path, {"how": "demo"})
    assert (Purchase.objects.get().state, agree()) == ("paid", True)


def test_a_transfer_that_goes_back_is_asked_for_again_by_what_is_due_now(office: Any, two: Any) -> None:
    book(100_00, "give_back")
    page = as_(office.finance).get(f"/units/payments/{PurchaseRequest.objects.get().number}/").content.decode()
    assert ("应付金额 ¥700.00" in page, "应付金额 ¥1,000.00" in page) == (True, False)
