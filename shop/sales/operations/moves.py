"""The one function that moves an order from state to state."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from oscar.apps.order.models import Order

from shop.sales.errors import WrongState
from shop.sales.models import OrderFacts, OrderMove
from shop.sales.states import ORDER_MOVES, OrderState


def move_order(
    order: OrderFacts,
    to: str,
    *,
    reason: str,
    actor: Any,
    at: datetime,
    way: str = "",
    stamp: datetime | None = None,
) -> None:
    """Move one locked order, recording who, when and why. Raises WrongState for a move that is not legal."""
    move_orders([order], to, reason=reason, actor=actor, at=at, way=way, stamp=stamp)


def move_orders(
    orders: Iterable[OrderFacts],
    to: str,
    *,
    reason: str,
    actor: Any,
    at: datetime,
    way: str = "",
    stamp: datetime | None = None,
) -> None:
    """Move several orders at once; all or none. Facts and Oscar's status change by compare-and-set.

    `way`: how who only has the phone of a guest's purchase acted. `stamp`: when what the state says happened, where
    that was before the move: the last parcel left before the rest was cancelled.

    Raises WrongState when one is not in a state that leads to `to`, or was moved by somebody else meanwhile.
    """
    orders = list(orders)
    if not orders:
        return
    if any(to not in ORDER_MOVES[order.state] for order in orders):
        raise WrongState(_("The order has changed meanwhile. Please look at it again."))
    stamps = {OrderState.SHIPPED: "shipped_at", OrderState.COMPLETED: "completed_at"}
    changes: dict[str, Any] = {"state": to}
    if to in stamps:
        changes[stamps[OrderState(to)]] = stamp or at
    before = {order.state for order in orders}
    ids = [order.pk for order in orders]
    if OrderFacts.objects.filter(pk__in=ids, state__in=before).update(**changes) != len(ids):
        raise WrongState(_("The order has changed meanwhile. Please look at it again."))
    Order.objects.filter(pk__in=ids).update(status=to)
    OrderMove.objects.bulk_create(
        [
            OrderMove(
                order=order,
                from_state=order.state,
                to_state=to,
                reason=reason,
                actor_id=getattr(actor, "pk", None),
                way=way,
                at=at,
            )
            for order in orders
        ]
    )
    for order in orders:
        for name, value in changes.items():
            setattr(order, name, value)
