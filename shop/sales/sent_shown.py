"""How much of an order is sent, and what its supplier does with the rest, as its buyer reads it."""

from datetime import datetime

from django.utils.translation import gettext as _

from shop.sales.models import OrderFacts
from shop.sales.rules import is_refused_whole


def wanted_and_sent(order: OrderFacts) -> list[tuple[int, int]]:
    """Return how many pieces of each line are wanted and were sent. No query where its lines were read before."""
    return [(line.ordered - line.cancelled, line.shipped) for line in order.lines.all()]


def refused_whole(order: OrderFacts) -> bool:
    """Tell whether all that was sent of an order was refused. No query where its lines were read before."""
    return is_refused_whole(order.state, [(line.shipped, line.rejected) for line in order.lines.all()])


def sent_words(sent: int, wanted: int) -> str:
    """Say how much of an order is on its way while the rest waits."""
    return _("%(sent)d of %(wanted)d sent") % {"sent": sent, "wanted": wanted}


def packing_words(ship_by: datetime | None, at: datetime, *, is_rest: bool) -> str:
    """Return what a supplier does with an order, or with the rest of it, until when; with places to be filled."""
    is_late = ship_by is not None and ship_by < at
    if is_rest and ship_by is None:
        return _("%(supplier)s is packing the other %(rest)d pieces")
    if is_rest and is_late:
        return _("%(supplier)s should have sent the other %(rest)d pieces before %(at)s")
    if is_rest:
        return _("%(supplier)s sends the other %(rest)d pieces before %(at)s")
    if ship_by is None:
        return _("%(supplier)s is packing your order")
    if is_late:
        return _("%(supplier)s should have sent it before %(at)s: ask them to send it soon")
    return _("%(supplier)s sends it before %(at)s")
