"""Telling people what changed, and remembering what they read."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import Q
from django.utils import translation

from shop.accounts import mails, sms
from shop.accounts.messages import is_registered, render
from shop.accounts.models import Message, User
from shop.core.redirects import is_inside
from shop.core.texts import sentences


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


def tell_outside(*, phone: str = "", email: str = "", kind: str, params: Mapping[str, Any], path: str) -> None:
    """Send the words of a message to somebody without an account: by SMS, or by e-mail where no phone is known.

    Nothing is kept, and nothing is sent where neither is known. `path`: the page of this site that it leads to. In
    Chinese: nobody knows in which language they read. Raises OSError when it can't be sent.
    """
    if not is_registered(kind):
        raise ValueError(f"no words for messages of kind {kind}")
    if not phone and not email:
        return
    with translation.override(settings.LANGUAGE_CODE):
        words = render(kind, params)
        text = sentences(words.text or words.title, f"{settings.SITE_URL}{path}")
        if phone:
            sms.send(phone=phone, text=sms.signed(text))
        else:
            send_mail(words.title, text, mails.sender(), [email])


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
