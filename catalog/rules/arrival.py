"""When goods leave and arrive, by one rule for pages, orders and the API. Pure."""

from datetime import date, datetime, time, timedelta


def ship_by(start: datetime, hours: int, holiday_until: date | None) -> datetime:
    """Return until when a supplier must ship what is worked on from `start`, in its time; its holiday does not count."""
    if holiday_until is not None and holiday_until > start.date():
        start = datetime.combine(holiday_until, time(), tzinfo=start.tzinfo)
    return start + timedelta(hours=hours)


def arrives_by(ship_by_: datetime, days_max: int) -> date:
    """Return the day on which what leaves at the latest moment is there at the latest."""
    return ship_by_.date() + timedelta(days=days_max)
