"""What the plots of a report are drawn from: percentages and short words, no queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from shop.core.templatetags.heqiao import yuan
from shop.core.times import plain_day
from shop.sales.periods import Part
from shop.sales.texts import in_reader_language

PLOT_HEIGHT = 180
_STEPS = (1, 2, 5)


@dataclass(frozen=True)
class Column:
    """One part of the period: where it stands (percent), how high (drawing units), its words."""

    x: str
    middle: str
    width: str
    y: str
    height: str
    label: str
    name: str
    value: str
    since: date
    until: date


@dataclass(frozen=True)
class Line:
    """One line of the scale."""

    y: str
    text: str


@dataclass(frozen=True)
class Trend:
    """Columns over a period with their scale."""

    columns: list[Column]
    scale: list[Line]
    height: int = PLOT_HEIGHT


def trend(parts: Sequence[Part], values: Sequence[int]) -> Trend:
    """Return the columns of 分 by part of a period."""
    top = _round_up(max([*values, 1]))
    slot = 100 / len(parts)
    wide = slot * (0.62 if len(parts) < 20 else 0.76)
    every = -(-len(parts) // 13)
    several = parts[0].since.year != parts[-1].until.year
    columns = []
    for n, (part, value) in enumerate(zip(parts, values, strict=True)):
        high = PLOT_HEIGHT * max(value, 0) / top
        columns.append(
            Column(
                x=f"{slot * n + (slot - wide) / 2:.2f}",
                middle=f"{slot * (n + 0.5):.2f}",
                width=f"{wide:.2f}",
                y=f"{PLOT_HEIGHT - high:.1f}",
                height=f"{high:.1f}",
                label=_short(part, several_years=several) if n % every == 0 else "",
                name=part_name(part),
                value=yuan(value),
                since=part.since,
                until=part.until,
            )
        )
    scale = [Line(f"{PLOT_HEIGHT * (4 - n) / 4:.1f}", _short_yuan(top * n // 4)) for n in range(5)]
    return Trend(columns, scale)


def sparkline(values: Sequence[int], *, width: int = 96, height: int = 24) -> str:
    """Return points "x,y x,y …" of a small line; a flat one at the bottom where nothing was sold."""
    top = max([*values, 1])
    step = (width - 4) / max(len(values) - 1, 1)
    return " ".join(
        f"{2 + step * n:.1f},{height - 2 - (height - 4) * max(value, 0) / top:.1f}" for n, value in enumerate(values)
    )


def percent(part: int, whole: int) -> str:
    """Return a bar's length in percent of the longest."""
    return f"{part * 100 / whole:.1f}" if whole > 0 and part > 0 else "0"


def part_name(part: Part) -> str:
    """Return what a part of a period is called, in full."""
    if part.unit == "year":
        return str(part.since.year)
    if part.unit == "month":
        return f"{part.since:%Y-%m}"
    if part.unit == "day":
        return plain_day(part.since)
    return _("%(since)s to %(until)s") % {"since": plain_day(part.since), "until": plain_day(part.until)}


def _short(part: Part, *, several_years: bool) -> str:
    if part.unit == "month":
        return str(part.since.year if several_years and part.since.month == 1 else part.since.month)
    if part.unit == "year":
        return str(part.since.year)
    return f"{part.since.month}-{part.since.day}" if part.unit == "week" else str(part.since.day)


def _short_yuan(fen: int) -> str:
    """Return a round amount in few signs: 0, 500, 2万 or 20k."""
    whole = fen // 100
    return f"{whole:,}" if whole < 10_000 else in_reader_language(f"{whole / 10_000:g}万", f"{whole / 1000:g}k")


def _round_up(fen: int) -> int:
    """Return the next round amount of 分 that four lines divide into whole yuan."""
    unit = 400
    while True:
        for step in _STEPS:
            if fen <= unit * step:
                return unit * step
        unit *= 10
