"""Deliveries: accepted one by one, by pieces and by weight, each to be paid on a day of its own."""

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.core.errors import InvalidInput
from shop.sales import rules, weight_rules
from shop.sales.errors import WrongState
from shop.sales.models import DeliveryDue, Purchase, Shipment
from shop.sales.operations.acceptance import accept_order
from shop.sales.operations.payments import due_fen
from shop.sales.operations.receipts import confirm_receipt
from shop.sales.operations.shipping import cancel_rest
from shop.sales.states import OrderState, PurchaseState
from tests.factories import AT, make_listing
from tests.sales.selling import lines_of, paid, ship

from .test_terms import agree, nothing_is_wrong, only_order

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
OTHER = "SF1234567890999"


def sent_in_two(pieces=10, first=6, **extras):
    """Return a POSTPAID order of `pieces` at 10 元 that goes out in two parcels, with its line."""
    rice = make_listing(specs=[{"stock": 50, "price_fen": 1000, "net_grams": 5000}])
    order = only_order(agree((rice, pieces), term_days=30, **extras))
    (line,) = lines_of(order)
    ship(order, {line.pk: first})
    ship(order, {line.pk: pieces - first}, number=OTHER)
    return order, line


def parcels(order):
    return list(Shipment.objects.filter(order=order).order_by("pk"))


def dues(order):
    return [(due.amount_fen, due.pay_by) for due in DeliveryDue.objects.filter(order=order)]


def test_each_delivery_falls_due_on_its_own_day():
    order, line = sent_in_two()
    one, two = parcels(order)
    first = accept_order(order_id=order.pk, accepted={}, shipment_ids=[one.pk], actor=None, at=AT)
    order.refresh_from_db()
    assert (first.is_last, first.short_fen, order.state) == (False, 0, OrderState.SHIPPED)
    assert dues(order) == [(6000, AT + 30 * DAY)]
    assert Purchase.objects.get().pay_by == AT + 30 * DAY

    later = AT + 9 * DAY
    last = accept_order(order_id=order.pk, accepted={line.pk: 3}, shipment_ids=[two.pk], actor=None, at=later)
    order.refresh_from_db()
    assert (last.is_last, last.short_fen, order.state) == (True, 1000, OrderState.COMPLETED)
    assert dues(order) == [(6000, AT + 30 * DAY), (3000, later + 30 * DAY)]
    purchase = Purchase.objects.get()
    assert (purchase.pay_by, due_fen(purchase)) == (AT + 30 * DAY, 9000)
    (line,) = lines_of(order)
    assert (line.shipped, line.accepted, line.rejected) == (10, 9, 1)
    assert nothing_is_wrong()


def test_freight_falls_due_with_the_last_delivery():
    rice = make_listing(stock=50, price_fen=1000)
    order = only_order(agree((rice, 4), term_days=30, freight={rice.supplier_id: 600}))
    (line,) = lines_of(order)
    ship(order, {line.pk: 1})
    accept_order(order_id=order.pk, accepted={}, actor=None, at=AT)
    ship(order, {line.pk: 3}, number=OTHER)
    accept_order(order_id=order.pk, accepted={}, actor=None, at=AT + DAY)
    assert [fen for fen, _day in dues(order)] == [1000, 3600]


def test_a_delivery_can_be_accepted_while_the_rest_waits_to_be_sent():
    rice = make_listing(stock=50, price_fen=1000)
    order = only_order(agree((rice, 5), term_days=30))
    (line,) = lines_of(order)
    ship(order, {line.pk: 2})
    assert accept_order(order_id=order.pk, accepted={}, actor=None, at=AT).is_last is False
    order.refresh_from_db()
    assert order.state == OrderState.TO_SHIP
    with pytest.raises(WrongState):
        accept_order(order_id=order.pk, accepted={}, actor=None, at=AT)
    # The supplier has no more: everything that was sent is accepted, so the order is complete.
    assert cancel_rest(order_id=order.pk, actor=None, at=AT + DAY) == 3000
    order.refresh_from_db()
    assert (order.state, order.waived_fen) == (OrderState.COMPLETED, 3000)
    assert [fen for fen, _day in dues(order)] == [2000]
    assert nothing_is_wrong()


