"""How far an order is, for whoever only knows its number and phone: nothing of its goods, its money or its people."""

from django.utils.translation import gettext as _

from shop.core.masking import mask_phone
from shop.core.times import moment
from shop.sales.models import OrderFacts, Purchase
from shop.sales.rules import partly_sent
from shop.sales.sent_shown import wanted_and_sent
from shop.sales.shown import BADGES
from shop.sales.states import OrderState
from shop.sales.texts import in_reader_language


def show_order_state(order: OrderFacts) -> dict[str, str]:
    """Return how far an order is, without what is in it. Needs its order, lines and supplier."""
    return {
        "number": order.order.number,
        "supplier": in_reader_language(order.supplier.name_zh, order.supplier.name_en),
        "state": order.state,
        "label": _("Partly sent") if partly_sent(order.state, wanted_and_sent(order)) else order.get_state_display(),
        "badge": BADGES[OrderState(order.state)],
        "placed": moment(order.placed_at),
        "shipped": moment(order.shipped_at),
    }


def show_found(purchase: Purchase) -> list[dict[str, str]]:
    """Return the state of a found purchase's orders, and nothing that says whose they are or what is in them."""
    phone = mask_phone(purchase.contact_phone)
    return [show_order_state(order) | {"phone": phone} for order in purchase.orders.all()]
