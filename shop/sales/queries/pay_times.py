"""How long what is scarce may wait for its money: the platform's own list, by day."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from shop.sales import rules
from shop.sales.models import LineFacts, PayTime, Purchase


def pay_time_for(sources: Iterable[str], at: datetime) -> PayTime | None:
    """Return the shortest time of those that stand for these price sources on a day; None where nothing is scarce.

    One query at most: none for what is sold from the shelf at the list price.
    """
    kinds = {kind for source in sources if (kind := rules.scarce_kind(source))}
    if not kinds:
        return None
    day = timezone.localdate(at)
    still = Q(valid_until__isnull=True) | Q(valid_until__gte=day)
    rows = PayTime.objects.filter(still, kind__in=[*kinds, rules.ANY_POOL], valid_from__lte=day)
    latest = {row.kind: row for row in rows.order_by("valid_from")}
    standing = [latest.get(kind) or latest.get(rules.ANY_POOL) for kind in kinds]
    found = [row for row in standing if row is not None]
    # Nothing is sooner than no transfer at all.
    return min(found, key=lambda row: (row.transfer_minutes or 0, row.online_minutes), default=None)


def pay_time_of(purchase: Purchase) -> PayTime | None:
    """Return how long a purchase's scarce goods are kept, by the day it was placed; None where nothing is scarce."""
    lines = LineFacts.objects.filter(order__purchase=purchase)
    return pay_time_for(lines.values_list("price_source", flat=True), purchase.placed_at)
