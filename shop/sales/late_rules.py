"""How late a debt is, and what the law lets its creditor claim for it. Pure; amounts in 分."""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import Enum

BASIS = 10_000


class Age(Enum):
    """How late something is, as lists of debts group it."""

    IN_TIME = "in_time"
    MONTH = "month"
    QUARTER = "quarter"
    OLDER = "older"


def age_of(days_late: int) -> Age:
    """Return the group of a debt: not late, up to 30 days, up to 90, more."""
    if days_late < 1:
        return Age.IN_TIME
    if days_late <= 30:
        return Age.MONTH
    return Age.QUARTER if days_late <= 90 else Age.OLDER


def late_interest_fen(due_fen: int, due_day: date, today: date, spans: Iterable[tuple[date, date | None, int]]) -> int:
    """Return the interest on what was due on `due_day`, for each day since then until `today`, truncated to the 分.

    `spans` are (first day, last day or None, hundredths of a percent a day), by first day; without a last day one goes on
    until the next begins. A day that no span covers bears nothing: no rate goes on after its last day.
    """
    rows = sorted(spans, key=lambda span: span[0])
    one = timedelta(days=1)
    days_bp = 0
    for place, (first, last, bp) in enumerate(rows):
        following = rows[place + 1][0] - one if place + 1 < len(rows) else today
        start = max(first, due_day + one)
        end = min(today, following, last or today)
        days_bp += max(0, (end - start).days + 1) * bp
    return max(0, due_fen) * days_bp // BASIS
