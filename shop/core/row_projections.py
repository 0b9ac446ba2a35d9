"""What `manage.py check_ledger` checks of rows that are sealed with each write (`models.sealed_rows`)."""

from collections.abc import Callable, Iterator
from itertools import groupby

from django.apps import apps
from django.db.models.signals import post_delete

from shop.core.models import SealedRow, SealedWrite
from shop.core.models.sealed_rows import columns_of, digests_of, seal_gone
from shop.core.projections import Mismatch, check

AT_ONCE = 2000
END: tuple[int | None, dict[str, str]] = (None, {})


def sealed_models() -> list[type[SealedRow]]:
    """Return every model of which the rows are sealed."""
    return [model for model in apps.get_models() if issubclass(model, SealedRow)]


def connect() -> None:
    """Have deleted rows noted, and each model checked. Called once when all models are loaded."""
    for model in sealed_models():
        post_delete.connect(seal_gone, sender=model, dispatch_uid=f"sealed {model._meta.label_lower}")
        check(f"{model._meta.label_lower}: its rows say what was written")(_check_of(model))


def _check_of(model: type[SealedRow]) -> Callable[[], Iterator[Mismatch]]:
    return lambda: altered(model)


def altered(model: type[SealedRow]) -> Iterator[Mismatch]:
    """Yield each column that says something else than was written, rows that nobody wrote, rows that are gone.

    Two queries, read side by side: only one row and its seals are in memory.
    """
    kind, names = model._meta.label_lower, columns_of(model)
    written = _written(kind)
    at, said = next(written, END)
    wanted = ("pk", *names, *(("seal_salt",) if model.sealed_with_salt else ()))
    for facts in model._base_manager.order_by("pk").values(*wanted).iterator(AT_ONCE):
        pk = facts["pk"]
        while at is not None and at < pk:
            yield Mismatch(f"{kind} {at} is missing", 0, 1)
            at, said = next(written, END)
        if at != pk:
            yield Mismatch(f"{kind} {pk}, which nobody wrote", 1, 0)
            continue
        for name, digest in digests_of(facts, names, model.sealed_with_salt).items():
            if said.get(name) != digest:
                yield Mismatch(f"{name} of {kind} {pk}", 1, 0)
        at, said = next(written, END)
    while at is not None:
        yield Mismatch(f"{kind} {at} is missing", 0, 1)
        at, said = next(written, END)


def _written(kind: str) -> Iterator[tuple[int | None, dict[str, str]]]:
    """Yield, by row that should be there, the last hash of each of its columns."""
    writes = SealedWrite.objects.filter(kind=kind).order_by("object_id", "pk")
    rows = writes.values_list("object_id", "digests", "is_gone").iterator(AT_ONCE)
    for pk, group in groupby(rows, key=lambda row: row[0]):
        said: dict[str, str] | None = None
        for _pk, digests, is_gone in group:
            said = None if is_gone else (said or {}) | digests
        if said is not None:
            yield pk, said
