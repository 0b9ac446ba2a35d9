"""Which orders guests placed with the phone of an account. They are read and acted on like its own (`orders`)."""

from typing import Any

from django.utils.translation import gettext_noop

from shop.core.acting import by
from shop.core.api import Answer, Page
from shop.core.api.paging import Asked, cut
from shop.core.api.routing import ApiRequest
from shop.sales.api.orders import area
from shop.sales.operations.adopting import decline_purchase
from shop.sales.queries.received import received_orders
from shop.sales.received_shown import show_order_state


class ReceivedOrder(Answer):
    number: str
    supplier: str
    state: str


class DeclinedOrder(Answer):
    number: str


def _brief(shown: dict[str, str]) -> dict[str, str]:
    return {name: shown[name] for name in ReceivedOrder.model_fields}


@area.reads(
    "/received-orders",
    Page[ReceivedOrder],
    scope="orders:read",
    summary=gettext_noop("Orders that guests placed with your phone"),
    description=gettext_noop(
        "They are read and acted on like your own, by /orders. Whoever bought them keeps them; what you bought as a "
        "guest yourself becomes yours by signing in, in the browser that you bought it in."
    ),
)
def list_received_orders(request: ApiRequest, turn: Asked) -> dict[str, Any]:
    return cut(turn, received_orders(request.user), lambda order: _brief(show_order_state(order)))


@area.writes(
    "/received-orders/{number}/decline",
    DeclinedOrder,
    scope="orders:write",
    summary=gettext_noop("Say that an order with your phone does not concern you"),
)
def decline_received_order(request: ApiRequest, number: str) -> dict[str, Any]:
    decline_purchase(number=number, **by(request))
    return {"number": number}
