"""Cards beside a product: of its village, its supplier, its category."""

from django.db.models import Q
from django.utils.safestring import SafeString

from catalog.cardpress import shown
from catalog.models import Listing, ListingCard
from catalog.words import english
from shop.core.prepared import Prepared

SIMILAR = 5


def _near(column: str) -> Prepared:
    return Prepared(
        lambda supplier_id, village_id, listing_id: (
            ListingCard.objects.filter(Q(supplier_id=supplier_id) | Q(village_id=village_id))
            .exclude(pk=listing_id)
            .order_by("-rank", "listing_id")
            .values_list(column)[:SIMILAR]
        )
    )


_NEAR_ZH, _NEAR_EN = _near("html_zh"), _near("html_en")


def similar_cards(listing: Listing) -> list[SafeString]:
    """Return cards of the same village or supplier, and of the same category where those are few. One query."""
    # No card is of supplier or village 0: a listing without a village is near its supplier's alone.
    rows = _NEAR_EN if english() else _NEAR_ZH
    return shown(row[0] for row in rows(listing.supplier_id, listing.village_id or 0, listing.pk))


def cards_instead(listing: Listing, limit: int = 10) -> list[SafeString]:
    """Return what may take a withdrawn product's place: of its supplier, then of its category. Two queries."""
    column = "html_en" if english() else "html_zh"
    found = similar_cards(listing)
    others = ListingCard.objects.filter(category_id=listing.category_id).exclude(supplier_id=listing.supplier_id)
    return found + shown(others.order_by("-rank", "listing_id").values_list(column, flat=True)[: limit - len(found)])
