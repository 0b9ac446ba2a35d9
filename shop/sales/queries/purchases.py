"""Reading purchases: only by those whose they are."""

from typing import Any

from django.db.models import Q

from shop.core.keyset import Slice, slice_after
from shop.core.prepared import Prepared
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


_PURCHASES = Purchase.objects.select_related("ship_division")
_OF_PERSON = Prepared(lambda number, user_id: _PURCHASES.filter(number=number, user=user_id))
_OF_GUEST = Prepared(lambda number, token: _PURCHASES.filter(number=number, guest_token_hash=token))
_OF_EITHER = Prepared(
    lambda number, user_id, token: _PURCHASES.filter(Q(user=user_id) | Q(guest_token_hash=token), number=number)
)


def purchase_of(visitor: Visitor, number: str) -> Purchase | None:
    """Return the visitor's own purchase `number` with its destination, or None. One query at most."""
    if visitor.user is not None and visitor.token_hash:
        found = _OF_EITHER(number, visitor.user.pk, visitor.token_hash)
    elif visitor.user is not None:
        found = _OF_PERSON(number, visitor.user.pk)
    else:
        found = _OF_GUEST(number, visitor.token_hash) if visitor.token_hash else []
    return next(iter(found), None)


def purchase_slice(visitor: Visitor, *, after: list[Any] | None, limit: int) -> Slice[Purchase]:
    """Return some of the visitor's own purchases, the latest first, after a place. One query."""
    return slice_after(Purchase.objects.filter(owned(visitor)), ("-placed_at", "-pk"), after, limit)
