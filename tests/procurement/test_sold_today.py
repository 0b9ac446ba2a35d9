"""What a supplier's home says was sold is what was charged: the same as its settlement and its report of that day."""

import pytest

from procurement.operations.accepting import accept_goods
from procurement.operations.paying import pay_in_demo
from shop.accounts.models import Membership
from shop.sales.models import OrderFacts, Purchase
from shop.sales.operations.refunds import refund_order_part
from shop.sales.queries.left import left_of
from shop.sales.queries.reports import report
from shop.sales.queries.reports.scopes import Scope
from shop.sales.queries.seller import settlement, sold_by_day
from shop.sales.states import PurchaseState
from tests.api.conftest import program_of
from tests.factories import AT, make_listing, make_user
from tests.sales.selling import lines_of, ship

from .offices import amount, as_, ordered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]
DAY = AT.date()


@pytest.fixture
def boxes():
    """Boxes of 2.5 kg for ¥22.40 each, charged by weight."""
    return make_listing(specs=[{"price_fen": 2240, "stock": 200, "net_grams": 2500}])


@pytest.fixture
def member(boxes):
    user = make_user(name="供应商")
    Membership.objects.create(user=user, organisation=boxes.supplier.organisation, role="owner")
    return user


def accepted(office, listing, pieces, grams=None, *, terms="postpaid"):
    """Order five, send them, accept so many (of so many grams), and pay what is due."""
    (order,) = ordered(office, (listing, 5), terms=terms)
    if terms != "postpaid":
        pay_in_demo(request_id=order.of_unit.request_id, actor=office.finance, at=AT)
    ship(order)
    (line,) = lines_of(order)
    accept_goods(
        order_id=order.pk, accepted={line.pk: pieces}, weighed={line.pk: grams} if grams else None,
        note="" if pieces else "全部发霉", actor=office.buyer, at=AT,
    )  # fmt: skip
    if Purchase.objects.get(pk=order.purchase_id).state == PurchaseState.UNPAID:
        pay_in_demo(request_id=order.of_unit.request_id, actor=office.finance, at=AT)
    return OrderFacts.objects.get(pk=order.pk)


def doors(supplier_id):
    """Return what was sold on the day as the home, the settlement and the report of the supplier have it."""
    found = settlement(supplier_id)
    day = report(dimension="county", since=DAY, until=DAY, scope=Scope(suppliers=(supplier_id,)), at=AT)
    days = sold_by_day(supplier_id, at=AT)
    assert [fen for _day, fen in days[:-1]] == [0] * 7
    return days[-1][1], found.held_fen + found.payable_fen, day.total.net_fen


@pytest.mark.parametrize(
    ("orders", "fen"),
    [
        ([(0, None, "postpaid")], 0),
        ([(0, None, "prepaid")], 0),
        # Two of five refused; what was accepted weighed 6 kg of the 7.5 kg that it should.
        ([(3, 6000, "postpaid")], 5376),
        ([(3, 6000, "prepaid")], 5376),
        ([(0, None, "postpaid"), (3, 6000, "postpaid"), (5, None, "postpaid"), (4, None, "prepaid")], 25_536),
    ],
)
def test_what_was_sold_is_what_was_charged_at_home_in_settlement_and_report(office, boxes, member, orders, fen):
    for pieces, grams, terms in orders:
        accepted(office, boxes, pieces, grams, terms=terms)
    assert doors(boxes.supplier_id) == (fen, fen, fen)
    assert amount(as_(member).get("/seller/"), "sold-today") == f"¥{fen / 100:.2f}"
    sold = program_of(member).get("/seller/today").data["sold"]
    assert [each["amount"] for each in sold] == ["0.00"] * 7 + [f"{fen / 100:.2f}"]
    assert sold[-1]["day"] == f"{DAY}"


def test_what_was_given_back_later_is_no_more_sold(office, boxes):
    order = accepted(office, boxes, 3)
    (line,) = lines_of(order)
    refund_order_part(order=order, amount_fen=240, reason="坏果", key="r1", actor=None, at=AT, lines={line.pk: 240})
    assert doors(boxes.supplier_id) == (6480, 6480, 6480)


def test_the_expression_of_what_is_left_is_the_orders_own(office, boxes):
    for pieces in (0, 3, 5):
        accepted(office, boxes, pieces)
    for order in OrderFacts.objects.annotate(left=left_of()):
        assert order.left == order.left_fen
