"""What a buyer of a paid order has to know of its goods: a certificate revoked since, a lot recalled after it was sent."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from catalog.queries.certificates import Revoked, listings_under, revoked_among, revoked_badges_of
from shop.sales.models import LineFacts, OrderFacts
from shop.sales.states import OrderState, PurchaseState
from traceability.queries.recalled import recalled_of_lines

RUNNING = (OrderState.TO_SHIP, OrderState.SHIPPED)


@dataclass(frozen=True, slots=True)
class BoughtUnderRevoked:
    """A line that was bought under a certificate revoked since, with the pieces of it that were not cancelled."""

    line: LineFacts
    pieces: int
    certificate: Revoked


@dataclass(frozen=True, slots=True)
class Recalled:
    """Pieces of a line that were sent from a lot which a test failed afterwards."""

    line: LineFacts
    pieces: int
    lot: str
    lot_id: int = 0


def bought_under_revoked(order: OrderFacts) -> list[BoughtUnderRevoked]:
    """Return what of an order that is paid, or billed, and not completed was bought under a certificate revoked since.

    Two queries at most.
    """
    return lines_under_revoked(order) if order.state in RUNNING else []


def lines_under_revoked(order: OrderFacts) -> list[BoughtUnderRevoked]:
    """Return what of an order, whatever its state, was bought under a certificate revoked since. Two queries at most."""
    lines = {line: line.ordered - line.cancelled for line in order.lines.all() if line.ordered > line.cancelled}
    badges = revoked_badges_of({line.listing_id for line in lines if line.certificate_id is None})
    own = {line: [line.certificate_id] if line.certificate_id else badges.get(line.listing_id, []) for line in lines}
    revoked = revoked_among({pk for ids in own.values() for pk in ids})
    return [
        BoughtUnderRevoked(line, lines[line], revoked[pk]) for line, ids in own.items() for pk in ids if pk in revoked
    ]


def recalled_in(order: OrderFacts) -> list[Recalled]:
    """Return what was sent to an order from lots that were recalled since, whatever became of the order. One query."""
    return recalled_among([order])


def recalled_among(orders: Iterable[OrderFacts]) -> list[Recalled]:
    """Return what was sent to some orders from lots recalled since, by line. One query. Needs the orders' lines."""
    lines = {line.pk: line for order in orders for line in order.lines.all() if line.shipped}
    found = recalled_of_lines(lines)
    return [Recalled(lines[line_id], pieces, code, lot_id) for line_id, lot_id, code, pieces in found]


def paid_back(line: LineFacts) -> bool:
    """Tell whether all that was paid for the pieces that the buyer of a line has was given back."""
    return line.paid_fen > 0 and line.refundable_fen(line.shipped - line.rejected - line.returned) < 1


def running_under(certificate_id: int) -> list[OrderFacts]:
    """Return the orders not completed yet whose goods were bought under a certificate, by id. Two queries."""
    lines = _lines_of(certificate_id).filter(order__state__in=RUNNING)
    return _orders(line.order_id for line in lines if line.ordered > line.cancelled)


def to_pay_under(certificate_id: int) -> list[OrderFacts]:
    """Return the orders whose purchase is still to be paid and whose goods were bought under a certificate, by id.

    Delivered or not, as long as they were not cancelled. Two queries.
    """
    lines = _lines_of(certificate_id).filter(order__purchase__state=PurchaseState.UNPAID)
    lines = lines.exclude(order__state=OrderState.CANCELLED)
    return _orders(line.order_id for line in lines if line.ordered > line.cancelled)


def _lines_of(certificate_id: int) -> QuerySet[LineFacts]:
    own = Q(certificate_id=certificate_id) | Q(
        certificate_id__isnull=True, listing_id__in=listings_under(certificate_id, draws=False)
    )
    return LineFacts.objects.filter(own)


def to_ship_of(purchase_id: int) -> list[OrderFacts]:
    """Return a purchase's paid orders that wait to be sent, by id. Two queries."""
    rows = OrderFacts.objects.filter(purchase=purchase_id, state=OrderState.TO_SHIP)
    return _orders(rows.values_list("pk", flat=True))


def orders_of_lines(line_ids: Iterable[int]) -> list[OrderFacts]:
    """Return the orders of some lines, by id. Two queries."""
    return _orders(LineFacts.objects.filter(pk__in=set(line_ids)).values_list("order_id", flat=True))


def _orders(order_ids: Iterable[int]) -> list[OrderFacts]:
    rows = OrderFacts.objects.filter(pk__in=set(order_ids)).select_related("order", "purchase", "supplier")
    return list(rows.prefetch_related("lines").order_by("pk"))
