"""What the catalogue holds of people; see `shop.core.personal`."""

from datetime import datetime
from typing import Any

from catalog.models import Reminder, VillageFollow
from shop.core.personal import Held, Holding

TRADE = "the supplier's, as long as it trades and three years after"
AUTHOR = "who sent or decided, by number"


def export_wishes(user: Any) -> dict[str, Any]:
    """Return what the person waits for and which villages it follows."""
    reminders = Reminder.objects.filter(user=user).select_related("listing").order_by("pk")
    follows = VillageFollow.objects.filter(user=user).select_related("village").order_by("pk")
    return {
        "reminders": [{"product": row.listing.name_zh, "kind": row.kind} for row in reminders],
        "villages": [row.village.name_zh for row in follows],
    }


def erase_wishes(user: Any, at: datetime) -> None:
    """Delete what the person waits for and follows."""
    Reminder.objects.filter(user=user).delete()
    VillageFollow.objects.filter(user=user).delete()


HOLDING = Holding(
    "catalog",
    (
        Held("catalog.Reminder", ("user",), exported="reminders", erased="deleted"),
        Held("catalog.VillageFollow", ("user",), exported="villages", erased="deleted"),
        Held(
            "catalog.Picture",
            ("uploaded_by_id", "alt_zh", "alt_en"),
            kept="of goods and places; who sent it, by number",
        ),
        Held("catalog.Supplier", ("head_name", "name_en", "story_zh", "story_en"), kept=f"{TRADE}; shown masked"),
        Held("catalog.Certificate", ("revoked_reason",), kept=f"{TRADE}; why it was revoked"),
        Held("catalog.StockChange", ("actor_id", "note"), kept=AUTHOR),
        Held("catalog.ListingProposal", ("facts",), kept=TRADE),
        Held("catalog.ListingDecision", ("actor", "reason", "facts", "before"), kept=AUTHOR),
    ),
    export=export_wishes,
    erase=erase_wishes,
)
