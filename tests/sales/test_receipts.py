from datetime import timedelta

import pytest

from shop.core import ledger
from shop.sales.errors import WrongState
from shop.sales.operations.aftersales import open_after_sale
from shop.sales.operations.receipts import confirm_receipt, receive_overdue
from shop.sales.operations.refunds import refund_order_part
from tests.factories import AT, make_listing
from tests.sales.selling import lines_of, paid, receive, ship

pytestmark = pytest.mark.django_db


def test_receipt_makes_the_money_payable_once():
    pomelo = make_listing(stock=50)
    order = ship(paid((pomelo, 2), freight={pomelo.supplier_id: 600}))
    assert confirm_receipt(order_id=order.pk, actor=None, at=AT) is True
    assert confirm_receipt(order_id=order.pk, actor=None, at=AT) is False
    order.refresh_from_db()
    assert (order.state, [line.accepted for line in lines_of(order)]) == ("completed", [2])
    assert ledger.balances("supplier:") == {
        f"supplier:{pomelo.supplier_id}:held": 0,
        f"supplier:{pomelo.supplier_id}:payable": 7160,
    }


def test_the_platforms_discount_and_earlier_refunds_add_up_to_nothing_held():
    pomelo = make_listing(stock=50, price_fen=1000)
    order = ship(paid((pomelo, 3), freight={pomelo.supplier_id: 700}, discounts={pomelo.pk: 333}))
    parts = {lines_of(order)[0].pk: 501}
    refund_order_part(order=order, amount_fen=501, reason="damaged", key="r", actor=None, at=AT, lines=parts)
    receive(order)
    balances = ledger.balances("supplier:")
    assert balances[f"supplier:{pomelo.supplier_id}:held"] == 0
    # 3367 paid, 333 of the platform; 501 given back with its part of a piece's discount, 111 for 889.
    assert balances[f"supplier:{pomelo.supplier_id}:payable"] == 3367 - 501 + 333 - 62


def test_what_is_not_on_its_way_is_not_received():
    order = paid((make_listing(stock=50), 2))
    with pytest.raises(WrongState):
        receive(order)


def test_ten_days_after_shipping_time_confirms_unless_a_case_is_open():
    quiet = ship(paid((make_listing(stock=5), 1)))
    disputed = ship(paid((make_listing(stock=5), 1), key="k2"), number="SF1234567890124")
    open_after_sale(
        line_id=lines_of(disputed)[0].pk, kind="refund_only", quantity=1, amount_fen=100, reason="?", actor=None, at=AT
    )
    assert receive_overdue(at=AT + timedelta(days=10, seconds=-1)) == 0
    assert receive_overdue(at=AT + timedelta(days=10)) == 1
    assert receive_overdue(at=AT + timedelta(days=10)) == 0
    quiet.refresh_from_db()
    disputed.refresh_from_db()
    assert (quiet.state, disputed.state) == ("completed", "shipped")
    assert quiet.moves.latest("pk").reason == "received_by_time"
