"""Orders of goods that were sold under a certificate, and are still to be sent."""

from django.db.models import Count, F, Q

from catalog.hooks import OrdersUnder
from catalog.queries.certificates import listings_under
from shop.sales.models import LineFacts
from shop.sales.states import OrderState


def waiting_under(certificate_id: int) -> OrdersUnder:
    """Return the paid orders under a certificate that are still to be sent, the first to be sent first. Three queries.

    A line names the certificate that it draws; under one without a yearly output, the product's tells.
    """
    own = Q(certificate_id=certificate_id) | Q(
        certificate_id__isnull=True, listing_id__in=listings_under(certificate_id, draws=False)
    )
    lines = LineFacts.objects.filter(own, order__state=OrderState.TO_SHIP).select_related("order__order")
    left: dict[str, int] = {}
    for line in lines.order_by("order__ship_by", "order_id", "pk"):
        pieces = line.ordered - line.cancelled - line.shipped
        if pieces:
            left[line.order.order.number] = left.get(line.order.order.number, 0) + pieces
    unpaid = LineFacts.objects.filter(
        certificate_id=certificate_id, order__state=OrderState.UNPAID, ordered__gt=F("cancelled")
    )
    count = unpaid.aggregate(orders=Count("order", distinct=True))["orders"]
    return OrdersUnder(len(left), sum(left.values()), tuple(left), count)
