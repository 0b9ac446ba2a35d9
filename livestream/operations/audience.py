"""Counting viewers: each server process says how many it holds."""

from datetime import datetime

from django.db.models import Sum

from livestream.models import LiveAudience, LiveSession
from livestream.rules import AUDIENCE_FRESH


def count_viewers(*, session_id: int, process: str, viewers: int, at: datetime) -> int:
    """Say that `process` holds so many viewers; return how many all processes hold. The most ever is kept.

    Two or three queries; a count below zero is none.
    """
    LiveAudience.objects.update_or_create(
        session_id=session_id, process=process, defaults={"viewers": max(0, viewers), "at": at}
    )
    fresh = LiveAudience.objects.filter(session_id=session_id, at__gt=at - AUDIENCE_FRESH)
    total = fresh.aggregate(total=Sum("viewers"))["total"] or 0
    LiveSession.objects.filter(pk=session_id, peak_viewers__lt=total).update(peak_viewers=total)
    return total
