"""Orders of goods that were sold under a certificate, and are still to be sent."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q

from catalog.hooks import OrdersUnder
from catalog.queries.certificates import Revoked, listings_under, revoked_among, revoked_badges_of
from shop.core import audit
from shop.sales.models import LineFacts
from shop.sales.states import OrderState

# What the audit trail calls that a buyer was asked, and wants goods of a revoked certificate; by order.
BUYER_ASKED = "buyer_asked"


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


@dataclass(frozen=True, slots=True)
class SoldUnderRevoked:
    """A line with pieces still to be sent, and the revoked certificate that they were sold under."""

    line: LineFacts
    pieces: int
    certificate: Revoked


def under_revoked(lines: Iterable[LineFacts]) -> list[SoldUnderRevoked]:
    """Return those of an order's lines that are still to be sent and were sold under a certificate revoked since.

    As `waiting_under` counts them. Two queries at most; none where nothing is to be sent.
    """
    left = {line: line.ordered - line.cancelled - line.shipped for line in lines}
    waiting = {line: pieces for line, pieces in left.items() if pieces > 0}
    if not waiting:
        return []
    badges = revoked_badges_of({line.listing_id for line in waiting if line.certificate_id is None})
    of_line = {
        line: [line.certificate_id] if line.certificate_id else badges.get(line.listing_id, []) for line in waiting
    }
    revoked = revoked_among({pk for own in of_line.values() for pk in own})
    return [
        SoldUnderRevoked(line, waiting[line], revoked[pk])
        for line, own in of_line.items()
        for pk in own
        if pk in revoked
    ]


def asked_under(order_id: int) -> dict[str, datetime]:
    """Return the revoked certificates (numbers) that an order's buyer was asked about, and when. One query."""
    rows = audit.entries(object_kind="order", object_ids=[order_id], action=BUYER_ASKED)
    return {number: row.at for row in reversed(rows) for number in row.data["certificates"]}


def to_ask(order_id: int, lines: Iterable[LineFacts]) -> list[str]:
    """Return the revoked certificates of these lines that the order's buyer was not asked about yet.

    Two queries at most, three where a certificate was revoked; none where nothing is to be sent.
    """
    numbers = {each.certificate.number for each in under_revoked(lines)}
    return sorted(numbers - asked_under(order_id).keys()) if numbers else []
