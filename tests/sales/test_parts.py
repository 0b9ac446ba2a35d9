"""Money for accepted goods is their supplier's at once: any amounts in any order, each 分 booked once."""

import random
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps

from shop.core import ledger
from shop.core.errors import DomainError
from shop.core.models import Transfer
from shop.core.projections import run_all
from shop.sales import books
from shop.sales.models import OrderFacts, Payment, Purchase, Remittance, Shipment
from shop.sales.operations.acceptance import accept_order
from shop.sales.operations.closing import cancel_order
from shop.sales.operations.payments import start_payment
from shop.sales.operations.refunds import reduce_order
from shop.sales.operations.shipping import Parcel, ship_order
from shop.sales.operations.transfers import match_transfer
from shop.sales.queries.deliveries import schedule_of
from shop.sales.states import OrderState, PurchaseState
from tests.factories import AT, make_listing, make_supplier, make_user

from .selling import lines_of, ship
from .test_terms import agree

pytestmark = pytest.mark.django_db


@pytest.fixture
def orders() -> list[OrderFacts]:
    """Three orders of three suppliers on account: 4 pieces of ¥10.01, 3 of ¥7.77, 2 of ¥100.00."""
    wanted = [
        (make_listing(price_fen=fen, stock=50, supplier=make_supplier(member=make_user())), pieces)
        for fen, pieces in ((10_01, 4), (7_77, 3), (100_00, 2))
    ]
    purchase = agree(*wanted)
    start_payment(purchase=purchase, gateway_name="transfer", at=AT)
    return list(OrderFacts.objects.filter(purchase=purchase).select_related("order").order_by("pk"))


def came(fen: int, *thens: str) -> bool:
    """Book `fen` of the transfer with the first decision that fits; tell whether one did."""
    for then in thens or ("", "ask", "keep", "give_back"):
        try:
            reference = f"R{Remittance.objects.count()}"
            match_transfer(
                payment_id=Payment.objects.order_by("pk")[0].pk, received_fen=fen, payer="学校", why="代付", then=then,
                reference=reference, actor=None, at=AT,
            )  # fmt: skip
        except DomainError:
            continue
        return True
    return False


def deliver(order: OrderFacts, pieces: int, accepted: int, number: int = 1) -> None:
    (line,) = lines_of(order)
    ship(order, {line.pk: pieces}, number=f"SF12345678901{number:02d}")
    accept_order(order_id=order.pk, accepted={line.pk: accepted}, actor=None, at=AT)


def of(order: OrderFacts) -> tuple[int, int]:
    """Return what of an order is held, and to settle, by the ledger."""
    rows = ledger.statement(
        {"held": books.held(order.supplier_id), "payable": books.payable(order.supplier_id)}, {}
    ).filter(reference=order.order.number)
    return next(((row["held"], row["payable"]) for row in rows), (0, 0))


def wrong() -> list[Any]:
    return [mismatch for _name, found in run_all() for mismatch in found]


def test_each_supplier_has_what_came_for_its_accepted_goods(orders: list[OrderFacts]) -> None:
    one, two, three = orders
    deliver(one, 4, 4)
    assert came(30_00)
    assert ([of(each) for each in orders], wrong()) == ([(0, 30_00), (0, 0), (0, 0)], [])
    deliver(two, 3, 3, number=2)
    assert came(33_35)
    assert ([of(each) for each in orders], wrong()) == ([(0, 40_04), (0, 23_31), (0, 0)], [])
    deliver(three, 2, 2, number=3)
    assert came(200_00)
    assert Purchase.objects.get().state == PurchaseState.PAID
    assert ([of(each) for each in orders], wrong()) == ([(0, 40_04), (0, 23_31), (0, 200_00)], [])


def test_what_is_not_charged_any_more_goes_on_to_the_next_one_owed(orders: list[OrderFacts]) -> None:
    one, two, _three = orders
    deliver(one, 4, 4)
    assert came(40_04)
    deliver(two, 3, 3, number=2)
    one.refresh_from_db()
    reduce_order(order=one, amount_fen=10_01, reason="after_sale", key="case:1", actor=None, at=AT)
    assert ([of(each) for each in orders], wrong()) == ([(0, 30_03), (0, 10_01), (0, 0)], [])
    kinds = list(Transfer.objects.filter(reference=one.order.number).order_by("pk").values_list("kind", "amount"))
    assert kinds == [("part", 40_04), ("part_back", 10_01)]


def test_money_that_came_ahead_is_the_supplier_s_with_the_acceptance(orders: list[OrderFacts]) -> None:
    one = orders[0]
    assert came(25_00, "keep")
    assert (of(one), wrong()) == ((0, 0), [])
    deliver(one, 2, 2)
    assert (of(one), wrong()) == ((0, 20_02), [])
    deliver(one, 2, 1, number=2)
    assert (of(one), wrong()) == ((0, 25_00), [])


def test_a_whole_payment_ahead_is_held_until_each_delivery_is_accepted(orders: list[OrderFacts]) -> None:
    one, two, three = orders
    deliver(one, 1, 1)
    assert came(263_35, "keep")
    assert Purchase.objects.get().state == PurchaseState.PAID
    assert ([of(each) for each in orders], wrong()) == ([(30_03, 10_01), (23_31, 0), (200_00, 0)], [])
    deliver(one, 2, 1, number=2)
    assert (of(one), wrong()) == ((10_01, 20_02), [])
    deliver(one, 1, 1, number=3)
    cancel_order(order_id=two.pk, actor=None, at=AT)
    deliver(three, 2, 0, number=4)
    assert ([of(each) for each in orders], wrong()) == ([(0, 30_03), (0, 0), (0, 0)], [])


