"""Reading purchases: only by those whose they are."""

from collections.abc import Collection
from typing import Any

from django.db.models import Prefetch, Q

from shop.core.keyset import Slice, slice_after
from shop.core.prepared import Prepared
from shop.sales.models import OrderFacts, Purchase
from shop.sales.visitors import Visitor, token_hash


def owned(visitor: Visitor, prefix: str = "") -> Q:
    """Return the filter of what the visitor owns; `prefix` leads to the purchase ("purchase__" from an order)."""
    mine = Q(pk__in=[])
    if visitor.user is not None:
        mine |= Q(**{f"{prefix}user": visitor.user})
    if visitor.token_hashes:
        mine |= Q(**{f"{prefix}guest_token_hash__in": visitor.token_hashes, f"{prefix}user__isnull": True})
    if visitor.opened:
        # Once an account has it, what was opened as a guest's purchase needs the account.
        mine |= Q(**{f"{prefix}pk__in": visitor.opened, f"{prefix}user__isnull": True})
    return mine


NOBODY = Visitor()
_PURCHASES = Purchase.objects.select_related("ship_division")
_NUMBERED = Prepared(lambda number: _PURCHASES.filter(number=number))


def _is_owned(purchase: Purchase, visitor: Visitor) -> bool:
    """Tell whether `owned` holds for a purchase at hand."""
    if purchase.user_id is not None:
        return visitor.user is not None and bool(purchase.user_id == visitor.user.pk)
    return purchase.pk in visitor.opened or (purchase.guest_token_hash or None) in visitor.token_hashes


def purchase_of(visitor: Visitor, number: str) -> Purchase | None:
    """Return the visitor's own purchase `number` with its destination, or None. One query at most."""
    if visitor == NOBODY:
        return None
    return next((each for each in _NUMBERED(number) if _is_owned(each, visitor)), None)


def purchase_of_link(token: str) -> Purchase | None:
    """Return the guest's purchase that a link's token opens, or None. One query."""
    linked = Purchase.objects.exclude(link_token_hash="").filter(user__isnull=True)
    return linked.filter(link_token_hash=token_hash(token[:100])).first()


def guests_purchases(ids: Collection[int]) -> list[Purchase]:
    """Return these purchases with their orders, as far as they are still a guest's. Two queries."""
    orders = Prefetch("orders", queryset=OrderFacts.objects.select_related("order", "supplier").order_by("pk"))
    found = Purchase.objects.filter(pk__in=ids, user__isnull=True).prefetch_related(orders)
    return sorted(found, key=lambda purchase: list(ids).index(purchase.pk))


def purchase_slice(visitor: Visitor, *, after: list[Any] | None, limit: int) -> Slice[Purchase]:
    """Return some of the visitor's own purchases, the latest first, after a place. One query."""
    return slice_after(Purchase.objects.filter(owned(visitor)), ("-placed_at", "-pk"), after, limit)
