"""A certificate's yearly output, and over which days each year of it runs.

The output is of one year of validity, counted from the certificate's first day: a certificate of one year has one
balance, whatever calendar years it touches, so that nothing is sold twice across a New Year. A longer one has a balance
for each full year; what is left over after the last anniversary is less than a year and has its share by days, rounded
down. A certificate of less than a year states what it allows in its whole validity, and so has all of it.
"""

from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class OutputYear:
    """One year of a certificate's validity: its first and last day, and the grams that may be sold in it."""

    starts_on: date
    ends_on: date
    grams: int


def output_years(valid_from: date, valid_until: date, yearly_grams: int) -> list[OutputYear]:
    """Return the years of a validity in order. A remainder too short for one gram is none: nothing is sold in it."""
    years: list[OutputYear] = []
    start = valid_from
    while start <= valid_until:
        end = anniversary(valid_from, len(years) + 1) - DAY
        if end <= valid_until or not years:
            years.append(OutputYear(start, min(end, valid_until), yearly_grams))
        else:
            share = yearly_grams * ((valid_until - start).days + 1) // ((end - start).days + 1)
            if share:
                years.append(OutputYear(start, valid_until, share))
        start = end + DAY
    return years


def anniversary(first: date, years: int) -> date:
    """Return the same day `years` later; of 29 February, 1 March where there is none."""
    try:
        return first.replace(year=first.year + years)
    except ValueError:
        return date(first.year + years, 3, 1)
