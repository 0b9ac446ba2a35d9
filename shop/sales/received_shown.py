"""How an order reads for whoever only gets it: how far it is, its goods and parcels, and nothing of its money."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shop.core.masking import mask_phone
from shop.core.times import moment
from shop.sales.models import OrderFacts, Purchase
from shop.sales.shown import BADGES, ParcelShown, show_order_page
from shop.sales.states import OrderState
from shop.sales.texts import in_reader_language


@dataclass(frozen=True)
class ReceivedShown:
    """An order as whoever gets it reads it."""

    number: str
    supplier: str
    state: str
    label: str
    badge: str
    next_step: str
    can_receive: bool
    lines: tuple[dict[str, Any], ...]
    parcels: tuple[ParcelShown, ...]
    steps: tuple[dict[str, str], ...]


def show_order_state(order: OrderFacts) -> dict[str, str]:
    """Return how far an order is, without what is in it. Needs its order and supplier."""
    return {
        "number": order.order.number,
        "supplier": in_reader_language(order.supplier.name_zh, order.supplier.name_en),
        "state": order.state,
        "label": order.get_state_display(),
        "badge": BADGES[OrderState(order.state)],
        "placed": moment(order.placed_at),
        "shipped": moment(order.shipped_at),
    }


def show_found(purchase: Purchase) -> list[dict[str, str]]:
    """Return the state of a found purchase's orders, and nothing that says whose they are or what is in them."""
    phone = mask_phone(purchase.contact_phone)
    return [show_order_state(order) | {"phone": phone} for order in purchase.orders.all()]


def show_received(order: OrderFacts, at: datetime) -> ReceivedShown:
    """Return an order with its goods and parcels (see `shop.sales.queries.received`)."""
    shown = show_order_page(order, at, open_address=False)
    return ReceivedShown(
        number=shown.number,
        supplier=shown.supplier,
        state=shown.state,
        label=shown.label,
        badge=shown.badge,
        # What comes before is the payer's.
        next_step=shown.next_step if order.state in (OrderState.TO_SHIP, OrderState.SHIPPED) else "",
        can_receive=bool(shown.can["receive"]),
        lines=tuple(
            {"name": line.name, "spec": line.spec, "pieces": line.pieces, "picture": line.picture}
            for line in shown.lines
        ),
        parcels=tuple(shown.parcels),
        steps=tuple(shown.steps),
    )
