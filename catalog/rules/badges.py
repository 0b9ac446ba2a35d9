"""What a card and a product's page may claim on a day, from its certificates and its season. Pure.

Pine green ("proven") stands for evidence alone: a badge whose words somebody typed never looks as if it were verified.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from catalog.rules.seasons import in_season

PROVEN = "proven"


def stands_on(day: date, valid_from: date, valid_until: date, *, is_revoked: bool) -> bool:
    """Tell whether a certificate is valid on `day`."""
    return not is_revoked and valid_from <= day <= valid_until


@dataclass(frozen=True, slots=True)
class Held:
    """A certificate of a listing; `limits` tells whether the listing can be sold under it alone."""

    kind: str
    valid_from: date
    valid_until: date
    is_revoked: bool
    limits: bool

    def stands_on(self, day: date) -> bool:
        """Tell whether it is valid on `day`."""
        return stands_on(day, self.valid_from, self.valid_until, is_revoked=self.is_revoked)


@dataclass(frozen=True, slots=True)
class DayFace:
    """What changes about a card with the day alone: its proven badge, and whether it can be bought at all."""

    kind: str | None
    is_lapsed: bool
    waits: bool


def plain_kind(kind: str) -> str:
    """Return the kind of a badge whose words somebody typed."""
    return "neutral" if kind == PROVEN else kind


def face_on(day: date, held: Sequence[Held], season: tuple[int | None, int | None], *, is_preorder: bool) -> DayFace:
    """Return what a card says on `day`. The first certificate that stands gives the badge."""
    return DayFace(
        kind=next((each.kind for each in held if each.stands_on(day)), None),
        is_lapsed=any(each.limits and not each.stands_on(day) for each in held),
        waits=is_preorder or not in_season(day.month, *season),
    )


def next_change(
    today: date, held: Sequence[Held], season: tuple[int | None, int | None], *, is_preorder: bool
) -> tuple[date, DayFace] | None:
    """Return the first day after `today` on which the card says something else, with that; None when it never does."""
    days = {each.valid_from for each in held} | {each.valid_until + timedelta(days=1) for each in held}
    start, end = season
    if start is not None and end is not None:
        days |= {_next_first(today, start), _next_first(today, end % 12 + 1)}
    now = face_on(today, held, season, is_preorder=is_preorder)
    for day in sorted(each for each in days if each > today):
        face = face_on(day, held, season, is_preorder=is_preorder)
        if face != now:
            return day, face
    return None


def _next_first(today: date, month: int) -> date:
    """Return the next first day of a month after today."""
    this = date(today.year, month, 1)
    return this if this > today else date(today.year + 1, month, 1)
