"""Two workers settle at once what leaves the shelf after its day, while others buy."""

from pathlib import Path

from django.db import connection

from catalog.models import Listing, Stock
from shop.core.models import AuditEntry
from tests.concurrency.races import race
from tests.factories import spec_of


def settled_at_once(
    listing: Listing, *, action: str, meet: str, database_url: str, folder: Path, buyers: int = 0, lock: bool = True
) -> tuple[dict[str, int], Stock, int]:
    """Return the outcomes of two settlers and some buyers, the shelf, and how often `action` was recorded."""
    connection.close()
    outcomes = race(
        "settle_kept", database_url=database_url, folder=folder, attempts=2 + buyers, lock=lock, meet=meet, processes=2,
        settlers=2, specification=spec_of(listing).specification_id,
    )  # fmt: skip
    return dict(outcomes), Stock.objects.get(pool="main"), AuditEntry.objects.filter(action=action).count()
