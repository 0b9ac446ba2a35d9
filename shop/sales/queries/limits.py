"""How many pieces of limited listings a buyer has already: what ordering counts, and what is said before it."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Sum

from catalog.queries import SpecForSale
from shop.sales.models import LineFacts
from shop.sales.states import OrderState
from shop.sales.whose import Whose


def pieces_had(whose: Whose, listing_ids: Collection[int]) -> dict[int, int]:
    """Return how many pieces of listings somebody ordered and did not cancel, by listing. One query."""
    rows = (
        LineFacts.objects.filter(whose.purchases("order__purchase__"), listing_id__in=listing_ids)
        .exclude(order__state=OrderState.CANCELLED)
        .values_list("listing_id")
        .annotate(ordered=Sum("ordered"), cancelled=Sum("cancelled"))
    )
    return {listing_id: ordered - cancelled for listing_id, ordered, cancelled in rows}


def left_of_limits(specs: Iterable[SpecForSale], whose: Whose) -> dict[int, int]:
    """Return how many pieces a buyer may still have of the limited listings among `specs`, by listing.

    One query where one of them is limited.
    """
    limits = {spec.listing_id: spec.purchase_limit for spec in specs if spec.purchase_limit is not None}
    had = pieces_had(whose, limits) if limits else {}
    return {listing_id: max(0, limit - had.get(listing_id, 0)) for listing_id, limit in limits.items()}


def still_allowed(specs: Iterable[SpecForSale], *, user: Any, phone: str) -> dict[int, int]:
    """Return `left_of_limits` of a person with an account, or of a phone."""
    return left_of_limits(specs, Whose.of(user, phone))
