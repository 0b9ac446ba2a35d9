"""That a unit asked to cancel an order and its approver did not decide yet: what the order's supplier reads."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from shop.sales import hooks
from shop.sales.models import OrderFacts
from shop.sales.states import OrderState


def note_cancel_asked(orders: Sequence[OrderFacts]) -> None:
    """Note on each order (`cancel_asked`) that its unit asked to cancel it, "" where it did not. Needs the lines.

    A query for the orders of units that wait to be sent, none without any.
    """
    waiting = hooks.waiting_for_consent([order for order in orders if order.state == OrderState.TO_SHIP])
    for order in orders:
        order.cancel_asked = _words(order) if order.pk in waiting else ""  # type: ignore[attr-defined]  # noted on the row


def cancel_asked_of(supplier_id: int) -> list[str]:
    """Return the numbers of a supplier's orders that their units asked to cancel, the oldest first. Two queries."""
    rows = OrderFacts.objects.filter(
        supplier_id=supplier_id, state=OrderState.TO_SHIP, purchase__attribution_kind__in=list(hooks.consent_sources)
    )
    orders = list(rows.select_related("order", "purchase").order_by("pk"))
    waiting = hooks.waiting_for_consent(orders) if orders else {}
    return [order.order.number for order in orders if order.pk in waiting]


def _words(order: OrderFacts) -> str:
    if any(line.shipped for line in order.lines.all()):
        return _(
            "The unit asked to cancel what was not sent yet; its approver has not decided. "
            "You may still send it: what is sent before that is not cancelled."
        )
    return _(
        "The unit asked to cancel this order; its approver has not decided. "
        "You may still send it: what is sent before that is not cancelled."
    )
