"""Payments, refunds, cases, moves and parcels that were changed past the operations are noticed."""

from datetime import timedelta

import pytest

from shop.sales.models import AfterSale, Payment, Refund
from shop.sales.operations.aftersales import decide_after_sale, open_after_sale
from tests.factories import AT, make_listing
from tests.sales.selling import lines_of, paid, photo, receive, ship
from tests.tampering import faults, tamper

pytestmark = pytest.mark.django_db


@pytest.fixture
def order():
    """A received order, for half of which the money went back."""
    made = receive(ship(paid((make_listing(stock=50, price_fen=3280), 2))))
    case = open_after_sale(
        line_id=lines_of(made)[0].pk, kind="damaged", quantity=1, amount_fen=3280, reason="压坏了一个",
        uploads=[photo()], actor=None, at=AT + timedelta(hours=1),
    )  # fmt: skip
    decide_after_sale(case_id=case.pk, approve=True, amount_fen=3280, actor=None, at=AT + timedelta(hours=2))
    assert faults() == []
    return made


ROWS = {
    "payment asks for more": ("UPDATE sales_payment SET amount_fen = amount_fen + 1", "payment "),
    "payment not succeeded": ("UPDATE sales_payment SET state = 'started'", "payment "),
    "no move": ("DELETE FROM sales_ordermove WHERE to_state = 'shipped'", "moves of order"),
    "last move gone": ("DELETE FROM sales_ordermove WHERE to_state = 'completed'", "moves of order"),
    "Oscar's pieces": ("UPDATE order_line SET quantity = quantity + 1", "Oscar's pieces of line"),
    "Oscar's price": ("UPDATE order_line SET line_price_incl_tax = line_price_incl_tax + 1", "Oscar's price of line"),
    "parcel": ("UPDATE sales_shipmentline SET quantity = quantity + 1", "pieces of line"),
    "refunded case refused": ("UPDATE sales_aftersale SET state = 'refused'", "given back by the refused case"),
    "granted another amount": (
        "UPDATE sales_aftersale SET agreed_fen = agreed_fen - 100",
        "given back by the approved",
    ),
    "refund's reason": ("UPDATE sales_refund SET reason = 'goodwill'", "reason of the refund"),
    "case's move": ("UPDATE sales_casemove SET amount_fen = amount_fen + 1 WHERE amount_fen > 0", "amount of the last"),
    "case's move gone": ("DELETE FROM sales_casemove WHERE to_state = 'approved'", "moves of case"),
}


@pytest.mark.parametrize("case", ROWS)
@pytest.mark.usefixtures("order")
def test_a_changed_row_is_noticed(case):
    statement, what = ROWS[case]
    tamper(statement)

    assert any(each.startswith(what) for each in faults())


@pytest.mark.usefixtures("order")
def test_a_finished_refund_that_is_said_to_be_asked_for_is_noticed():
    tamper("UPDATE sales_refund SET state = 'requested', finished_at = %s", AT)

    assert f"refund {Refund.objects.get().pk} is finished, and not said to be" in faults()


@pytest.mark.usefixtures("order")
def test_a_refund_of_another_payment_is_noticed():
    other = paid((make_listing(slug="other", stock=5), 1), key="k2")
    payment = Payment.objects.get(payable_id=other.purchase_id)
    tamper("UPDATE sales_refund SET payment_id = %s", payment.pk)

    assert f"refund {Refund.objects.get().pk} is of another purchase's payment" in faults()


def test_an_open_case_that_is_said_to_be_granted_is_noticed():
    made = receive(ship(paid((make_listing(stock=50, price_fen=3280), 2))))
    open_after_sale(
        line_id=lines_of(made)[0].pk, kind="damaged", quantity=1, amount_fen=3280, reason="压坏了一个",
        uploads=[photo()], actor=None, at=AT,
    )  # fmt: skip
    assert faults() == []
    tamper("UPDATE sales_aftersale SET state = 'approved', agreed_fen = amount_fen")

    assert f"given back by the approved case {AfterSale.objects.get().pk}" in faults()


def test_an_order_whose_move_of_being_paid_is_gone_is_noticed():
    waiting = paid((make_listing(stock=5), 1))
    assert faults() == []
    tamper("DELETE FROM sales_ordermove WHERE to_state = 'to_ship'")

    assert f"order {waiting.pk} is to be sent without a move that paid it" in faults()
