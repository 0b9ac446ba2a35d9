"""Seals: a hash of what a row said when it was written, kept apart from it and never changed.

For facts that nothing else lets one work out again: names, notes, words of an approval. It notices a row that was
changed, deleted or added past the operations; not whoever rewrites the seals as well.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from shop.core.models import SealedFacts

Facts = Mapping[str, Any]
FEW = 100


def digest_of(facts: Facts) -> str:
    """Return the hash of facts: the same for the same values, however a database orders the keys of its JSON."""
    text = json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def seal(kind: str, rows: Mapping[int, Facts], *, at: datetime) -> None:
    """Keep the hash of each row's facts (by id), in the transaction that wrote them. One query."""
    SealedFacts.objects.bulk_create(
        [SealedFacts(kind=kind, object_id=pk, digest=digest_of(facts), at=at) for pk, facts in rows.items()],
        batch_size=500,
    )


def differing(kind: str, rows: Mapping[int, Facts]) -> list[int]:
    """Return the ids of rows that say something else than when they were sealed, or were never sealed. One query."""
    found = SealedFacts.objects.filter(kind=kind)
    if len(rows) < FEW:
        found = found.filter(object_id__in=rows)
    kept = dict(found.values_list("object_id", "digest"))
    return sorted(pk for pk, facts in rows.items() if kept.get(pk) != digest_of(facts))


def gone(kind: str, there: Collection[int]) -> list[int]:
    """Return the ids of sealed rows that are not there any more. One query."""
    return sorted(set(SealedFacts.objects.filter(kind=kind).values_list("object_id", flat=True)) - set(there))
