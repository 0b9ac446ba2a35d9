"""What a visitor has of its own."""

from typing import Any

from oscar.apps.wishlists.models import Line as WishListLine

from shop.accounts.queries import unread_count
from shop.core.masking import mask_phone
from shop.sales.queries.baskets import count_pieces


def own_parts(*, user: Any, basket_id: int | None) -> dict[str, Any]:
    """Return {name, basket_count, unread, favourites (listing ids)}. Three queries; one for a guest."""
    pieces = count_pieces(user=user, basket_id=basket_id)
    if user is None:
        return {"name": "", "basket_count": pieces, "unread": 0, "favourites": []}
    liked = WishListLine.objects.filter(wishlist__owner=user, product__listing__isnull=False)
    return {
        "name": user.name or (user.email or "").partition("@")[0] or mask_phone(user.phone),
        "basket_count": pieces,
        "unread": unread_count(user),
        "favourites": list(liked.values_list("product__listing", flat=True)),
    }
