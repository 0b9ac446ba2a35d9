"""How many pieces each buyer may have of a limited listing 限购."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import ngettext

from catalog.queries import SpecForSale
from shop.sales.errors import OverLimit
from shop.sales.queries.limits import left_of_limits
from shop.sales.texts import in_reader_language
from shop.sales.whose import Whose


def check_limits(wanted: Sequence[tuple[SpecForSale, int]], whose: Whose, *, asks_proof: bool = True) -> None:
    """Count what the buyer has of limited listings, and what is wanted now.

    Raises OverLimit, PhoneUnproved (unless a unit buys: without `asks_proof`). Who sells locks the listings first, so
    that two checkouts count each other.
    """
    limits = {spec.listing_id: spec for spec, _pieces in wanted if spec.purchase_limit is not None}
    if not limits:
        return
    if asks_proof:
        first = next(iter(limits.values()))
        whose.check_proved(in_reader_language(first.name_zh, first.name_en), field=f"pieces-{first.specification_id}")
    allowed = left_of_limits(limits.values(), whose)
    for listing_id, spec in limits.items():
        now = sum(pieces for each, pieces in wanted if each.listing_id == listing_id)
        limit, left = spec.purchase_limit or 0, allowed[listing_id]
        if now > left:
            text = ngettext(
                "%(name)s: each buyer may have %(limit)d; you can take %(left)d more.",
                "%(name)s: each buyer may have %(limit)d; you can take %(left)d more.",
                limit,
            )
            raise OverLimit(
                text % {"name": in_reader_language(spec.name_zh, spec.name_en), "limit": limit, "left": left},
                field=f"pieces-{spec.specification_id}",
                specification_id=spec.specification_id,
                left=left,
            )


def check_planned(*, wanted: Sequence[tuple[SpecForSale, int]], user: Any, phone: str) -> None:
    """Raise OverLimit where a purchase that is planned for a unit's `user` could not be placed today. No locks."""
    check_limits(wanted, Whose.of(user, phone), asks_proof=False)
