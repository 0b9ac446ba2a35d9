"""From which cut on a flash sale is asked once more, in the back office. Rooms and sessions have pages of their own."""

from livestream.models import DropBounds
from shop.core.back_office import DatedAdmin, site


class DropBoundsAdmin(DatedAdmin):
    """From how many percent off, and below which price, a host confirms a flash sale once more."""

    list_display = ("valid_from", "valid_until", "deep_percent", "traded_days", "document")


def register() -> None:
    """Have the back office administer the bounds. Called when the hooks are wired."""
    site.register(DropBounds, DropBoundsAdmin)
