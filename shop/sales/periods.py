"""Periods of a report and the parts they are drawn in. Pure: days in, days out."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

YEAR, LAST_YEAR, QUARTER, MONTH, CUSTOM = "year", "last_year", "quarter", "month", "custom"
PRESETS = (YEAR, QUARTER, MONTH, LAST_YEAR, CUSTOM)
FIRST_DAY = date(2020, 1, 1)
LONGEST_DAYS = 366 * 12
# Up to so many days a plot has a column for each day, week, month; beyond, for each year.
DAYS, WEEKS, MONTHS = 35, 120, 900


@dataclass(frozen=True)
class Period:
    """From the first to the last day, both included."""

    since: date
    until: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.until - self.since).days + 1


@dataclass(frozen=True)
class Part:
    """One column of a plot. `unit`: day, week, month, year."""

    since: date
    until: date
    unit: str


def preset(name: str, today: date) -> Period:
    """Return the period called `name`, ending with its calendar, not with today; the year for an unknown name."""
    if name == MONTH:
        return Period(today.replace(day=1), _month_end(today))
    if name == QUARTER:
        first = date(today.year, today.month - (today.month - 1) % 3, 1)
        return Period(first, _month_end(date(today.year, first.month + 2, 1)))
    year = today.year - (name == LAST_YEAR)
    return Period(date(year, 1, 1), date(year, 12, 31))


def parts(period: Period) -> list[Part]:
    """Return the columns of a period's plot, in order, without gaps; the first and the last may be cut."""
    unit = "day" if period.days <= DAYS else "week" if period.days <= WEEKS else "month"
    if period.days > MONTHS:
        unit = "year"
    found: list[Part] = []
    start = period.since
    while start <= period.until:
        end = min(_end_of(start, unit), period.until)
        found.append(Part(start, end, unit))
        start = end + timedelta(days=1)
    return found


def share_bp(part: int, whole: int) -> int:
    """Return `part` of `whole` in basis points, truncated: never rounded up."""
    return part * 10_000 // whole if whole > 0 else 0


def _end_of(day: date, unit: str) -> date:
    if unit == "day":
        return day
    if unit == "week":
        return day + timedelta(days=6 - day.weekday())
    return _month_end(day) if unit == "month" else date(day.year, 12, 31)


def _month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
