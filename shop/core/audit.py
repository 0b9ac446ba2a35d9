"""Writing the audit trail. Called by operations, in their transaction."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import CharField, QuerySet
from django.db.models.functions import Cast

from shop.core.models import AuditEntry


def record(*, action: str, object_kind: str, object_id: int | str, actor: Any, at: datetime, **data: Any) -> AuditEntry:
    """Append who (`actor`, a user or None for the system) did `action` on which object. No personal data in `data`."""
    return AuditEntry.objects.create(
        at=at,
        actor_id=getattr(actor, "pk", None),
        action=action,
        object_kind=object_kind,
        object_id=str(object_id),
        data=data,
    )


def entries(*, object_kind: str, object_ids: Iterable[int | str], action: str) -> list[AuditEntry]:
    """Return what was done so on any of these objects, the first first. One query."""
    rows = AuditEntry.objects.filter(
        object_kind=object_kind, object_id__in=[str(pk) for pk in object_ids], action=action
    )
    return list(rows.order_by("at", "pk"))


def done(*, object_kind: str, action: str) -> list[AuditEntry]:
    """Return every time that something was done to things of a kind, the first first. One query."""
    return list(AuditEntry.objects.filter(object_kind=object_kind, action=action).order_by("at", "pk"))


def with_key(*, object_kind: str, action: str, key: str) -> AuditEntry | None:
    """Return what was done so with the key of a page (`key` in its data), None for nothing. One query, none without."""
    rows = AuditEntry.objects.filter(object_kind=object_kind, action=action, data__key=key)
    return rows.order_by("pk").first() if key else None


def actions_on(*, object_kind: str, object_id: int | str, among: Iterable[str]) -> list[AuditEntry]:
    """Return who did any of these actions on an object, and when, the first first. One query."""
    rows = AuditEntry.objects.filter(object_kind=object_kind, object_id=str(object_id), action__in=list(among))
    return list(rows.order_by("at", "pk"))


def actions_among(
    *, object_kind: str, object_ids: Iterable[int | str] | QuerySet[Any], among: Iterable[str]
) -> list[AuditEntry]:
    """Return who did any of these actions on any of these objects (their rows, or ids), the first first. One query."""
    if isinstance(object_ids, QuerySet):
        ids: Any = object_ids.order_by().annotate(as_text=Cast("pk", CharField())).values("as_text")
    else:
        ids = [str(pk) for pk in object_ids]
    rows = AuditEntry.objects.filter(object_kind=object_kind, object_id__in=ids, action__in=list(among))
    return list(rows.order_by("at", "pk"))


def last_action(*, object_kind: str, object_id: int | str, among: Iterable[str]) -> str | None:
    """Return which of these actions was done last on an object, None when none was. One query."""
    rows = AuditEntry.objects.filter(object_kind=object_kind, object_id=str(object_id), action__in=list(among))
    return rows.order_by("-at", "-pk").values_list("action", flat=True).first()
