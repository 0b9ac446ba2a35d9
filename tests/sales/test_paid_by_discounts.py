"""Orders that a discount paid whole, or nearly: what goes back takes what paid for it along."""

from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shop.core import ledger
from shop.core.projections import run_all
from shop.sales.models import OrderFacts
from shop.sales.operations.acceptance import accept_order
from shop.sales.operations.closing import cancel_order
from shop.sales.operations.payments import settle_nothing_due
from shop.sales.operations.shipping import cancel_rest
from tests.factories import AT, make_listing
from tests.sales.selling import buy, lines_of, pay, ship

pytestmark = pytest.mark.django_db
_numbers = count(1)


def wrong() -> list[Any]:
    return [found for _name, found in run_all() if found]


def order_for(discount_fen: int, pieces: int = 4, price_fen: int = 1000, key: str = "k") -> OrderFacts:
    listing = make_listing(stock=50, price_fen=price_fen)
    purchase = buy((listing, pieces), discounts={listing.pk: discount_fen}, key=key)
    if purchase.total_fen:
        pay(purchase)
    else:
        assert settle_nothing_due(purchase_id=purchase.pk, at=AT)
    return OrderFacts.objects.get(purchase=purchase)


def accounts(order: OrderFacts) -> tuple[int, int, int]:
    """The supplier's held and payable money, and what the platform's discounts cost."""
    supplier = f"supplier:{order.supplier_id}"
    return (
        ledger.balance(f"{supplier}:held"),
        ledger.balance(f"{supplier}:payable"),
        ledger.balance("platform:discounts"),
    )


def test_a_free_order_that_is_cancelled_leaves_nothing_with_its_supplier() -> None:
    order = order_for(4000)
    assert accounts(order) == (4000, 0, -4000)
    cancel_order(order_id=order.pk, actor=None, at=AT)
    assert accounts(order) == (0, 0, 0)
    assert wrong() == []


def test_a_free_order_that_is_sent_short_leaves_what_paid_for_the_rest() -> None:
    order = order_for(4000)
    ship(order, {lines_of(order)[0].pk: 1})
    assert cancel_rest(order_id=order.pk, actor=None, at=AT) == 0
    assert accounts(order) == (1000, 0, -1000)
    assert wrong() == []


def test_a_free_order_that_is_accepted_in_part_pays_for_what_was_kept() -> None:
    order = ship(order_for(4000))
    accept_order(order_id=order.pk, accepted={lines_of(order)[0].pk: 3}, actor=None, at=AT)
    assert accounts(order) == (0, 3000, -3000)
    assert wrong() == []


def test_a_free_order_that_is_rejected_whole_pays_for_nothing() -> None:
    order = ship(order_for(4000))
    accept_order(order_id=order.pk, accepted={lines_of(order)[0].pk: 0}, actor=None, at=AT)
    assert accounts(order) == (0, 0, 0)
    assert wrong() == []


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pieces=st.integers(1, 5), discount=st.sampled_from([1, 2, 7, 99, 333, 999, 1000, 1001, 3333, 5000]),
    sent=st.integers(0, 5), kept=st.integers(0, 5),
)  # fmt: skip
def test_held_money_is_zero_once_nothing_is_left_of_an_order(pieces: int, discount: int, sent: int, kept: int) -> None:
    number, before = next(_numbers), ledger.balance("platform:discounts")
    order = order_for(min(discount, pieces * 333), pieces, 333, f"k{number}")
    (line,) = lines_of(order)
    sent = min(sent, pieces)
    if sent:
        ship(order, {line.pk: sent}, number=f"SF{number:013d}")
    if sent < pieces:
        cancel_rest(order_id=order.pk, actor=None, at=AT)
    if sent:
        accept_order(order_id=order.pk, accepted={line.pk: min(kept, sent)}, actor=None, at=AT)
    order.refresh_from_db()
    held, payable, discounts = accounts(order)
    assert held == 0
    if not order.left_fen and not min(kept, sent):
        assert (payable, discounts - before) == (0, 0)
    assert wrong() == []
