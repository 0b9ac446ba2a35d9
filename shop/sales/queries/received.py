"""Reading what guests bought with an account's phone, and what was bought as a guest in a browser."""

from collections.abc import Collection
from typing import Any

from shop.sales.models import OrderFacts, Purchase
from shop.sales.queries.purchases import with_phone
from shop.sales.visitors import Visitor

MOST_RECEIVED = 20


def received_orders(user: Any) -> list[OrderFacts]:
    """Return the orders that guests placed with the account's proved phone, the latest first, twenty at most."""
    visitor = Visitor.of(user)
    if not visitor.phones:
        return []
    rows = OrderFacts.objects.filter(with_phone(visitor, "purchase__"))
    rows = rows.select_related("order", "purchase", "supplier").prefetch_related("lines")
    return list(rows.order_by("-placed_at", "-pk")[:MOST_RECEIVED])


def bought_here(token_hashes: Collection[str]) -> list[Purchase]:
    """Return the guests' purchases of these tokens that no account has, the latest first. One query at most."""
    hashes = set(token_hashes) - {""}
    if not hashes:
        return []
    return list(Purchase.objects.filter(user__isnull=True, guest_token_hash__in=hashes).order_by("-placed_at", "-pk"))
