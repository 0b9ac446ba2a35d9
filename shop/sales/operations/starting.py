"""An order starts to be worked on: paid, or on terms where the goods come first."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from catalog.operations.listings import count_sold
from catalog.queries import ship_within, supplier_holidays
from catalog.rules.arrival import ship_by
from shop.core import outbox
from shop.sales.models import LineFacts, OrderFacts

SLOWEST_HOURS = 48


def start_work(*, orders: Sequence[tuple[OrderFacts, Sequence[LineFacts]]], at: datetime) -> None:
    """Give each order its ship-by, count its pieces as sold, and tell both sides, all in the caller's transaction."""
    if not orders:
        return
    holidays = supplier_holidays(order.supplier_id for order, _lines in orders)
    hours = ship_within(line.listing_id for _order, lines in orders for line in lines)
    for order, lines in orders:
        slowest = max(hours.get(line.listing_id, SLOWEST_HOURS) for line in lines)
        order.ship_by = ship_by(timezone.localtime(at), slowest, holidays.get(order.supplier_id))
    OrderFacts.objects.bulk_update([order for order, _lines in orders], ["ship_by"])
    tell_work(orders=orders, at=at)


def tell_work(*, orders: Sequence[tuple[OrderFacts, Sequence[LineFacts]]], at: datetime) -> None:
    """Count the pieces of orders that know their ship-by as sold and tell both sides, in the caller's transaction."""
    sold: dict[int, int] = {}
    for _order, lines in orders:
        for line in lines:
            sold[line.listing_id] = sold.get(line.listing_id, 0) + line.ordered
    count_sold(sold, at=at)
    purchase_id = orders[0][0].purchase_id
    outbox.enqueue(task="sales.tell_to_ship", args={"purchase_id": purchase_id}, key=f"to_ship:{purchase_id}", at=at)
