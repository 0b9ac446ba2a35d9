"""Paying, cancelling, expiring and shipping one purchase at once: every schedule ends in one way, none in a deadlock.

The suite plays a few schedules of each pair, `tests/drill/test_interleavings.py` all with one preemption.
"""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count, islice
from typing import Any

import pytest

from catalog.models import Listing
from shop.core.errors import DomainError
from shop.core.projections import run_all
from shop.sales.models import OrderFacts, Payment, Purchase, Refund
from shop.sales.operations import closing
from shop.sales.operations.closing import cancel_order, cancel_purchase, expire_purchase
from shop.sales.operations.payments import capture_payment, start_payment
from shop.sales.operations.shipping import Parcel, ship_order
from tests.factories import AT, make_listing, make_supplier
from tests.interleavings.exploring import Deadlock, Operation, Run, explore
from tests.sales.selling import buy, lines_of, pay

pytestmark = pytest.mark.usefixtures("real_db", "on_postgres")
LATE = AT + timedelta(minutes=31)
FEW = 16
_keys = count(1)


class World:
    """One purchase of two suppliers, with a transfer or demo payment under way, and what may happen to it."""

    def __init__(self, *listings: Listing, is_paid: bool = False) -> None:
        self.purchase = buy(*((listing, 1) for listing in listings), key=f"world-{next(_keys)}")
        self.payment, _started = start_payment(purchase=self.purchase, gateway_name="demo", at=AT)
        if is_paid:
            pay(self.purchase)
        self.order = OrderFacts.objects.filter(purchase=self.purchase).order_by("pk")[0]
        self.pieces = {line.pk: 1 for line in lines_of(self.order)}

    def pay(self) -> object:
        return capture_payment(payment_id=self.payment.pk, at=AT)

    def cancel(self) -> object:
        cancel_order(order_id=self.order.pk, actor=None, at=AT)
        return "cancelled"

    def cancel_all(self) -> object:
        cancel_purchase(purchase=self.purchase, actor=None, at=AT)
        return "cancelled"

    def expire(self) -> object:
        return expire_purchase(purchase_id=self.purchase.pk, at=LATE)

    def ship(self) -> object:
        number = f"SF1{self.purchase.pk:012d}"[:15]
        ship_order(order_id=self.order.pk, parcel=Parcel("sf", number, self.pieces), actor=None, at=AT)
        return "shipped"


@pytest.fixture
def listings() -> tuple[Listing, Listing]:
    return make_listing(stock=900), make_listing(supplier=make_supplier("连州合作社"), stock=900)


def every_schedule(
    listings: Any, names: tuple[str, str], few: int | None = FEW, **facts: Any
) -> Iterator[tuple[Run, World]]:
    """Yield schedules of two operations of one world with at most one preemption: `few` of them, or all."""
    made: list[World] = []

    def make() -> list[Operation]:
        made.append(World(*listings, **facts))
        return [getattr(made[-1], name) for name in names]

    for run in islice(explore(make, most=1), few):
        yield run, made[-1]


def is_broken(result: object) -> bool:
    """Tell whether an operation ended in a way nobody should meet: what it refuses has a code."""
    return isinstance(result, Exception) and not isinstance(result, DomainError)


def states_of(world: World) -> tuple[str, tuple[str, ...], int]:
    orders = OrderFacts.objects.filter(purchase=world.purchase).order_by("pk")
    given_back = sum(Refund.objects.filter(payment__payable_id=world.purchase.pk).values_list("amount_fen", flat=True))
    return (
        Purchase.objects.values_list("state", flat=True).get(pk=world.purchase.pk),
        tuple(orders.values_list("state", flat=True)),
        given_back,
    )


def holds() -> bool:
    return [found for _name, found in run_all() if found] == []


def play(listings: Any, names: tuple[str, str], **facts: Any) -> set[tuple[str, tuple[str, ...], int]]:
    """Walk all schedules; return the ends that came about. Fails on a deadlock, an error without a code, broken books."""
    ends = set()
    for run, world in every_schedule(listings, names, **facts):
        assert not [result for result in run.results if is_broken(result)], (run.trace, run.results)
        ends.add(states_of(world))
    assert holds()
    assert Payment.objects.filter(state="succeeded").count() == Purchase.objects.exclude(paid_at=None).count() + len(
        Refund.objects.filter(key__startswith="payment:")
    )
    return ends


# Two operations → how a purchase may end: its state, its orders', 分 given back. What `play` needs besides.
PAIRS: dict[tuple[str, str], tuple[set[tuple[str, tuple[str, ...], int]], dict[str, Any]]] = {
    ("pay", "cancel_all"): (
        {("paid", ("to_ship", "to_ship"), 0), ("cancelled", ("cancelled", "cancelled"), 6560)},
        {},
    ),
    ("expire", "pay"): (
        {("paid", ("to_ship", "to_ship"), 0), ("expired", ("cancelled", "cancelled"), 6560)},
        {},
    ),
    ("expire", "cancel_all"): (
        {("expired", ("cancelled", "cancelled"), 0), ("cancelled", ("cancelled", "cancelled"), 0)},
        {},
    ),
    # One of two orders: whichever comes first, the other order goes on and the money of this one comes back.
    ("pay", "cancel"): ({("paid", ("cancelled", "to_ship"), 3280)}, {}),
    ("expire", "cancel"): ({("expired", ("cancelled", "cancelled"), 0)}, {}),
    ("ship", "cancel"): (
        {("paid", ("shipped", "to_ship"), 0), ("paid", ("cancelled", "to_ship"), 3280)},
        {"is_paid": True},
    ),
}


def test_two_at_once_end_in_one_way(listings: Any) -> None:
    for names, (ends, facts) in PAIRS.items():
        assert play(listings, names, **facts) == ends, names


def order_before_purchase(order_id: int) -> OrderFacts:
    """Lock as cancelling once did: the order alone, its purchase later."""
    return OrderFacts.objects.select_for_update(of=("self",)).select_related("order", "purchase").get(pk=order_id)


def test_with_the_order_locked_first_they_wait_for_each_other(listings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closing, "lock_order", order_before_purchase)
    for names in (("pay", "cancel"), ("expire", "cancel")):
        with pytest.raises(Deadlock):
            # Of one order: cancelling the last one closes its purchase, which is what the other starts from.
            list(every_schedule(listings[:1], names, few=None))
