"""Reading purchases: only by those whose they are."""

from typing import Any

from django.db.models import Q

from shop.core.keyset import Slice, slice_after
from shop.sales.models import Purchase
from shop.sales.visitors import Visitor


def owned(visitor: Visitor, prefix: str = "") -> Q:
    """Return the filter of what the visitor owns; `prefix` leads to the purchase ("purchase__" from an order)."""
    mine = Q(pk__in=[])
    if visitor.user is not None:
        mine |= Q(**{f"{prefix}user": visitor.user})
    if visitor.token_hash:
        mine |= Q(**{f"{prefix}guest_token_hash": visitor.token_hash})
    return mine


def purchase_of(visitor: Visitor, number: str) -> Purchase | None:
    """Return the visitor's own purchase `number` with its destination, or None. One query."""
    return Purchase.objects.filter(owned(visitor), number=number).select_related("ship_division").first()


def purchase_slice(visitor: Visitor, *, after: list[Any] | None, limit: int) -> Slice[Purchase]:
    """Return some of the visitor's own purchases, the latest first, after a place. One query."""
    return slice_after(Purchase.objects.filter(owned(visitor)), ("-placed_at", "-pk"), after, limit)
