"""Seals: a hash of what a row said when it was written, kept apart from it and never changed.

For facts that nothing else lets one work out again: names, notes, words of an approval. It notices a row that was
changed, deleted or added past the operations; not whoever rewrites the seals as well.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from shop.core.digests import digest_of
from shop.core.models import SealedFacts
from shop.core.projections import Mismatch

Facts = Mapping[str, Any]
Rows = Mapping[int, Facts]
FEW = 100
AT_ONCE = 2000
END: tuple[int | None, str] = (None, "")

__all__ = ["differing", "digest_of", "facts_of", "faults", "gone", "seal", "seal_all", "seal_rest"]


def facts_of(row: Any, names: Collection[str]) -> dict[str, Any]:
    """Return the facts of a row that was just written, by the names that `QuerySet.values` takes. No query where what
    it belongs to is loaded.
    """
    return {name: _of(row, name) for name in names}


def _of(row: Any, name: str) -> Any:
    for part in name.split("__"):
        row = getattr(row, part)
    return row


def seal(kind: str, rows: Rows, *, at: datetime) -> None:
    """Keep the hash of each row's facts (by id), in the transaction that wrote them. One query."""
    seal_all({kind: rows}, at=at)


def seal_all(kinds: Mapping[str, Rows], *, at: datetime) -> None:
    """Keep the hashes of rows of several kinds. One query."""
    SealedFacts.objects.bulk_create(
        [
            SealedFacts(kind=kind, object_id=pk, digest=digest_of(facts), at=at)
            for kind, rows in kinds.items()
            for pk, facts in rows.items()
        ],
        batch_size=500,
    )


def seal_rest(kinds: Mapping[str, Rows], *, at: datetime) -> None:
    """Seal those of all rows that were never sealed: after rows were written in bulk. Two queries for each kind."""
    for kind, rows in kinds.items():
        known = set(SealedFacts.objects.filter(kind=kind).values_list("object_id", flat=True))
        seal(kind, {pk: facts for pk, facts in rows.items() if pk not in known}, at=at)


def differing(kind: str, rows: Rows) -> list[int]:
    """Return the ids of rows that say something else than when they were sealed, or were never sealed. One query."""
    found = SealedFacts.objects.filter(kind=kind)
    if len(rows) < FEW:
        found = found.filter(object_id__in=rows)
    kept = dict(found.values_list("object_id", "digest"))
    return sorted(pk for pk, facts in rows.items() if kept.get(pk) != digest_of(facts))


def gone(kind: str, there: Collection[int]) -> list[int]:
    """Return the ids of sealed rows that are not there any more. One query."""
    return sorted(set(SealedFacts.objects.filter(kind=kind).values_list("object_id", flat=True)) - set(there))


def faults(kind: str, rows: Iterable[Facts], *, may_go: bool = False) -> Iterator[Mismatch]:
    """Yield what differs between all rows of a kind (facts with their `pk`, in its order) and their seals, and what is
    gone; unless it `may_go`: facts that are erased with their person.

    Rows and seals are read side by side: there may be millions of them. One query.
    """
    seals = SealedFacts.objects.filter(kind=kind).order_by("object_id").values_list("object_id", "digest")
    kept = iter(seals.iterator(AT_ONCE))
    pk, digest = next(kept, END)
    for facts in rows:
        while pk is not None and pk < facts["pk"]:
            if not may_go:
                yield Mismatch(f"sealed {kind} {pk} is missing", 0, 1)
            pk, digest = next(kept, END)
        is_sealed = pk == facts["pk"]
        if not is_sealed or digest != digest_of(facts):
            yield Mismatch(f"what {kind} {facts['pk']} said when it was written", 1, 0)
        if is_sealed:
            pk, digest = next(kept, END)
    while pk is not None:
        if not may_go:
            yield Mismatch(f"sealed {kind} {pk} is missing", 0, 1)
        pk, digest = next(kept, END)
