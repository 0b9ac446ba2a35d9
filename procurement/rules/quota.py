"""The quota law: reserved share, fulfilment rate, pace. Amounts in 分, ratios in basis points."""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from procurement.states import Basis, CanteenMode, Fund
from shop.sales.rules import left_fen

BASIS = 10_000
# Who has a canteen of its own to declare for, and may therefore represent units that share it.
FEEDS = frozenset({CanteenMode.OWN, CanteenMode.OUTSOURCED})
# How far behind an even pace a unit may be before it is told.
TOLERANCE_BP = 1_000
FORECAST_DAYS = 90


def reserved_fen(canteen: str, spend_fen: int, ratio_bp: int) -> int:
    """Return the reserved share of a canteen's yearly spend, a part of a 分 counting as one.

    Without a canteen, or where another unit declares for it, nothing is reserved; an outsourced canteen still owes.
    """
    if canteen in (CanteenMode.NONE, CanteenMode.SHARED):
        return 0
    return share_fen(spend_fen, ratio_bp)


def passed_on_fen(canteen: str, spend_fen: int, ratio_bp: int) -> int:
    """Return the share of a shared canteen's food that the representing unit owes in this unit's place."""
    return share_fen(spend_fen, ratio_bp) if canteen == CanteenMode.SHARED else 0


def counts_at(declared: Any) -> dict[tuple[int, str], int]:
    """Return where a declaration's shares are counted: (unit, fund) → 分.

    The food of a shared canteen follows its orders to the representing unit, so that a rate has the same canteens above
    and below its line; the labour union's share is always the unit's own.
    """
    if declared.canteen == CanteenMode.SHARED and declared.represented_by_id:
        food = (
            declared.represented_by_id,
            passed_on_fen(declared.canteen, declared.canteen_spend_fen, declared.ratio_bp),
        )
    else:
        food = declared.unit_id, declared.canteen_reserved_fen
    return {(food[0], Fund.CANTEEN): food[1], (declared.unit_id, Fund.UNION): declared.union_reserved_fen}


