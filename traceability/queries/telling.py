"""Events as their bodies say them, also where somebody changed a body."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from traceability.models import TraceEvent
from traceability.queries.writing import Written


@dataclass(frozen=True)
class Told:
    """An event as its body says it. `is_readable` is false for a body that is no event any more: then it is empty."""

    seq: int
    step: str
    at: datetime
    body: dict[str, Any]
    is_readable: bool = True

    @property
    def grams(self) -> int:
        """How much of the lot it speaks of; 0 where it doesn't say."""
        quantities = self.body.get("quantityList") or self.body.get("childQuantityList")
        try:
            return int(quantities[0]["quantity"])  # type: ignore[index]  # what isn't one raises
        except (TypeError, ValueError, LookupError):
            return 0

    @property
    def test(self) -> dict[str, Any]:
        """The facts of a laboratory test; empty for other steps."""
        facts = self.body.get("heqiao:test")
        return facts if isinstance(facts, dict) else {}


def told(event: TraceEvent | Written) -> Told:
    """Return what an event says."""
    try:
        body = json.loads(event.body)
        at = parse_datetime(body["eventTime"])
    except (ValueError, KeyError, TypeError):
        at = None
    if at is None:
        return Told(event.seq, event.step, event.occurred_at, {}, is_readable=False)
    return Told(event.seq, event.step, at, body)
