"""Links of many rows to many, sealed as they are made and taken: which groups an account is in, what it may do.

Each write of links is a `SealedWrite` of the row that has them: by the other row's id, whether it is linked from then on.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db.models import Model
from django.db.models.signals import m2m_changed

from shop.core.models import SealedWrite
from shop.core.projections import Mismatch, check

IN, OUT = "in", "out"
AT_ONCE = 500
MADE = {"post_add": IN, "post_remove": OUT}


def connect(model: type[Model], name: str) -> None:
    """Seal the links of a model's field from now on, and have them checked."""
    through, kind = getattr(model, name).through, _kind(model, name)

    def hear(instance: Any, action: str, reverse: bool, pk_set: set[int] | None, using: str, **_facts: Any) -> None:
        """Django's own signal: links were made or taken."""
        if action == "pre_clear":
            own = {(_other(model, name) if reverse else _owner(model, name)): instance.pk}
            _write(kind, _pairs(model, name, **own), OUT)
        elif action in MADE and pk_set:
            _write(kind, [(pk, instance.pk) if reverse else (instance.pk, pk) for pk in pk_set], MADE[action])

    m2m_changed.connect(hear, sender=through, weak=False, dispatch_uid=f"sealed {kind}")
    check(f"{kind}: its links are those that were made")(_check_of(model, name))


def seal_made(model: type[Model], name: str, rows: Iterable[Any]) -> None:
    """Seal links that were written in bulk, past the field. One query."""
    owner, other = _owner(model, name), _other(model, name)
    _write(_kind(model, name), [(getattr(row, owner), getattr(row, other)) for row in rows], IN)


def altered(model: type[Model], name: str) -> Iterator[Mismatch]:
    """Yield links that nobody made, and those that nobody took and are not there. Three queries."""
    kind = _kind(model, name)
    kept: set[tuple[int, int]] = set()
    writes = SealedWrite.objects.filter(kind=kind).order_by("pk").values_list("object_id", "digests")
    for pk, said in writes.iterator():
        for to, state in said.items():
            (kept.add if state == IN else kept.discard)((pk, int(to)))
    found = set(_pairs(model, name))
    # What is linked to may be gone itself, and the links with it.
    lost = kept - found
    there = set(
        _related(model, name)._base_manager.filter(pk__in={to for _pk, to in lost}).values_list("pk", flat=True)
    )
    for pk, to in sorted(found - kept):
        yield Mismatch(f"{name} of {model._meta.label_lower} {pk}: {to}, which nobody gave", 1, 0)
    for pk, to in sorted(lost):
        if to in there:
            yield Mismatch(f"{name} of {model._meta.label_lower} {pk}: {to}, which nobody took", 0, 1)


def _check_of(model: type[Model], name: str) -> Callable[[], Iterator[Mismatch]]:
    return lambda: altered(model, name)


def _kind(model: type[Model], name: str) -> str:
    return f"{model._meta.label_lower}.{name}"


def _field(model: type[Model], name: str) -> Any:
    return model._meta.get_field(name)


def _owner(model: type[Model], name: str) -> str:
    return f"{_field(model, name).m2m_field_name()}_id"


def _other(model: type[Model], name: str) -> str:
    return f"{_field(model, name).m2m_reverse_field_name()}_id"


def _related(model: type[Model], name: str) -> type[Model]:
    found: type[Model] = _field(model, name).related_model
    return found


def _pairs(model: type[Model], name: str, **which: int) -> list[tuple[int, int]]:
    rows = getattr(model, name).through._base_manager.filter(**which)
    return list(rows.values_list(_owner(model, name), _other(model, name)))


def _write(kind: str, pairs: Iterable[tuple[int, int]], state: str) -> None:
    SealedWrite.objects.bulk_create(
        [SealedWrite(kind=kind, object_id=pk, digests={str(to): state}) for pk, to in pairs], batch_size=AT_ONCE
    )
