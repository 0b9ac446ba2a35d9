"""The same request twice is done once: its first answer is kept with what it did, in one transaction."""

import hashlib
import json
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, OperationalError, transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _

from shop.core import periodic
from shop.core.errors import DomainError
from shop.core.models import FirstAnswer

KEPT = timedelta(hours=48)
# Answers that say nothing about the work: the same request may succeed later.
PASSING = {401, 403, 429}


class KeyUsed(DomainError):
    """The key came with another request before."""

    code = "idempotency_key_reused"


class StandingChanged(DomainError):
    """The first answer was given to somebody with roles that the person has no more."""

    code = "standing_changed"
    status = 403


class StillWorking(DomainError):
    """The first request with this key is not answered yet."""

    code = "idempotency_key_in_progress"


def once(
    *,
    actor_id: int,
    key: str,
    method: str,
    path: str,
    body: bytes,
    at: datetime,
    work: Callable[[], HttpResponse],
    standing: Collection[str] = (),
) -> HttpResponse:
    """Return the answer of `work`, or the one that was given to the same request before (`Idempotent-Replayed`).

    `work` runs in the transaction that keeps its answer: after a crash there is both or neither. A second request
    meets the unique key: on PostgreSQL it waits for the first one's transaction, on SQLite for the write lock.
    Refusals are kept like other answers; passing ones (who, too often, our own failure) undo everything.
    A body of JSON is the same whatever the order of its fields and the space between them. `standing` names the
    roles and organisations that the actor has now: what was answered to who had more of them is not told again.
    Raises KeyUsed for another request with the same key, StandingChanged, StillWorking when the first one takes too long.
    """
    facts = {"method": method, "path": path[:300], "body_digest": hashlib.sha256(plain_body(body)).hexdigest()}
    with transaction.atomic():
        row = _claim(actor_id, key, {**facts, "standing": sorted(standing)}, at)
        if row is None:
            return _first_answer(actor_id, key, facts, standing)
        response = work()
        if response.status_code in PASSING or response.status_code >= 500:
            transaction.set_rollback(True)
            return response
        row.status = response.status_code
        row.answer = response.content.decode()
        row.media_type = response.headers.get("Content-Type", "")
        row.save(update_fields=["status", "answer", "media_type"])
        return response


def plain_body(body: bytes) -> bytes:
    """Return one way to write a body of JSON; any other body as it is."""
    try:
        return json.dumps(json.loads(body), sort_keys=True, separators=(",", ":")).encode()
    except (ValueError, RecursionError):
        return body


def _claim(actor_id: int, key: str, facts: dict[str, Any], at: datetime) -> FirstAnswer | None:
    """Take the key for this request; None when it is taken."""
    try:
        with transaction.atomic():
            return FirstAnswer.objects.create(actor_id=actor_id, key=key, created_at=at, **facts)
    except IntegrityError:
        return None
    except OperationalError as error:
        raise StillWorking(
            _("The first request with this key is still being worked on: ask again in a moment."), retry_after=2
        ) from error


def _first_answer(actor_id: int, key: str, facts: dict[str, str], standing: Collection[str]) -> HttpResponse:
    row = FirstAnswer.objects.get(actor_id=actor_id, key=key)
    if any(getattr(row, name) != value for name, value in facts.items()):
        raise KeyUsed(_("This Idempotency-Key was used for another request: take a new one."))
    if not set(row.standing) <= set(standing):
        raise StandingChanged(_("Your roles have changed since this was answered: it is not told again."))
    response = HttpResponse(row.answer, status=row.status, content_type=row.media_type)
    response["Idempotent-Replayed"] = "true"
    return response


@periodic.every("core.forget_answers", seconds=3600)
def forget_answers(*, at: datetime) -> None:
    """Delete answers older than two days: they may hold personal data, and nobody asks for them any more."""
    FirstAnswer.objects.filter(created_at__lt=at - KEPT).delete()
