"""The list of products for programs: the same filters and orders as the pages', in slices instead of pages."""

from typing import Any

from catalog.asked import Asked
from catalog.models import ListingCard
from catalog.queries.lists import ORDERS, narrow
from catalog.queries.trade import ListingFacts, listings_now
from catalog.search import matching
from shop.core.keyset import Slice, slice_after


def card_slice(asked: Asked, *, after: list[Any] | None, limit: int) -> Slice[tuple[ListingCard, ListingFacts]]:
    """Return some of the products that are asked for, after a place; by unit price only those that have one. Two queries."""
    cards = narrow(ListingCard.objects.all(), asked)
    if asked.query:
        cards = matching(cards, asked.query)
    if asked.sort == "unit":
        cards = cards.filter(jin_fen__isnull=False)
    found = slice_after(cards.defer("html_zh", "html_en", "tokens"), ORDERS[asked.sort], after, limit)
    now = listings_now(card.pk for card in found.rows)
    return Slice([(card, now[card.pk]) for card in found.rows if card.pk in now], found.after)
