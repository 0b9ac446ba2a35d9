"""Reading favourites."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page

from catalog.queries.trade import ListingFacts, listings_now
from shop.core.paging import Turned, paged
from shop.sales.models import Favourite

FAVOURITES_A_PAGE = 24


@dataclass(frozen=True)
class Kept:
    """A favourite as it is now; `cheaper_fen` is how much less it costs than when it was added."""

    listing: ListingFacts
    added_at: datetime
    cheaper_fen: int


def favourite_listing_ids(user: Any) -> list[int]:
    """Return the listings that `user` keeps. One query."""
    return list(Favourite.objects.filter(user=user).order_by("listing_id").values_list("listing_id", flat=True))


def favourite_page(user: Any, page: Turned = 1) -> tuple[Page, list[Kept]]:
    """Return a page of favourites, the latest first, with what they are now. Three queries."""
    found = paged(Favourite.objects.filter(user=user).order_by("-added_at", "-pk"), page, FAVOURITES_A_PAGE)
    rows = list(found.object_list)
    now = listings_now(row.listing_id for row in rows)
    kept = [
        Kept(now[row.listing_id], row.added_at, max(0, row.price_fen - now[row.listing_id].price_fen)) for row in rows
    ]
    return found, kept
