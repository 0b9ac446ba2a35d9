"""What `manage.py check_ledger` checks of rows that are sealed with each write (`models.sealed_rows`)."""

from collections.abc import Callable, Iterator

from django.apps import apps
from django.db.models.signals import post_delete

from shop.core.models import SealedRow, SealedWrite
from shop.core.models.sealed_rows import columns_of, digests_of, seal_gone
from shop.core.projections import Mismatch, check

AT_ONCE = 2000


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

    Two queries. Of each row its seals are kept in memory.
    """
    kind, names = model._meta.label_lower, columns_of(model)
    kept: dict[int, dict[str, str]] = {}
    writes = SealedWrite.objects.filter(kind=kind).order_by("pk").values_list("object_id", "digests", "is_gone")
    for pk, digests, is_gone in writes.iterator(AT_ONCE):
        if is_gone:
            kept.pop(pk, None)
        else:
            kept.setdefault(pk, {}).update(digests)
    wanted = ("pk", *names, *(("seal_salt",) if model.sealed_with_salt else ()))
    for facts in model._base_manager.order_by("pk").values(*wanted).iterator(AT_ONCE):
        said = kept.pop(facts["pk"], None)
        if said is None:
            yield Mismatch(f"{kind} {facts['pk']}, which nobody wrote", 1, 0)
            continue
        for name, digest in digests_of(facts, names, model.sealed_with_salt).items():
            if said.get(name) != digest:
                yield Mismatch(f"{name} of {kind} {facts['pk']}", 1, 0)
    for pk in sorted(kept):
        yield Mismatch(f"{kind} {pk} is missing", 0, 1)
