"""Units' terms: goods first, accepted in parts, paid later; and who takes part along the way."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from catalog.models import Stock
from shop.core import ledger
from shop.core.errors import InvalidInput
from shop.core.projections import run_all
from shop.sales import hooks
from shop.sales.errors import TooMuch, WrongState
from shop.sales.models import OrderAttribution, OrderFacts, Purchase
from shop.sales.operations.acceptance import accept_order
from shop.sales.operations.closing import cancel_order, expire_purchases
from shop.sales.operations.payments import capture_payment, due_fen, start_payment
from shop.sales.operations.placing import Attribution, Buyer, Extras, PlaceLine, ShipTo, place
from shop.sales.operations.receipts import receive_overdue
from shop.sales.operations.shipping import cancel_rest
from shop.sales.states import OrderState, PurchaseState, Terms
from tests.factories import AT, make_division, make_listing, make_user, spec_of
from tests.sales.selling import PHONE, lines_of, paid, pay, receive, ship

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int, int]]:
    """Collect (kind, fen, pieces) of every event."""
    seen: list[tuple[str, int, int]] = []

    def participant(events: Any) -> None:
        seen.extend((event.kind, event.fen, sum(line.pieces for line in event.lines)) for event in events)

    monkeypatch.setattr(hooks, "participants", [participant])
    return seen


def agree(*wanted: tuple[Any, int], terms: str = Terms.POSTPAID, key: str = "u1", **extras: Any) -> Purchase:
    """Place on a unit's terms."""
    make_division()
    specs = [(spec_of(listing), pieces) for listing, pieces in wanted]
    return place(
        actor=None,
        at=AT,
        lines=[PlaceLine(spec, pieces, spec.price_fen) for spec, pieces in specs],
        buyer=Buyer(phone=PHONE),
        ship_to=ShipTo("机关食堂", PHONE, "440106", "龙口西路 8 号"),
        key=key,
        terms=terms,
        attribution=Attribution("alliance", "7", "市一中"),
        also=(Attribution("campaign", "3", "消费帮扶月"), Attribution("request", "R1")),
        extras=Extras(**extras),
    )


def only_order(purchase: Purchase) -> OrderFacts:
    return OrderFacts.objects.select_related("purchase", "order").get(purchase=purchase)


def nothing_is_wrong() -> bool:
    return [found for _name, found in run_all() if found] == []


def balances() -> Mapping[str, int]:
    return {name.rsplit(":", 1)[-1]: fen for name, fen in ledger.balances("supplier:").items()}


def test_goods_first_are_shipped_accepted_short_and_paid_in_time(told):
    rice = make_listing(stock=50, price_fen=1000)
    purchase = agree((rice, 10), term_days=45, freight={rice.supplier_id: 600})
    order = only_order(purchase)
    assert (order.state, purchase.state, purchase.pay_by) == (OrderState.TO_SHIP, PurchaseState.UNPAID, None)
    assert order.ship_by == AT + timedelta(hours=rice.ship_within_hours)
    ship(order)
    line = lines_of(order)[0]
    assert accept_order(order_id=order.pk, accepted={line.pk: 9}, actor=None, at=AT).short_fen == 1000
    order, purchase = only_order(purchase), Purchase.objects.get(pk=purchase.pk)
    assert (order.state, order.waived_fen, order.refunded_fen) == (OrderState.COMPLETED, 1000, 0)
    assert lines_of(order)[0].accepted == 9
    assert (purchase.pay_by, due_fen(purchase), balances()) == (AT + timedelta(days=45), 9600, {})
    # Late is late, but it is still owed: it does not expire, and can be paid.
    late = AT + timedelta(days=90)
    assert expire_purchases(at=late) == 0
    payment, started = start_payment(purchase=purchase, gateway_name="transfer", at=late)
    assert (payment.amount_fen, bool(started.provider_ref)) == (9600, True)
    assert capture_payment(payment_id=payment.pk, at=late) is True
    assert balances() == {"payable": 9600}
    assert told == [
        ("placed", 10600, 10),
        ("shipped", 0, 10),
        ("reduced", 1000, 1),
        ("accepted", 9600, 9),
        ("paid", 9600, 10),
    ]
    assert nothing_is_wrong()


