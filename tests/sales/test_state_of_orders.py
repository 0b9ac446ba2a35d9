"""What was changed past every operation is found: an order ahead of its payment, lines that do not add up."""

from collections.abc import Callable

import pytest
from oscar.apps.order.models import Order

from shop.core.projections import run_all
from shop.sales.errors import WrongState
from shop.sales.models import LineFacts, OrderFacts, Shipment
from shop.sales.states import OrderState, PurchaseState, Terms, order_states
from tests.factories import make_listing
from tests.sales.selling import buy, paid, receive, ship

pytestmark = pytest.mark.django_db
STATES = "an order stands where its purchase's payment lets it, and Oscar's row says the same of it"
LINES = "no more was given back of lines than of their order, and what was sent of a received order was accepted or not"


def bad() -> list[str]:
    return [name for name, found in run_all() if found]


def test_an_order_that_is_not_paid_is_not_sent() -> None:
    order = buy((make_listing(stock=9), 2)).orders.get()
    OrderFacts.objects.filter(pk=order.pk).update(state=OrderState.TO_SHIP)
    order.refresh_from_db()
    with pytest.raises(WrongState):
        ship(order)
    assert (Shipment.objects.exists(), LineFacts.objects.get().shipped) == (False, 0)
    assert STATES in bad()


def test_each_state_of_a_purchase_lets_its_orders_be_somewhere() -> None:
    worked_on = frozenset(set(OrderState) - {OrderState.UNPAID})
    waits = frozenset((OrderState.UNPAID, OrderState.CANCELLED))
    for terms in Terms:
        assert order_states(PurchaseState.UNPAID, terms) == (worked_on if terms == Terms.POSTPAID else waits)
        assert order_states(PurchaseState.PAID, terms) == worked_on
        for closed in (PurchaseState.EXPIRED, PurchaseState.CANCELLED):
            assert order_states(closed, terms) == {OrderState.CANCELLED}


@pytest.mark.parametrize(
    ("name", "change"),
    [
        (STATES, lambda order: OrderFacts.objects.filter(pk=order.pk).update(state=OrderState.UNPAID)),
        (STATES, lambda order: Order.objects.filter(pk=order.pk).update(status="shipped")),
        (STATES, lambda order: Order.objects.filter(pk=order.pk).update(total_incl_tax=1)),
        (LINES, lambda order: LineFacts.objects.filter(order=order).update(refunded_fen=11)),
        (LINES, lambda order: LineFacts.objects.filter(order=order).update(accepted=1)),
    ],
)
def test_what_was_changed_past_the_operations_is_found(name: str, change: Callable[[OrderFacts], int]) -> None:
    order = receive(ship(paid((make_listing(stock=9), 2))))
    assert bad() == []
    assert change(order) == 1
    assert name in bad()