def share_fen(base_fen: int, ratio_bp: int) -> int:
    """Return a ratio of an amount, a part of a 分 counting as one."""
    return -(-base_fen * ratio_bp // BASIS)


@dataclass(frozen=True, slots=True)
class Share:
    """What one policy row asks of a unit in a year."""

    basis: str
    base_fen: int
    ratio_bp: int
    reserved_fen: int


def union_share_fen(planned_fen: int, shares: Iterable[Share]) -> int:
    """Return what the labour union reserves: the most of what it plans and what each row of its bases asks for.

    Not their sum: one purchase out of the union's money fills each of them.
    """
    return max([planned_fen, *(share.reserved_fen for share in shares if share.basis != Basis.CANTEEN_FOOD)])


def fulfilment_rate(traded_fen: int, reserved: int) -> Decimal | None:
    """Return traded ÷ reserved in percent, truncated to two decimals: 99.999 % is never 100 %. None without a share.

    113.29 of 1888.64 is 5.99; 5.9999 of 4.5763 is 131.10.
    """
    if reserved <= 0:
        return None
    return Decimal(max(0, traded_fen) * BASIS // reserved).scaleb(-2)


def counted_fen(total_fen: int, refunded_fen: int, waived_fen: int, *, is_cancelled: bool = False) -> int:
    """Return what counts of an order: what it costs in the end; nothing of a cancelled one, paid or not."""
    return 0 if is_cancelled else left_fen(total_fen, refunded_fen, waived_fen)


@dataclass(frozen=True, slots=True)
class Amounts:
    """A quota's sides in 分. `missing`: of a sum of units what remains of each, whatever others bought beyond theirs."""

    reserved: int = 0
    committed: int = 0
    fulfilled: int = 0
    reversed: int = 0
    missing: int | None = field(default=None, compare=False)

    @property
    def remaining(self) -> int:
        """What is neither fulfilled nor on its way."""
        if self.missing is not None:
            return self.missing
        return max(0, self.reserved - self.fulfilled - self.committed)

    @property
    def rate(self) -> Decimal | None:
        """Fulfilled ÷ reserved in percent, truncated; None without a share."""
        return fulfilment_rate(self.fulfilled, self.reserved)

    @property
    def committed_rate(self) -> Decimal | None:
        """Committed ÷ reserved in percent, truncated; None without a share."""
        return fulfilment_rate(self.committed, self.reserved)

    @property
    def has_traded(self) -> bool:
        """Whether anything was ordered."""
        return bool(self.committed or self.fulfilled or self.reversed)

    def __add__(self, other: "Amounts") -> "Amounts":
        return Amounts(
            self.reserved + other.reserved,
            self.committed + other.committed,
            self.fulfilled + other.fulfilled,
            self.reversed + other.reversed,
        )


@dataclass(frozen=True, slots=True)
class Together:
    """Several units in one: `counted` are those with a confirmed declaration, `apart` what the others bought."""

    counted: Amounts
    apart: Amounts


def add_up(units: Iterable[tuple[Amounts, bool]]) -> Together:
    """Add units up, each with whether its declaration was confirmed, so that a rate has the same ones above and below.

    Confirmed is the whole rule, above the line and below: a unit whose canteen another declares still buys with its
    union's money, and whoever declared that it reserves nothing is known to owe nothing. What the others bought stands
    apart and moves no rate. What remains is the sum of what remains of each: nobody's surplus fills another's share.
    """
    given = list(units)
    counted = [amounts for amounts, is_confirmed in given if is_confirmed]
    return Together(
        counted=replace(sum(counted, Amounts()), missing=sum(each.remaining for each in counted)),
        apart=sum((amounts for amounts, is_confirmed in given if not is_confirmed), Amounts()),
    )


def budget_year(planned: int, this_year: int) -> int:
    """Return whose budget an approval takes: of the year in which it is to be ordered, which is not over."""
    return max(planned, this_year)


def is_month_day(text: str) -> bool:
    """Tell whether a text is a day of a year as MM-DD, 02-29 among them."""
    try:
        return date.fromisoformat(f"2000-{text}").isoformat() == f"2000-{text}"
    except ValueError:
        return False


def month_day(year: int, text: str) -> date:
    """Return the date of an "MM-DD" in `year`; the month's last day where there is no such day."""
    month, day = int(text[:2]), int(text[3:])
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def is_late(submitted_on: date, year: int, declare_by: str) -> bool:
    """Tell whether a year's declaration was submitted after its last day, an "MM-DD"."""
    return submitted_on > month_day(year, declare_by)


def elapsed_bp(today: date, year: int, fulfil_by: date) -> int:
    """Return how much of the time from 1 January to `fulfil_by` is over at the end of `today`, in basis points."""
    start = date(year, 1, 1)
    whole = (fulfil_by - start).days + 1
    gone = (min(today, fulfil_by) - start).days + 1
    return max(0, gone) * BASIS // whole


class PaceState(StrEnum):
    """How a unit stands against an even pace."""

    DONE = "done"
    AHEAD = "ahead"
    ON_PACE = "on_pace"
    BEHIND = "behind"
    NOTHING_RESERVED = "nothing_reserved"


@dataclass(frozen=True, slots=True)
class Pace:
    """Where a unit stands on a day. Rates in basis points of the reserved share, truncated."""

    state: PaceState
    rate_bp: int
    expected_bp: int
    forecast_bp: int
    remaining_fen: int
    weekly_fen: int
    days_left: int

    @property
    def gap_bp(self) -> int:
        """How far ahead (above zero) or behind (below) an even pace."""
        return self.rate_bp - self.expected_bp


def pace(*, amounts: Amounts, recent_fen: int, today: date, fulfil_by: date) -> Pace:
    """Return where a unit stands on `today`, and where it will be at the end if it buys as in the last 90 days.

    `recent_fen` was ordered in those days (fewer at the year's beginning). What is on its way counts in the forecast,
    not in the rate. `weekly_fen` is what must be ordered each week from now to fill the share, rounded up; nothing once
    the year's last day is over.
    """
    expected = elapsed_bp(today, fulfil_by.year, fulfil_by)
    left = max(0, (fulfil_by - today).days)
    traded_fen, committed_fen, reserved = amounts.fulfilled, amounts.committed, amounts.reserved
    if reserved <= 0:
        return Pace(PaceState.NOTHING_RESERVED, 0, expected, 0, 0, 0, left)
    rate = max(0, traded_fen) * BASIS // reserved
    window = min(FORECAST_DAYS, max(1, (today - date(fulfil_by.year, 1, 1)).days + 1))
    coming = max(0, traded_fen) + committed_fen + recent_fen * left // window
    remaining = amounts.remaining
    weeks = max(1, -(-left // 7))
    if rate >= BASIS:
        state = PaceState.DONE
    elif rate < expected - TOLERANCE_BP:
        state = PaceState.BEHIND
    else:
        state = PaceState.AHEAD if rate > expected else PaceState.ON_PACE
    weekly = 0 if today > fulfil_by else -(-remaining // weeks)
    return Pace(state, rate, expected, coming * BASIS // reserved, remaining, weekly, left)