def test_a_refund_of_an_order_under_way_takes_from_what_is_held_first(orders: list[OrderFacts]) -> None:
    one = orders[0]
    deliver(one, 3, 3)
    assert came(263_35, "keep")
    for number, (fen, left) in enumerate([(10_00, (1, 30_03)), (5_00, (0, 25_04))]):
        one.refresh_from_db()
        reduce_order(order=one, amount_fen=fen, reason="after_sale", key=f"case:{number}", actor=None, at=AT)
        assert (of(one), wrong()) == (left, [])


def do_something(dice: random.Random, orders: list[OrderFacts], number: int) -> None:
    """Do one thing that may happen to such a purchase; what its state refuses, is refused."""
    order = OrderFacts.objects.select_related("order", "purchase").get(pk=dice.choice(orders).pk)
    (line,) = lines_of(order)
    step = dice.choice(["send", "send", "accept", "accept", "pay", "pay", "pay", "cancel", "less"])
    try:
        if step == "send":
            pieces = dice.randint(1, line.ordered)
            parcel = Parcel("sf", f"SF12345678{number:04d}", {line.pk: pieces})
            ship_order(order_id=order.pk, parcel=parcel, actor=None, at=AT)
        elif step == "accept":
            (waits, *_more) = Shipment.objects.filter(order=order, received_at=None).order_by("pk") or [None]
            if waits is not None:
                sent = sum(each.quantity for each in waits.lines.all())
                accepted = {line.pk: dice.choice([sent, sent, dice.randint(0, sent)])}
                accept_order(order_id=order.pk, accepted=accepted, shipment_ids=[waits.pk], actor=None, at=AT)
        elif step == "pay":
            schedule = schedule_of(order.purchase)
            fen = dice.choice([schedule.due_now_fen, dice.randint(1, 150_00), schedule.due_now_fen + 1])
            thens = ["", "ask", "keep", "give_back"]
            dice.shuffle(thens)
            came(max(1, fen), *thens)
        elif step == "cancel" and dice.random() < 0.3:
            cancel_order(order_id=order.pk, actor=None, at=AT)
        elif step == "less" and order.state not in (OrderState.CANCELLED, OrderState.UNPAID):
            fen = dice.randint(1, 5_00)
            reduce_order(order=order, amount_fen=fen, reason="after_sale", key=f"case:{number}", actor=None, at=AT)
    except DomainError:
        pass


@pytest.mark.parametrize("seed", range(8))
def test_whatever_happens_in_whatever_order_what_came_is_booked_once(orders: list[OrderFacts], seed: int) -> None:
    dice = random.Random(seed)
    purchase = Purchase.objects.get()
    for number in range(25):
        do_something(dice, orders, number)
        assert wrong() == []
        purchase.refresh_from_db()
        paid = dict(schedule_of(purchase).paid)
        if purchase.state == PurchaseState.UNPAID:
            assert {each.pk: of(each) for each in orders} == {each.pk: (0, paid.get(each.pk, 0)) for each in orders}
        suppliers = sum(sum(of(each)) for each in orders)
        waits = ledger.balance(books.received(purchase.number))
        back = sum(ledger.moved(kind="refund", reference=each) for each in references(purchase, orders))
        came_fen = sum(Remittance.objects.values_list("amount_fen", flat=True))
        assert suppliers + waits + back == came_fen
        assert waits >= 0
        assert all(min(of(each)) >= 0 for each in orders)


def references(purchase: Purchase, orders: list[OrderFacts]) -> list[str]:
    return [purchase.number, *(each.order.number for each in orders)]


def test_what_came_before_this_was_booked_is_booked_by_the_migration(
    orders: list[OrderFacts], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two, _three = orders
    whole = agree((make_listing(price_fen=50_00, stock=9, supplier=make_supplier(member=make_user())), 2), key="u2")
    other = OrderFacts.objects.select_related("order").get(purchase=whole)
    for module in ("terms", "settling"):
        monkeypatch.setattr(f"shop.sales.operations.{module}.book_parts", lambda **_facts: None)
    deliver(one, 4, 3)
    deliver(two, 1, 1, number=2)
    assert came(35_00)
    deliver(other, 1, 1, number=3)
    payment, _new = start_payment(purchase=whole, gateway_name="transfer", at=AT)
    match_transfer(
        payment_id=payment.pk,
        received_fen=100_00,
        payer="学校",
        why="代付",
        then="keep",
        reference="R77",
        actor=None,
        at=AT,
    )
    assert (of(one), of(two), of(other), len(wrong())) == ((0, 0), (0, 0), (100_00, 0), 5)
    fill = import_module("shop.sales.migrations.0026_book_what_came_for_accepted_goods").fill
    for _again in range(2):
        fill(apps, None)
        assert (of(one), of(two), of(other), wrong()) == ((0, 30_03), (0, 4_97), (50_00, 50_00), [])
    monkeypatch.undo()
    assert came(2_80)
    deliver(other, 1, 1, number=4)
    assert (of(one), of(two), of(other), wrong()) == ((0, 30_03), (0, 7_77), (0, 100_00), [])
