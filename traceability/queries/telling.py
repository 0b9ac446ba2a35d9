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
        lists = (self.body.get(name) for name in ("quantityList", "childQuantityList", "outputQuantityList"))
        try:
            return int(next(filter(None, lists))[0]["quantity"])
        except (TypeError, ValueError, LookupError, StopIteration):
            return 0

    def fact(self, name: str) -> Any:
        """Return one of our own facts, None where the event doesn't tell it."""
        return self.body.get(f"heqiao:{name}")

    @property
    def certificate(self) -> dict[str, Any]:
        """The facts of the certificate that a packing issued; empty for other steps."""
        facts = self.fact("certificate")
        return facts if isinstance(facts, dict) else {}

    @property
    def sorted_out(self) -> int:
        """The grams that a packing sorted out."""
        grams = self.fact("sortedOut")
        return grams if isinstance(grams, int) else 0

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
