"""Effects after the commit: a row written with the change, a handler run later, once it is committed.

A handler may run twice (a worker can die after its effect, before its mark), so it takes ids and is idempotent.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from shop.core.models import OutboxEntry

logger = logging.getLogger(__name__)

Handler = Callable[..., None]
MAX_ATTEMPTS = 12
MAX_DELAY = timedelta(hours=1)
_handlers: dict[str, Handler] = {}


def register(name: str) -> Callable[[Handler], Handler]:
    """Make the decorated function the handler of task `name`; it gets the entry's args and `at` as keywords."""

    def add(handler: Handler) -> Handler:
        if _handlers.get(name, handler).__qualname__ != handler.__qualname__:
            raise ValueError(f"{name} has a handler already")
        _handlers[name] = handler
        return handler

    return add


def enqueue(
    *, task: str, args: dict[str, Any], at: datetime, key: str | None = None, delay: timedelta | None = None
) -> None:
    """Add an effect in the caller's transaction. With `key`, a second one of the same key is dropped."""
    entry = OutboxEntry(task=task, args=args, key=key, created_at=at, available_at=at + (delay or timedelta()))
    OutboxEntry.objects.bulk_create([entry], ignore_conflicts=key is not None)


def drain(*, at: datetime, limit: int = 100) -> int:
    """Run up to `limit` waiting entries, each in its own transaction. Return how many succeeded.

    Two workers never run the same entry at the same time; a failed one waits longer each time and is kept.
    """
    done = 0
    # An idle tick reads only: on SQLite the claim below takes the one write lock.
    if not _waiting(at).exists():
        return done
    for _ in range(limit):
        outcome = _run_next(at)
        if outcome is None:
            break
        done += outcome
    return done


def _waiting(at: datetime) -> QuerySet[OutboxEntry]:
    return OutboxEntry.objects.filter(done_at__isnull=True, available_at__lte=at, attempts__lt=MAX_ATTEMPTS)


def _run_next(at: datetime) -> int | None:
    """Run the next entry; 1 when it succeeded, 0 when it failed, None when nothing waits."""
    with transaction.atomic():
        waiting = _waiting(at)
        if connection.features.has_select_for_update_skip_locked:
            waiting = waiting.select_for_update(skip_locked=True)
        entry = waiting.order_by("available_at", "id").first()
        if entry is None:
            return None
        try:
            with transaction.atomic():
                handler = _handlers[entry.task]
                handler(**entry.args, at=at)
        except Exception as error:
            logger.warning("outbox %s #%s failed: %s", entry.task, entry.pk, type(error).__name__, exc_info=True)
            entry.attempts += 1
            entry.last_error = f"{type(error).__name__}: {error}"[:2000]
            entry.available_at = at + min(timedelta(seconds=2**entry.attempts), MAX_DELAY)
            entry.save(update_fields=["attempts", "last_error", "available_at"])
            return 0
        entry.done_at = at
        entry.save(update_fields=["done_at"])
        return 1
