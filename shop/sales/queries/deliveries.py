"""Deliveries of orders: which parcels wait to be accepted, what each accepted one costs and until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db.models import QuerySet

from shop.sales import rules
from shop.sales.models import DeliveryDue, LineFacts, OrderFacts, Shipment
from shop.sales.states import OrderState

OPEN_STATES = (OrderState.TO_SHIP, OrderState.SHIPPED)


@dataclass(frozen=True, slots=True)
class DueRow:
    """What is still due of one accepted delivery, in 分. `amount_fen` is what it cost when it was accepted."""

    order_id: int
    accepted_at: datetime
    pay_by: datetime
    amount_fen: int
    due_fen: int


def undecided_shipments() -> QuerySet[Shipment]:
    """Return the parcels that nobody accepted or confirmed yet."""
    return Shipment.objects.filter(received_at=None, order__state__in=OPEN_STATES)


def waiting_parcels(order: OrderFacts) -> list[Shipment]:
    """Return the parcels of an order that nobody decided on yet, oldest first.

    No query where the order's shipments were read before.
    """
    if order.state not in OPEN_STATES:
        return []
    return sorted((each for each in order.shipments.all() if each.received_at is None), key=lambda each: each.pk)


def shipped_pieces(order_id: int) -> dict[int, int]:
    """Return how many pieces of each line of an order were sent. One query."""
    return dict(LineFacts.objects.filter(order_id=order_id).order_by("pk").values_list("pk", "shipped"))


def due_rows(orders: Sequence[OrderFacts], received_fen: int = 0) -> list[DueRow]:
    """Return what is due of each accepted delivery of a POSTPAID purchase's `orders`, the oldest first. One query.

    What was given back of an order since shortens its youngest deliveries; `received_fen` covers the oldest of all.
    """
    left = {order.pk: order.left_fen for order in orders}
    rows = DeliveryDue.objects.filter(order__in=left).order_by("order_id", "pay_by", "pk")
    charged: list[tuple[DeliveryDue, int]] = []
    for order_id, group in groupby(rows, key=lambda row: row.order_id):
        its_rows = list(group)
        amounts = rules.spread_due([row.amount_fen for row in its_rows], left[order_id], 0)
        charged += zip(its_rows, amounts, strict=True)
    charged.sort(key=lambda pair: (pair[0].pay_by, pair[0].pk))
    still = rules.spread_due([fen for _row, fen in charged], sum(fen for _row, fen in charged), received_fen)
    return [
        DueRow(row.order_id, row.accepted_at, row.pay_by, row.amount_fen, due)
        for (row, _fen), due in zip(charged, still, strict=True)
    ]
