"""Telling people what changed, and remembering what they read."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q

from shop.accounts.messages import is_registered
from shop.accounts.models import Message, User
from shop.core.redirects import is_inside


def tell(*, user_id: int, kind: str, params: Mapping[str, Any], url: str = "", key: str, at: datetime) -> None:
    """Put a message in the person's message centre, in the caller's transaction; the same `key` again adds nothing.

    `url` is an address of this site without language prefix. Raises ValueError for a kind without words or another
    site's address.
    """
    if not is_registered(kind):
        raise ValueError(f"no words for messages of kind {kind}")
    if url and not is_inside(url):
        raise ValueError(f"not an address of this site: {url}")
    Message.objects.bulk_create(
        [Message(user_id=user_id, kind=kind, params=dict(params), url=url, key=key, created_at=at)],
        ignore_conflicts=True,
    )


def mark_read(*, message: Message, actor: User, at: datetime) -> None:
    """Note that `actor` read its message; the first time counts. Another's message stays as it is."""
    Message.objects.filter(pk=message.pk, user_id=actor.pk, read_at__isnull=True).update(read_at=at)


def mark_all_read(*, actor: User, at: datetime) -> int:
    """Note that `actor` read everything; return how many were unread."""
    return Message.objects.filter(user_id=actor.pk, read_at__isnull=True).update(read_at=at)


def rewrite(*, which: Q, params: Mapping[str, Any]) -> int:
    """Put other words into messages that were told, since whom they name was erased; return how many."""
    rows = list(Message.objects.filter(which))
    for row in rows:
        row.params = {**row.params, **{name: value for name, value in params.items() if name in row.params}}
    return Message.objects.bulk_update(rows, ["params"])
