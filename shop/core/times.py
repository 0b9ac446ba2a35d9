"""Times and days as people read them: of China, with the year where it is not this one.

Pages, notices, mails, papers and files for people ask here, and nowhere else; what programs read stays RFC 3339 with
its offset. All take a moment (with its offset), a day, or either as ISO text; "" for nothing or for what is neither.
"""

from datetime import UTC, date, datetime

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.translation import pgettext

When = datetime | date | str | None
# What anybody may type or send. Beyond lie days that neither the next one nor another time zone has an answer for, and
# which a database keeps that can't be read any more.
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)
FIRST_MOMENT, LAST_MOMENT = datetime(2000, 1, 1, tzinfo=UTC), datetime(2199, 12, 31, tzinfo=UTC)


def moment(at: When) -> str:
    """Return a time as lists show it: 11-18 07:40, or 18 Nov 07:40."""
    here = _here(at)
    if here is None:
        return ""
    this_year, other = pgettext("moment", "j M H:i"), pgettext("moment", "j M Y H:i")
    return date_format(here, this_year if here.year == _this_year() else other)


def day(at: When) -> str:
    """Return a day as lists show it: 11-18, or 18 Nov."""
    found = _day(at)
    if found is None:
        return ""
    return date_format(found, pgettext("day", "j M") if found.year == _this_year() else pgettext("day", "j M Y"))


def spoken_day(at: When) -> str:
    """Return a day inside a sentence: 11 月 18 日, or 18 November."""
    found = _day(at)
    if found is None:
        return ""
    return date_format(
        found, pgettext("spoken day", "j F") if found.year == _this_year() else pgettext("spoken day", "j F Y")
    )


def full_day(at: When) -> str:
    """Return a day with its year, always: 2026-11-18, or 18 Nov 2026. For papers, terms and labels of food."""
    found = _day(at)
    return date_format(found, pgettext("day", "j M Y")) if found else ""


def full_moment(at: When) -> str:
    """Return a time with its year, always: 2026-11-18 07:40, or 18 Nov 2026 07:40."""
    here = _here(at)
    return date_format(here, pgettext("moment", "j M Y H:i")) if here else ""


def clock(at: When) -> str:
    """Return the time of day: 07:40."""
    here = _here(at)
    return f"{here:%H:%M}" if here else ""


def plain_day(at: When) -> str:
    """Return a day as tables, file names and forms have it, in any language: 2026-11-18."""
    found = _day(at)
    return f"{found:%Y-%m-%d}" if found else ""


def plain_moment(at: When) -> str:
    """Return a time as tables for people have it, in any language: 2026-11-18 07:40."""
    here = _here(at)
    return f"{here:%Y-%m-%d %H:%M}" if here else ""


def iso(at: When) -> str:
    """Return a time for programs: RFC 3339 with China's offset."""
    here = _here(at)
    return here.isoformat(timespec="seconds") if here else ""


def _this_year() -> int:
    return timezone.localtime(timezone=timezone.get_default_timezone()).year


def _here(at: When) -> datetime | None:
    """Return a moment in China's time; None for what says no moment."""
    try:
        found = parse_datetime(at) if isinstance(at, str) else at
    except ValueError:
        return None
    if not isinstance(found, datetime):
        return None
    # What comes without an offset was written here.
    return timezone.localtime(found, timezone.get_default_timezone()) if timezone.is_aware(found) else found


def _day(at: When) -> date | None:
    if isinstance(at, str) and (plain := _plain_date(at)) is not None:
        return plain
    here = _here(at)
    if here is not None:
        return here.date()
    return at if isinstance(at, date) else None


def _plain_date(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None
