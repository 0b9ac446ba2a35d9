"""Orders that guests had sent to the phone of an account: seen and received, never cancelled, claimed or paid back."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_noop

from shop.core.acting import by
from shop.core.api import Answer, Page
from shop.core.api.paging import Asked, cut
from shop.core.api.routing import ApiRequest, Key
from shop.sales.api.orders import ParcelOut, area
from shop.sales.operations import receipts
from shop.sales.operations.adopting import decline_purchase
from shop.sales.queries.received import received_order, received_order_id, received_orders
from shop.sales.received_shown import show_order_state, show_received


class ReceivedOrder(Answer):
    number: str
    supplier: str
    state: str


class ReceivedLine(Answer):
    name: str
    specification: str
    quantity: int


class ReceivedDetail(ReceivedOrder):
    next_step: str
    can: list[str]
    lines: list[ReceivedLine]
    parcels: list[ParcelOut]


class DeclinedOrder(Answer):
    number: str


def _brief(shown: dict[str, str]) -> dict[str, str]:
    return {name: shown[name] for name in ReceivedOrder.model_fields}


def _detail(request: ApiRequest, number: str) -> dict[str, Any]:
    found = received_order(request.user, number)
    if found is None:
        raise Http404
    shown = show_received(found, timezone.now())
    return {
        "number": shown.number,
        "supplier": shown.supplier,
        "state": shown.state,
        "next_step": shown.next_step,
        "can": ["receive"] if shown.can_receive else [],
        "lines": [
            {"name": line["name"], "specification": line["spec"], "quantity": line["pieces"]} for line in shown.lines
        ],
        "parcels": [
            {
                "carrier": each.carrier,
                "tracking_no": each.tracking_no,
                "quantity": each.pieces,
                "trace_code": each.trace_code,
            }
            for each in shown.parcels
        ],
    }


@area.reads(
    "/received-orders",
    Page[ReceivedOrder],
    scope="orders:read",
    summary=gettext_noop("Orders that guests had sent to your phone: whoever paid keeps them"),
    description=gettext_noop(
        "What you bought as a guest yourself becomes yours by signing in, in the browser that you bought it in."
    ),
)
def list_received_orders(request: ApiRequest, turn: Asked) -> dict[str, Any]:
    return cut(turn, received_orders(request.user), lambda order: _brief(show_order_state(order)))


@area.reads(
    "/received-orders/{number}",
    ReceivedDetail,
    scope="orders:read",
    summary=gettext_noop("How far such an order is, and its parcels"),
)
def get_received_order(request: ApiRequest, number: str) -> dict[str, Any]:
    return _detail(request, number)


step = area.steps("/received-orders/{number}", ReceivedDetail, scope="orders:write", shown=_detail)


@step("receipt", key=Key.REQUIRED, summary=gettext_noop("Confirm that an order sent to your phone arrived"))
def confirm_received_order(request: ApiRequest, number: str) -> None:
    order_id = received_order_id(request.user, number)
    if order_id is None:
        raise Http404
    receipts.confirm_receipt(order_id=order_id, **by(request))


@area.writes(
    "/received-orders/{number}/decline",
    DeclinedOrder,
    scope="orders:write",
    summary=gettext_noop("Say that an order sent to your phone does not concern you"),
)
def decline_received_order(request: ApiRequest, number: str) -> dict[str, Any]:
    decline_purchase(number=number, **by(request))
    return {"number": number}
