"""A program cancels what a supplier can't send: only of an order that waits to be sent, and only its own lines."""

import pytest

from shop.sales.models import OrderFacts
from tests.factories import make_listing, make_supplier, make_user
from tests.sales.selling import lines_of, paid, receive, ship

from .conftest import program_of

pytestmark = pytest.mark.django_db


def test_nothing_is_cancelled_of_what_does_not_wait_or_is_not_of_the_order() -> None:
    member = make_user()
    supplier = make_supplier(member=member)
    api = program_of(member)
    waits = paid((make_listing(stock=5, supplier=supplier), 2))
    other = paid((make_listing(stock=5, supplier=supplier), 1), key="k2")
    path = f"/seller/orders/{waits.order.number}/cancel"
    foreign = api.post(path, {"lines": [lines_of(other)[0].pk]}, key="1")
    assert (foreign.status_code, foreign.data["code"]) == (422, "invalid")
    receive(ship(other))
    done = api.post(f"/seller/orders/{other.order.number}/cancel", {}, key="2")
    assert (done.status_code, done.data["code"]) == (409, "wrong_state")
    assert api.post(path, {"lines": [lines_of(waits)[0].pk]}, key="3").status_code == 200
    assert OrderFacts.objects.get(pk=waits.pk).state == "cancelled"
    assert api.post(path, {}, key="4").data["code"] == "wrong_state"
