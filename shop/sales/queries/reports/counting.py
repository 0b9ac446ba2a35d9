"""What counts as sold, and the one grouped query that every report is.

Rule 2026-12: an order counts since it was paid; where the goods came first, since it was received (or paid, if that
was earlier). It counts in the period of its commitment, the day it was placed in China, as it does in quota and budget,
net of all that was given back or not charged until the report is read. Goods after discount; freight is apart.
Rule 2026-12.2: goods charged by weight count with what they weighed when they were packed, as decision 0050 says.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import BigIntegerField, Case, CharField, Count, F, IntegerField, Max, Q, Sum, Value, When
from django.db.models.functions import Cast, Coalesce, Greatest, Least, NullIf
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from shop.sales.models import LineFacts
from shop.sales.periods import Part, Period, parts, share_bp
from shop.sales.queries.reports.dimensions import DIMENSIONS, NONE, Dimension, Lines
from shop.sales.queries.reports.scopes import Scope
from shop.sales.states import OrderState

RULE = "2026-12.2"

CANCELLED = Q(order__state=OrderState.CANCELLED)
AGREED = F("unit_price_fen") * F("ordered") - F("discount_fen")
# Accepted where it was received, else what is to come; less what was sent back.
PIECES = Greatest(
    Case(When(order__state=OrderState.COMPLETED, then=F("accepted")), default=F("ordered") - F("cancelled"))
    - F("returned"),
    Value(0),
    output_field=BigIntegerField(),
)
NET_GRAMS = Cast("net_grams", BigIntegerField())
# Of what was weighed: the pieces that left and were not sent back. What left weighs in each of its pieces alike.
WEIGHED_PIECES = Least(PIECES, Greatest(F("shipped") - F("returned"), Value(0)), output_field=BigIntegerField())
WEIGHED_GRAMS = Cast(F("weighed_grams") + F("heavy_grams"), BigIntegerField()) * WEIGHED_PIECES / F("shipped")
GRAMS = Case(
    When(
        is_weighed=True,
        shipped__gt=0,
        weighed_grams__gt=0,
        then=WEIGHED_GRAMS + (PIECES - WEIGHED_PIECES) * NET_GRAMS,
    ),
    default=PIECES * NET_GRAMS,
    output_field=BigIntegerField(),
)
BUYER = Coalesce(
    Cast("order__purchase__user_id", CharField()),
    NullIf("order__purchase__contact_phone", Value("")),
    "order__purchase__contact_email",
    output_field=CharField(),
)


@dataclass(frozen=True)
class Figures:
    """What was sold: orders that stand, pieces, grams; 分 agreed, taken off with cancelled orders, taken off otherwise.

    agreed_fen - cancelled_fen - reduced_fen = net_fen. An order of two rows counts in both, and once in the whole.
    """

    orders: int = 0
    pieces: int = 0
    grams: int = 0
    agreed_fen: int = 0
    cancelled_fen: int = 0
    reduced_fen: int = 0

    @property
    def taken_fen(self) -> int:
        """All that was taken off."""
        return self.cancelled_fen + self.reduced_fen

    @property
    def net_fen(self) -> int:
        """What is left: the sales."""
        return self.agreed_fen - self.taken_fen

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(
            self.orders + other.orders,
            self.pieces + other.pieces,
            self.grams + other.grams,
            self.agreed_fen + other.agreed_fen,
            self.cancelled_fen + other.cancelled_fen,
            self.reduced_fen + other.reduced_fen,
        )


@dataclass
class ReportRow:
    """One row. `trend`: net 分 in each part of the period; `share_bp` of the whole, truncated."""

    key: str
    name: str
    figures: Figures = field(default_factory=Figures)
    trend: list[int] = field(default_factory=list)
    share_bp: int = 0


@dataclass
class Report:
    """Sales by one dimension as they were at `at`. The rows, "none" included, add up to `total`."""

    dimension: Dimension
    period: Period
    scope: Scope
    province: str
    channel: str
    at: datetime
    rows: list[ReportRow]
    total: Figures
    buyers: int
    parts: list[Part]
    trend: list[int]


def report(
    *,
    dimension: str,
    since: date,
    until: date,
    scope: Scope,
    at: datetime,
    province: str = "",
    channel: str = "",
) -> Report:
    """Return the sales of `scope` by `dimension` (a key of DIMENSIONS), sold from `since` to `until`, both included.

    `province` (two digits) limits to goods from there, `channel` to one channel. The largest row comes first, "none"
    (key NONE) last. Three queries: rows by part, orders and buyers of the whole, names. Raises KeyError.
    """
    by, period = DIMENSIONS[dimension], Period(since, until)
    columns = parts(period)
    lines = sold_lines(period, scope, province, channel)
    # What always stands there is asked first: whatever is not among it is one row.
    always = by.always() if by.always is not None else None
    rows = _rows(by, lines, columns, always)
    total = sum((row.figures for row in rows.values()), Figures())
    whole = lines.aggregate(
        orders=Count("order", filter=~CANCELLED, distinct=True), buyers=Count(BUYER, filter=~CANCELLED, distinct=True)
    )
    total = replace(total, orders=whole["orders"])
    for row in rows.values():
        row.share_bp = share_bp(row.figures.net_fen, total.net_fen)
    ordered = sorted(rows.values(), key=lambda row: (row.key == NONE, -row.figures.net_fen, row.name))
    trend = [sum(row.trend[n] for row in ordered) for n in range(len(columns))]
    return Report(by, period, scope, province, channel, at, ordered, total, whole["buyers"], columns, trend)


def sold_lines(period: Period, scope: Scope, province: str = "", channel: str = "") -> Lines:
    """Return the order lines that count: sold by now, placed in the period."""
    lines = LineFacts.objects.filter(scope.where(), in_period(period, "order__"), order__sold_at__isnull=False)
    if province:
        lines = lines.filter(county_code__startswith=province)
    return lines.filter(order__purchase__attribution_kind=channel) if channel else lines


def in_period(period: Period, order: str = "") -> Q:
    """Return the condition on orders, or on what leads to them by `order`: placed in the period."""
    since, after = _midnight(period.since), _midnight(_after(period.until))
    return Q(**{f"{order}placed_at__gte": since, f"{order}placed_at__lt": after})


def sums() -> dict[str, Any]:
    """Return the columns of a figure, for `annotate` and `aggregate`."""
    return {
        "orders": Count("order", filter=~CANCELLED, distinct=True),
        "pieces": Sum(PIECES),
        "grams": Sum(GRAMS),
        "agreed_fen": Sum(AGREED),
        "taken_fen": Sum("refunded_fen"),
        "cancelled_fen": Sum("refunded_fen", filter=CANCELLED),
    }


def figures_of(values: dict[str, Any]) -> Figures:
    """Return the figures out of `sums`' columns."""
    cancelled = values["cancelled_fen"] or 0
    return Figures(
        orders=values["orders"] or 0,
        pieces=values["pieces"] or 0,
        grams=values["grams"] or 0,
        agreed_fen=values["agreed_fen"] or 0,
        cancelled_fen=cancelled,
        reduced_fen=(values["taken_fen"] or 0) - cancelled,
    )