def test_a_delivery_is_accepted_once():
    order, line = sent_in_two()
    one, _two = parcels(order)
    accept_order(order_id=order.pk, accepted={line.pk: 5}, shipment_ids=[one.pk], actor=None, at=AT)
    with pytest.raises(WrongState):
        accept_order(order_id=order.pk, accepted={line.pk: 6}, shipment_ids=[one.pk], actor=None, at=AT)
    with pytest.raises(WrongState):
        accept_order(order_id=order.pk, accepted={}, shipment_ids=[one.pk + 10_000], actor=None, at=AT)
    (line,) = lines_of(order)
    assert (line.accepted, line.rejected) == (5, 1)


def test_lighter_goods_are_charged_by_weight():
    order, line = sent_in_two()
    one, two = parcels(order)
    # Six bags of 5 kg at 10 元: 28.5 kg of 30 kg arrived, so 3 元 are not charged.
    first = accept_order(
        order_id=order.pk, accepted={}, weighed={line.pk: 28_500}, shipment_ids=[one.pk], actor=None, at=AT
    )
    assert (first.short_fen, [each.weight_fen for each in first.lines]) == (300, [300])
    # One of four bags was rejected, the other three weigh what they should and more: nothing else is taken off.
    last = accept_order(
        order_id=order.pk, accepted={line.pk: 3}, weighed={line.pk: 15_200}, shipment_ids=[two.pk], actor=None, at=AT
    )
    assert [(each.rejected_fen, each.weight_fen) for each in last.lines] == [(1000, 0)]
    order.refresh_from_db()
    assert (order.waived_fen, [fen for fen, _day in dues(order)]) == (1300, [5700, 3000])
    assert nothing_is_wrong()


def test_a_weight_below_nothing_or_of_what_has_none_is_refused():
    order, line = sent_in_two()
    with pytest.raises(InvalidInput) as refused:
        accept_order(order_id=order.pk, accepted={}, weighed={line.pk: -1}, actor=None, at=AT)
    assert refused.value.field == f"weight-{line.pk}"
    with pytest.raises(InvalidInput):
        accept_order(order_id=order.pk, accepted={}, weighed={line.pk + 99: 1}, actor=None, at=AT)


def test_short_deliveries_of_what_was_paid_first_go_back_each():
    rice = make_listing(stock=50, price_fen=1000)
    order = paid((rice, 4))
    (line,) = lines_of(order)
    ship(order, {line.pk: 2})
    accept_order(order_id=order.pk, accepted={line.pk: 1}, actor=None, at=AT)
    ship(order, {line.pk: 2}, number=OTHER)
    accept_order(order_id=order.pk, accepted={line.pk: 1}, actor=None, at=AT)
    order.refresh_from_db()
    assert (order.state, order.refunded_fen) == (OrderState.COMPLETED, 2000)
    assert DeliveryDue.objects.count() == 0
    assert nothing_is_wrong()


def test_a_buyer_confirms_what_no_form_decided_on():
    order, line = sent_in_two()
    one, _two = parcels(order)
    accept_order(order_id=order.pk, accepted={line.pk: 5}, shipment_ids=[one.pk], actor=None, at=AT)
    assert confirm_receipt(order_id=order.pk, actor=None, at=AT + DAY) is True
    (line,) = lines_of(order)
    assert (line.accepted, line.rejected) == (9, 1)
    assert all(parcel.received_at for parcel in parcels(order))
    assert Purchase.objects.get().state == PurchaseState.UNPAID
    assert nothing_is_wrong()


@given(value=st.integers(0, 10**9), nominal=st.integers(1, 10**9), weighed=st.integers(0, 2 * 10**9))
def test_weight_reduction_charges_the_weighed_part_rounded_half_up(value, nominal, weighed):
    taken = weight_rules.weight_reduction(value, nominal, weighed)
    assert 0 <= taken <= value
    charged = Fraction(value * min(weighed, nominal), nominal)
    assert value - taken == int(charged + Fraction(1, 2))


@given(amounts=st.lists(st.integers(0, 10**6), max_size=6), left=st.integers(0, 10**7), received=st.integers(0, 10**7))
def test_spread_due_adds_up_and_covers_the_oldest_first(amounts, left, received):
    due = rules.spread_due(amounts, left, received)
    charged = min(sum(amounts), left)
    assert sum(due) == max(0, charged - received)
    open_from = next((i for i, fen in enumerate(due) if fen), len(due))
    assert all(fen == 0 for fen in due[:open_from])
