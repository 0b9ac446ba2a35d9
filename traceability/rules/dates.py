"""Which days a lot may have: when it can have been harvested, and until when it can keep."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class KeepingTerm:
    """How long goods may lie in store before they are packed, and how long goods without a shelf life may keep at most.

    What the platform's lists say of a category on a day; these figures hold where they say nothing. What is said of all
    goods (`is_general`) knows nothing of these: they are stored no longer than they keep.
    """

    stored_days: int = 365
    keeps_days: int = 1095
    is_general: bool = True


def harvest_days(today: date, shelf_life_days: int | None, term: KeepingTerm) -> tuple[date, date]:
    """Return the first and the last day on which goods that are sold now can have been harvested."""
    keeps = shelf_life_days or term.keeps_days
    stored = min(term.stored_days, keeps) if term.is_general else term.stored_days
    return today - timedelta(days=stored + keeps), today


def best_before_days(
    harvested_on: date, today: date, shelf_life_days: int | None, term: KeepingTerm
) -> tuple[date, date]:
    """Return the first and the last day that goods can be best before: their shelf life after they are packed at most.

    They are packed on the day of recording at the earliest that we know of; what was stored counts from there.
    """
    return harvested_on, max(harvested_on, today) + timedelta(days=shelf_life_days or term.keeps_days)
