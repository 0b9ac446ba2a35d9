"""Whether a price stands out among those of its kind. Pure; integers only, so that everybody gets the same answer."""

from collections.abc import Sequence

ENOUGH = 3
HIGH_PERCENT = 150
LOW_PERCENT = 60


def middle(values: Sequence[int]) -> int:
    """Return the median of one or two middle values, rounded down."""
    return sum(values) // len(values)


def verdict(fen: int | None, median_fen: int | None, count: int) -> str:
    """Return "high" from 150 % of the median on, "low" from 60 % down, "usual" between; "" where nothing can be said."""
    if fen is None or not median_fen or count < ENOUGH:
        return ""
    if fen * 100 >= median_fen * HIGH_PERCENT:
        return "high"
    return "low" if fen * 100 <= median_fen * LOW_PERCENT else "usual"


def percent_of(fen: int, median_fen: int) -> int:
    """Return by how many per cent a price is above the median (negative: below), truncated toward zero."""
    return int((fen - median_fen) * 100 / median_fen)
