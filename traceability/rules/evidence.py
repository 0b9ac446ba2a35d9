"""What of a lot has been verified, by whom and when: the badge and the list below it say this and no more."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class EvidenceKind(StrEnum):
    """Kinds of evidence, the strongest first. All but the last two are the supplier's own entries."""

    COMMISSIONED_TEST = "commissioned_test"
    OWN_TEST = "own_test"
    PROMISE = "promise"
    CERTIFIED = "certified"
    RECORDS = "records"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that stands: what, by whom, when, and the number under which it can be asked about."""

    kind: EvidenceKind
    what: str
    by: str
    on: date
    number: str = ""


def strongest(found: Iterable[Evidence]) -> Evidence | None:
    """Return the evidence that a lot's badge names: a test before a promise; nothing else speaks of this very lot."""
    order = (EvidenceKind.COMMISSIONED_TEST, EvidenceKind.OWN_TEST, EvidenceKind.PROMISE)
    own = [each for each in found if each.kind in order]
    return min(own, key=lambda each: (order.index(each.kind), -each.on.toordinal()), default=None)
