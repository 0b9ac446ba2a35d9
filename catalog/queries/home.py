"""What the front page shows of the catalogue."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.safestring import SafeString

from catalog.cardpress import shown
from catalog.models import ListingCard
from catalog.queries.places import latest_villages
from catalog.queries.tree import Node, category_tree
from catalog.words import english

RAIL = 10
ENOUGH = 5
FRESH_DAYS = 7


@dataclass(slots=True)
class FrontPage:
    """The front page's rails. `picked_this_week` tells whether the first rail's produce was picked in seven days."""

    cards: list[SafeString]
    total: int
    picked_this_week: bool
    villages: list[dict[str, Any]]
    village_total: int
    categories: list[Node]


def front_page(today: date) -> FrontPage:
    """Return the front page. Four or five queries, and the tree's where the cache has not got it."""
    column = "html_en" if english() else "html_zh"
    buyable = ListingCard.objects.filter(in_stock=True)
    picked = buyable.filter(listing__is_fresh=True, listing__produced_on__gt=today - timedelta(days=FRESH_DAYS))
    total = picked.count()
    this_week = total >= ENOUGH
    if not this_week:
        total = buyable.count()
    rail = picked.order_by("-rank", "pk") if this_week else buyable.order_by("-fresh_rank", "listing_id")
    villages, village_total = latest_villages(3)
    return FrontPage(
        cards=shown(rail.values_list(column, flat=True)[:RAIL]),
        total=total,
        picked_this_week=this_week,
        villages=villages,
        village_total=village_total,
        categories=[node for node in category_tree().tops if node.in_navigation],
    )