def none_name(by: Dimension) -> str:
    """Return what the row of all the rest is called."""
    return {
        "county": _("County unknown"),
        "watched": _("All other counties"),
        "village": _("No village named"),
        "pairing": _("No pairing"),
        "unit": _("Not a unit's purchase"),
        "campaign": _("Not from a campaign"),
        "session": _("Not from a live session"),
        "need": _("Not for a need"),
    }.get(by.code, pgettext("report", "None"))


def _rows(by: Dimension, lines: Lines, columns: list[Part], always: dict[str, str] | None) -> dict[str, ReportRow]:
    lines = by.ready(lines)
    if always is not None:
        # Folded by the database: it counts an order of two of the rest once.
        kept = When(**{f"{by.key}__in": list(always)}, then=F(by.key))
        lines = lines.annotate(row=Case(kept, default=Value("")))
    key_name = "row" if always is not None else by.key
    names = [key_name, *([by.label] if by.label else [])]
    part = Case(
        *(When(order__placed_at__lt=_midnight(_after(each.until)), then=Value(n)) for n, each in enumerate(columns)),
        output_field=IntegerField(),
    )
    grouped = (
        lines.annotate(part=part).order_by().values(*names, "part").annotate(
            last=Max("order__purchase_id"), **sums()
        )
    )  # fmt: skip
    found: dict[str, ReportRow] = {key: _row(key, columns) for key in always or ()}
    labels: dict[str, tuple[int, str]] = {}
    for values in grouped:
        key = str(values[key_name] or NONE)
        row = found.setdefault(key, _row(key, columns))
        figures = figures_of(values)
        row.figures += figures
        row.trend[values["part"]] += figures.net_fen
        if key != NONE:
            label = (values["last"], values[by.label] or "") if by.label else (0, "")
            labels[key] = max(labels.get(key, label), label)
    _name(by, found.values(), {key: label for key, (_last, label) in labels.items()}, always)
    return found


def _row(key: str, columns: list[Part]) -> ReportRow:
    return ReportRow(key, "", trend=[0] * len(columns))


def _name(by: Dimension, rows: Iterable[ReportRow], labels: dict[str, str], always: dict[str, str] | None) -> None:
    names = always if always is not None else by.names(labels) if labels else {}
    for row in rows:
        row.name = none_name(by) if row.key == NONE else names.get(row.key) or labels.get(row.key) or row.key


def _after(day: date) -> date:
    return day + timedelta(days=1)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()), timezone.get_default_timezone())
