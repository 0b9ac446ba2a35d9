"""How acceptances and what is due of them read, in the reader's language. No queries of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from procurement.models import AcceptanceLine, GoodsAcceptance
from procurement.queries.evidence import ACCEPTANCE, picture_urls
from procurement.receivers_shown import ReceiverShown, receivers_shown
from procurement.rules.amounts import in_capitals
from procurement.shown import due_words
from procurement.states import AcceptanceKind
from procurement.texts import words
from shop.sales.queries.deliveries import DueRow, Schedule

GRAMS_A_KILOGRAM = 1000


@dataclass(frozen=True)
class LineShown:
    """One line of an acceptance. Weights in kg as text, "" where nobody weighed; amounts in 分.

    `short_fen` is `pieces_fen` for pieces that were not accepted and `weight_fen` for `light` kg of those that were.
    """

    name: str
    spec: str
    sent: int
    accepted: int
    rejected: int
    should_weigh: str
    weighed: str
    unit_price_fen: int
    short_fen: int
    pieces_fen: int
    weight_fen: int
    light: str
    charged_fen: int


@dataclass(frozen=True)
class PhotoShown:
    """A photo's small and large address; both expire, and open for those concerned only."""

    thumb: str
    full: str


@dataclass(frozen=True)
class AcceptanceShown:
    """One acceptance."""

    sequence: int
    at: datetime
    is_by_time: bool
    receivers: tuple[ReceiverShown, ...]
    lines: list[LineShown]
    short_fen: int
    charged_fen: int
    capitals: str
    note: str
    freight_fen: int
    photos: list[PhotoShown]


@dataclass(frozen=True)
class ScheduleShown:
    """What is due now and what is still to pay after acceptance, in 分; the deliveries that are due, oldest first.

    `ahead_fen` was paid for goods that nobody accepted yet.
    """

    due_now_fen: int
    waits_fen: int
    dues: list["DueShown"]
    ahead_fen: int = 0

    @property
    def to_accept_fen(self) -> int:
        """What the goods cost that wait for acceptance: paid already, and still to pay."""
        return self.waits_fen + self.ahead_fen

    @property
    def has_dues(self) -> bool:
        """Whether there is a day to say: something is due of a delivery, or waits for acceptance."""
        return self.waits_fen > 0 or bool(self.dues)

    @property
    def is_split(self) -> bool:
        """Whether it says more than one amount with one day: something waits, or several deliveries are due."""
        return self.waits_fen > 0 or len(self.dues) > 1


def show_schedule(schedule: Schedule, at: datetime) -> ScheduleShown:
    """Return a schedule with its days in words."""
    return ScheduleShown(schedule.due_now_fen, schedule.waits_fen, show_dues(schedule.rows, at), schedule.ahead_fen)


@dataclass(frozen=True)
class DueShown:
    """What is due of one delivery, in 分, and until when in words."""

    accepted_at: datetime
    pay_by: datetime
    due_fen: int
    words: str
    is_late: bool


def show_acceptances(rows: Sequence[GoodsAcceptance]) -> list[AcceptanceShown]:
    """Return each acceptance with its lines and photos; needs both prefetched."""
    return [_show(row) for row in rows]


def _show(row: GoodsAcceptance) -> AcceptanceShown:
    lines = [_show_line(each) for each in row.lines.all()]
    charged = sum(line.charged_fen for line in lines)
    return AcceptanceShown(
        sequence=row.sequence,
        at=row.at,
        is_by_time=row.kind == AcceptanceKind.BY_TIME,
        receivers=receivers_shown(row),
        lines=lines,
        short_fen=row.short_fen,
        charged_fen=charged,
        capitals=in_capitals(charged),
        note=row.note,
        # What is short of no line: the freight of an order of which nothing was accepted.
        freight_fen=_freight_of(row, lines),
        photos=[PhotoShown(*picture_urls(ACCEPTANCE, photo.pk, photo.picture)) for photo in row.photos.all()],
    )


def _freight_of(row: GoodsAcceptance, lines: Sequence[LineShown]) -> int:
    """Return 分 of freight that went back with a delivery, 0 where any piece of it was accepted: then none did."""
    if any(line.accepted for line in lines):
        return 0
    return max(0, row.short_fen - sum(line.short_fen for line in lines))


def _show_line(row: AcceptanceLine) -> LineShown:
    line = row.line
    value, _grams = line.sent_value(row.sent)
    _value, should_weigh = line.sent_value(row.accepted)
    return LineShown(
        name=words(line.name_zh, line.name_en),
        spec=words(line.spec_zh, line.spec_en),
        sent=row.sent,
        accepted=row.accepted,
        rejected=row.sent - row.accepted,
        should_weigh=kilograms(should_weigh) if row.weighed_grams is not None else "",
        weighed=kilograms(row.weighed_grams) if row.weighed_grams is not None else "",
        unit_price_fen=line.unit_price_fen,
        short_fen=row.short_fen,
        pieces_fen=row.short_fen - row.weight_fen,
        weight_fen=row.weight_fen,
        light=kilograms(should_weigh - row.weighed_grams) if row.weight_fen and row.weighed_grams is not None else "",
        charged_fen=value - row.short_fen,
    )


def kilograms(grams: int) -> str:
    """Return grams as kilograms without idle zeros: "380", "0.5"."""
    return f"{(Decimal(grams) / GRAMS_A_KILOGRAM).normalize():f}"


def show_dues(rows: Sequence[DueRow], at: datetime) -> list[DueShown]:
    """Return what is still due of each delivery, the oldest first."""
    return [
        DueShown(row.accepted_at, row.pay_by, row.due_fen, due_words(row.pay_by, at), row.pay_by < at)
        for row in rows
        if row.due_fen
    ]
