"""Pieces of a drop that its supplier says are not there, or not sound: off the shelf, and counted."""

import pytest
from django.test import Client

from catalog.models import Stock
from livestream.models import Drop
from livestream.operations.drops import end_due_drops
from shop.core import projections
from shop.sales.models import OrderFacts
from shop.sales.operations.payments import capture_payment, start_payment
from shop.sales.operations.shipping import cancel_rest
from tests.factories import AT, make_listing
from tests.livestream.rooms import drop_of, make_session, put
from tests.livestream.test_drops import buy_drop
from tests.sales.selling import lines_of, ship

pytestmark = pytest.mark.django_db


def pools() -> dict[str, tuple[int, int]]:
    rows = Stock.objects.order_by("pk").values_list("pool", "on_hand", "reserved")
    return {pool: (on_hand, reserved) for pool, on_hand, reserved in rows}


@pytest.mark.parametrize("is_over", [False, True], ids=["running", "ended"])
@pytest.mark.parametrize("sent", [0, 1])
@pytest.mark.parametrize("reason", ["out_of_stock", "damaged_harvest"])
def test_pieces_of_a_drop_that_are_not_there_are_counted_and_told(reason: str, sent: int, is_over: bool) -> None:
    session, host = make_session()
    item = put(session, make_listing(supplier=session.room.supplier, stock=50, price_fen=3280), host)
    drop = drop_of(session, item, host, pieces=10)
    purchase = buy_drop(drop, 2)
    payment, _made = start_payment(purchase=purchase, gateway_name="demo", at=AT)
    capture_payment(payment_id=payment.pk, at=AT)
    order = OrderFacts.objects.get()
    if is_over:
        assert end_due_drops(at=drop.ends_at) == 1
    if sent:
        ship(order, {lines_of(order)[0].pk: sent})
    assert cancel_rest(order_id=order.pk, actor=None, at=AT, reason=reason) > 0
    own = f"drop:{drop.pk}"
    assert pools() == ({"main": (48, 0), own: (0, 0)} if is_over else {"main": (40, 0), own: (8, 0)})
    assert [name for name, found in projections.run_all() if found] == []
    end_due_drops(at=drop.ends_at)
    assert (Drop.objects.get().returned, Drop.objects.get().gone) == (8, 0)
    assert [name for name, found in projections.run_all() if found] == []

    client = Client()
    client.force_login(host)
    desk = " ".join(client.get(f"/live/console/{session.pk}/").content.decode().split())
    assert f"{2 - sent} 件缺货或不完好，订单已取消" in desk
    assert "随批次处置" not in desk
