"""Who follows which village."""

from collections.abc import Iterable
from typing import Any

from catalog.models import Listing, Village, VillageFollow


def village_called(slug: str) -> Village | None:
    """Return a village by its slug. One query."""
    return Village.objects.filter(slug=slug).first()


def is_following(user: Any, village: Village) -> bool:
    """Tell whether somebody follows a village. One query, none for a visitor."""
    return bool(user.is_authenticated) and VillageFollow.objects.filter(user=user, village=village).exists()


def followed_villages(user: Any) -> list[Village]:
    """Return the villages that somebody follows, the latest first. One query."""
    rows = VillageFollow.objects.filter(user=user).select_related("village__county", "village__picture")
    return [row.village for row in rows.order_by("-created_at", "-pk")]


def followers_of_listing(listing_id: int) -> tuple[Listing, list[int]] | None:
    """Return a listing of a village and who follows the village; None for a listing of none."""
    listing = Listing.objects.filter(pk=listing_id, village__isnull=False).select_related("village").first()
    if listing is None:
        return None
    follows = VillageFollow.objects.filter(village=listing.village_id).order_by("user_id")
    return listing, list(follows.values_list("user_id", flat=True))


def followers_of_goods(listing_ids: Iterable[int]) -> list[int]:
    """Return who follows a village that one of these listings comes from, each once. One query."""
    follows = VillageFollow.objects.filter(village__listings__in=list(listing_ids))
    return list(follows.order_by("user_id").values_list("user_id", flat=True).distinct())
