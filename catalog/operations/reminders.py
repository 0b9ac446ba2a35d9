"""到货提醒 and harvest reminders: asked for by one person, sent once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from catalog.models import Listing, Reminder, Stock
from catalog.states import ListingState, ReminderKind


@dataclass(frozen=True)
class Due:
    """A reminder whose time has come, and what it is about."""

    reminder_id: int
    user_id: int
    kind: str
    slug: str
    name_zh: str
    name_en: str


def ask(*, user: Any, listing: Listing, kind: str, at: datetime) -> bool:
    """Remember that `user` wants to know; return False when that was asked before and not yet answered."""
    try:
        with transaction.atomic():
            Reminder.objects.create(user=user, listing=listing, kind=ReminderKind(kind), created_at=at)
    except IntegrityError:
        return False
    return True


def forget(*, user: Any, reminder_id: int) -> None:
    """Drop a reminder of `user` that has not been sent."""
    Reminder.objects.filter(pk=reminder_id, user=user, sent_at__isnull=True).delete()


def take_due(*, listing_ids: Iterable[int], at: datetime) -> list[Due]:
    """Mark the reminders for listings that can be bought now as sent, and return them; each is returned once."""
    buyable = Stock.objects.filter(
        pool="main",
        on_hand__gt=F("reserved"),
        stockrecord__specification__is_offered=True,
        stockrecord__specification__listing__in=list(listing_ids),
        stockrecord__specification__listing__state=ListingState.LIVE,
        stockrecord__specification__listing__is_preorder=False,
    ).values("stockrecord__specification__listing_id")
    waiting = Reminder.objects.filter(sent_at__isnull=True, listing__in=buyable).select_related("listing")
    due = []
    for reminder in waiting.order_by("pk"):
        if Reminder.objects.filter(pk=reminder.pk, sent_at__isnull=True).update(sent_at=at):
            listing = reminder.listing
            due.append(
                Due(reminder.pk, reminder.user_id, reminder.kind, listing.slug, listing.name_zh, listing.name_en)
            )
    return due
