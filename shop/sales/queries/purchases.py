"""Reading purchases: only by those whose they are."""

from collections.abc import Collection
from typing import Any

from django.db.models import Prefetch, Q

from shop.core.keyset import Slice, slice_after
from shop.core.prepared import Prepared
from shop.sales.models import OrderFacts, Purchase
from shop.sales.states import Way
from shop.sales.visitors import Visitor, token_hash


def owned(visitor: Visitor, prefix: str = "") -> Q:
    """Return the filter of what the visitor owns; `prefix` leads to the purchase ("purchase__" from an order)."""
    mine = Q(pk__in=[])
    if visitor.user is not None:
        mine |= Q(**{f"{prefix}user": visitor.user})
    if visitor.token_hashes:
        mine |= Q(**{f"{prefix}guest_token_hash__in": visitor.token_hashes, f"{prefix}user__isnull": True})
    if visitor.opened or visitor.proved:
        # Once an account has it, what was opened as a guest's purchase needs the account.
        mine |= Q(**{f"{prefix}pk__in": (*visitor.opened, *visitor.proved), f"{prefix}user__isnull": True})
    return mine | with_phone(visitor, prefix) if visitor.phones else mine


def with_phone(visitor: Visitor, prefix: str = "") -> Q:
    """Return the filter of guests' purchases with a phone that the account proved, and that it did not disclaim."""
    said = Q(**{f"{prefix}declined_by__isnull": True}) | ~Q(**{f"{prefix}declined_by": visitor.user})
    return said & Q(**{f"{prefix}contact_phone__in": visitor.phones, f"{prefix}user__isnull": True})


NOBODY = Visitor()
_PURCHASES = Purchase.objects.select_related("ship_division")
_NUMBERED = Prepared(lambda number: _PURCHASES.filter(number=number))


def _is_owned(purchase: Purchase, visitor: Visitor) -> bool:
    """Tell whether `owned` holds for a purchase at hand."""
    if purchase.user_id is not None:
        return visitor.user is not None and bool(purchase.user_id == visitor.user.pk)
    return _is_bought_by(purchase, visitor) or purchase.pk in visitor.proved or _has_phone(purchase, visitor)


def _is_bought_by(purchase: Purchase, visitor: Visitor) -> bool:
    return purchase.pk in visitor.opened or (purchase.guest_token_hash or None) in visitor.token_hashes


def _has_phone(purchase: Purchase, visitor: Visitor) -> bool:
    is_declined = visitor.user is not None and purchase.declined_by_id == visitor.user.pk
    return purchase.contact_phone in visitor.phones and not is_declined


def way_of(visitor: Visitor, purchase: Purchase) -> str:
    """Return how the visitor acts on a purchase that it may act on (`states.Way`): "" as who bought it."""
    if purchase.user_id is not None or _is_bought_by(purchase, visitor):
        return ""
    return Way.CODE if purchase.pk in visitor.proved else Way.PHONE


def purchase_of(visitor: Visitor, number: str) -> Purchase | None:
    """Return the visitor's own purchase `number` with its destination, or None. One query at most."""
    if visitor == NOBODY:
        return None
    return next((each for each in _NUMBERED(number) if _is_owned(each, visitor)), None)


def is_bought_by(visitor: Visitor, purchase: Purchase) -> bool:
    """Tell whether the visitor may act on a purchase as who bought it."""
    return _is_owned(purchase, visitor) and not way_of(visitor, purchase)


def purchase_of_link(token: str) -> Purchase | None:
    """Return the guest's purchase that a link's token opens, or None. One query."""
    linked = Purchase.objects.exclude(link_token_hash="").filter(user__isnull=True)
    return linked.filter(link_token_hash=token_hash(token[:100])).first()


def guests_purchases(ids: Collection[int]) -> list[Purchase]:
    """Return these purchases with their orders and lines, as far as they are still a guest's. Three queries."""
    rows = OrderFacts.objects.select_related("order", "supplier").prefetch_related("lines").order_by("pk")
    orders = Prefetch("orders", queryset=rows)
    found = Purchase.objects.filter(pk__in=ids, user__isnull=True).prefetch_related(orders)
    return sorted(found, key=lambda purchase: list(ids).index(purchase.pk))


def purchase_slice(visitor: Visitor, *, after: list[Any] | None, limit: int) -> Slice[Purchase]:
    """Return some of the visitor's own purchases, the latest first, after a place. One query."""
    return slice_after(Purchase.objects.filter(owned(visitor)), ("-placed_at", "-pk"), after, limit)


def purchase_of_once(user: Any, token_hashes: Collection[str], once: str) -> Purchase | None:
    """Return what this person, or this browser as a guest, bought at the checkout whose address carries `once`."""
    if not once:
        return None
    own = Purchase.objects.filter(user=user, key__startswith="web:", key__endswith=f":{once}") if user else None
    return (own.first() if own is not None else None) or purchase_of_form(token_hashes, once)


def purchase_of_form(token_hashes: Collection[str], nonce: str) -> Purchase | None:
    """Return the guest's purchase of these tokens whose key ends with the random part of a form's key."""
    hashes = set(token_hashes) - {""}
    if not hashes:
        return None
    own = Purchase.objects.filter(user__isnull=True, guest_token_hash__in=hashes)
    return own.filter(key__startswith="web:g", key__endswith=f":{nonce}").first()
