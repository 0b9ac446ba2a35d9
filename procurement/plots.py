"""The plot of a year's pace: points in percent of its field, so that only lines stretch, never words. No queries."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from procurement.rules.quota import BASIS, TOLERANCE_BP, Pace, elapsed_bp

LEFT, RIGHT, TOP, BOTTOM = 0.0, 100.0, 0.0, 100.0
RIGHT_HALF = 55  # from here on the word to today's point stands at the right edge, below the line
LOW = 75  # from here on it stands above its point: below are the months


@dataclass(frozen=True)
class Mark:
    """A word at a place, in percent; `dy`: by how many pixels it stands lower; `is_late`: at the right edge."""

    x: str
    y: str
    text: str
    is_late: bool = False
    dy: int = 0


@dataclass(frozen=True)
class PacePlot:
    """What is drawn: polylines as "x,y x,y …", marks, the point of today and of the year's end."""

    actual: str
    expected: str
    band: str
    forecast: str
    today: Mark
    end: Mark
    rows: list[Mark]
    months: list[Mark]
    is_past: bool


def pace_plot(
    *, points: Sequence[tuple[date, int]], reserved: int, pace: Pace, today: date, fulfil_by: date
) -> PacePlot | None:
    """Return the plot of a year's fulfilment against an even pace; None where nothing is reserved."""
    if reserved <= 0:
        return None
    start = date(fulfil_by.year, 1, 1)
    days = (fulfil_by - start).days + 1
    top_bp = _top(max(pace.rate_bp, pace.forecast_bp))
    until = min(today, fulfil_by)

    def x(day: date) -> float:
        return LEFT + (RIGHT - LEFT) * max(0, (min(day, fulfil_by) - start).days + 1) / days

    def y(rate_bp: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * min(max(rate_bp, 0), top_bp) / top_bp

    def join(pairs: Sequence[tuple[float, float]]) -> str:
        return " ".join(f"{left:.2f},{up:.2f}" for left, up in pairs)

    line = [(LEFT, y(0))]
    total = 0
    for day, fen in points:
        if day > until:
            break
        line += [(x(day), y(total * BASIS / reserved)), (x(day), y(fen * BASIS / reserved))]
        total = fen
    line.append((x(until), y(total * BASIS / reserved)))
    here = (x(until), y(pace.rate_bp))
    end = (RIGHT, y(pace.forecast_bp))
    even = [(LEFT, y(0)), (RIGHT, y(BASIS))]
    first_band = x(_day_of(start, days, TOLERANCE_BP))
    band = [*even, (RIGHT, y(BASIS - TOLERANCE_BP)), (first_band, y(0))]
    months = [
        (month, date(start.year, month, calendar.monthrange(start.year, month)[1] // 2 + 1))
        for month in range(1, fulfil_by.month + 1)
    ]
    return PacePlot(
        actual=join(line),
        expected=join(even),
        band=join(band),
        forecast=join([here, end]),
        today=Mark(
            f"{here[0]:.2f}",
            f"{here[1]:.2f}",
            percent(pace.rate_bp),
            here[0] > RIGHT_HALF,
            50 if here[1] < LOW else -14,
        ),
        end=Mark(f"{end[0]:.2f}", f"{end[1]:.2f}", percent(pace.forecast_bp)),
        rows=[Mark("", f"{y(rate):.2f}", f"{rate // 100} %") for rate in range(0, top_bp + 1, top_bp // 4)],
        months=[Mark(f"{x(middle):.2f}", "", str(month)) for month, middle in months],
        is_past=elapsed_bp(today, fulfil_by.year, fulfil_by) >= BASIS,
    )


def _top(highest_bp: int) -> int:
    for top in (10_000, 12_000, 16_000, 20_000):
        if highest_bp <= top:
            return top
    return 40_000


def _day_of(start: date, days: int, rate_bp: int) -> date:
    return date.fromordinal(start.toordinal() + days * rate_bp // BASIS - 1)


def percent(rate_bp: int) -> str:
    """Return a rate in basis points as 69.40 %."""
    return f"{rate_bp // 100}.{rate_bp % 100:02d} %"