def test_paid_first_and_accepted_short_is_given_back():
    rice = make_listing(stock=50, price_fen=1000)
    purchase = agree((rice, 3), terms=Terms.PREPAID)
    assert purchase.pay_by == AT + timedelta(days=30)
    pay(purchase)
    order = ship(only_order(purchase))
    assert accept_order(order_id=order.pk, accepted={lines_of(order)[0].pk: 2}, actor=None, at=AT).short_fen == 1000
    order.refresh_from_db()
    assert (order.refunded_fen, order.waived_fen, balances()) == (1000, 0, {"held": 0, "payable": 2000})
    assert nothing_is_wrong()


def test_no_more_is_accepted_than_was_sent_and_only_once():
    order = ship(paid((make_listing(stock=50), 2)))
    line = lines_of(order)[0].pk
    with pytest.raises(TooMuch) as refused:
        accept_order(order_id=order.pk, accepted={line: 3}, actor=None, at=AT)
    assert (refused.value.field, refused.value.details["left"]) == (f"accepted-{line}", 2)
    with pytest.raises(InvalidInput):
        accept_order(order_id=order.pk, accepted={line: -1}, actor=None, at=AT)
    with pytest.raises(InvalidInput):
        accept_order(order_id=order.pk, accepted={line + 999: 1}, actor=None, at=AT)
    assert accept_order(order_id=order.pk, accepted={line: 2}, actor=None, at=AT).short_fen == 0
    with pytest.raises(WrongState):
        accept_order(order_id=order.pk, accepted={line: 2}, actor=None, at=AT)


def test_goods_first_cancelled_whole_owes_nothing(told):
    rice = make_listing(stock=50, price_fen=1000)
    purchase = agree((rice, 4))
    cancel_order(order_id=only_order(purchase).pk, actor=None, at=AT)
    purchase.refresh_from_db()
    assert (purchase.state, Stock.objects.get().reserved) == (PurchaseState.CANCELLED, 0)
    assert told == [("placed", 4000, 4), ("reduced", 4000, 0), ("cancelled", 0, 4)]
    assert nothing_is_wrong()


def test_a_short_shipment_of_goods_first_is_not_charged(told):
    rice, oil = make_listing(stock=50, price_fen=1000), make_listing(stock=50, price_fen=500)
    purchase = agree((rice, 2), (oil, 1))
    first, second = OrderFacts.objects.filter(purchase=purchase).order_by("pk")
    assert cancel_rest(order_id=second.pk, actor=None, at=AT) == 500
    receive(ship(first))
    purchase.refresh_from_db()
    assert (purchase.pay_by, due_fen(purchase)) == (AT + timedelta(days=30), 2000)
    assert nothing_is_wrong()


def test_a_paid_cancellation_is_told_as_a_refund(told):
    order = paid((make_listing(stock=50, price_fen=1000), 2))
    cancel_order(order_id=order.pk, actor=None, at=AT)
    assert told == [("placed", 2000, 2), ("paid", 2000, 2), ("reduced", 2000, 0), ("cancelled", 0, 2)]


def test_where_a_purchase_came_from_is_kept_once_per_kind():
    purchase = agree((make_listing(stock=5), 1))
    assert (purchase.attribution_kind, purchase.attribution_label) == ("alliance", "市一中")
    rows = OrderAttribution.objects.filter(purchase=purchase).values_list("kind", "ref", "label").order_by("kind")
    assert list(rows) == [("alliance", "7", "市一中"), ("campaign", "3", "消费帮扶月"), ("request", "R1", "")]


def test_what_a_participant_refuses_does_not_happen(monkeypatch):
    def refuse(events: Any) -> None:
        raise WrongState("no quota")

    monkeypatch.setattr(hooks, "participants", [refuse])
    with pytest.raises(WrongState):
        agree((make_listing(stock=5), 1))
    assert (Purchase.objects.count(), Stock.objects.get().reserved) == (0, 0)


def test_units_get_longer_before_a_receipt_confirms_itself():
    consumer = ship(paid((make_listing(stock=5), 1), user=make_user()))
    unit = ship(only_order(agree((make_listing(stock=5), 1), key="u2")), number="SF1234567890124")
    assert receive_overdue(at=AT + timedelta(days=11)) == 1
    consumer.refresh_from_db()
    unit.refresh_from_db()
    assert (consumer.state, unit.state) == (OrderState.COMPLETED, OrderState.SHIPPED)
    assert receive_overdue(at=AT + timedelta(days=31)) == 1
