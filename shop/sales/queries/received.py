"""Reading what a guest bought for whoever has its phone: seen and received by that person, and nothing else of it."""

from collections.abc import Collection
from typing import Any

from django.db.models import Q, QuerySet

from shop.core.codes import national_phone
from shop.sales.models import OrderFacts, Purchase
from shop.sales.queries.orders import with_everything

MOST_RECEIVED = 20


def phones_of(user: Any) -> set[str]:
    """Return the ways to write the phone that `user` proved; none where there is none."""
    return (
        {user.phone, national_phone(user.phone)} if user is not None and user.phone and user.phone_verified else set()
    )


def _received(user: Any, proved: Collection[int]) -> QuerySet[OrderFacts]:
    """Return orders of guests' purchases whose phone `user` proved, or this session proved by a code (`proved`)."""
    mine = Q(purchase__in=proved)
    phones = phones_of(user)
    if phones:
        # Not those that the person said to be another's.
        mine |= Q(purchase__contact_phone__in=phones) & (
            Q(purchase__declined_by=None) | ~Q(purchase__declined_by=user.pk)
        )
    return OrderFacts.objects.filter(mine, purchase__user__isnull=True)


def received_orders(user: Any) -> list[OrderFacts]:
    """Return the orders that guests had sent to the account's proved phone, the latest first, twenty at most."""
    if not phones_of(user):
        return []
    rows = _received(user, ()).select_related("order", "purchase", "supplier").order_by("-placed_at", "-pk")
    return list(rows[:MOST_RECEIVED])


def received_order(user: Any, number: str, proved: Collection[int] = ()) -> OrderFacts | None:
    """Return one such order with everything that its page shows, or None. Up to 9 queries."""
    return with_everything(_received(user, proved).filter(order__number=number)).first()


def received_order_id(user: Any, number: str, proved: Collection[int] = ()) -> int | None:
    """Return the id of such an order, or None. One query."""
    return _received(user, proved).filter(order__number=number).values_list("pk", flat=True).first()


def bought_here(token_hashes: Collection[str]) -> list[Purchase]:
    """Return the guests' purchases of these tokens that no account has, the latest first. One query at most."""
    hashes = set(token_hashes) - {""}
    if not hashes:
        return []
    return list(Purchase.objects.filter(user__isnull=True, guest_token_hash__in=hashes).order_by("-placed_at", "-pk"))
