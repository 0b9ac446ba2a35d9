"""Favourites, on Oscar's wish lists. Our row says what the price was when it was added."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from oscar.apps.wishlists.models import Line, WishList

from catalog.queries.trade import listing_facts
from shop.sales.models import Favourite


def toggle_favourite(*, user: Any, listing_id: int, at: datetime) -> bool | None:
    """Add a listing to the user's favourites, or take it out; return whether it is one now, None if there is none."""
    with transaction.atomic():
        known = Favourite.objects.filter(user=user, listing_id=listing_id).first()
        if known is not None:
            Line.objects.filter(pk=known.line_id).delete()
            return False
        facts = listing_facts(listing_id)
        if facts is None:
            return None
        wishes = WishList.objects.filter(owner=user).order_by("pk").first() or WishList.objects.create(owner=user)
        try:
            with transaction.atomic():
                line, _made = Line.objects.get_or_create(
                    wishlist=wishes, product_id=facts.product_id, defaults={"title": facts.name_zh}
                )
                Favourite.objects.create(
                    line=line, user=user, listing_id=listing_id, price_fen=facts.price_fen, added_at=at
                )
        except IntegrityError:
            # Two taps at the same moment: it is a favourite.
            return True
        return True
