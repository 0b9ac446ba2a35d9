"""Reports in words: what dimensions and columns are called, how it was counted, and the addresses behind figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page
from django.utils.translation import gettext as _

from shop.core import times
from shop.core.money import in_yuan, to_yuan
from shop.core.paging import Pages
from shop.core.templatetags.heqiao import local
from shop.sales.periods import Period
from shop.sales.plots import percent, sparkline
from shop.sales.queries.reports import NONE, RULE, Figures, Report, ReportRow, Scope, TakenOff
from shop.sales.queries.reports.dimensions import channel_name

FIRST = "county"
ROWS_A_PAGE = 60
RANKED = 8
SORTS = ("name", "net", "orders", "pieces", "grams", "agreed", "taken")
GRAMS_PER_KG = 1000
GRAM = Decimal("0.001")


@dataclass(frozen=True)
class Asked:
    """What a page of reports is asked for: a query string that leads to the same figures."""

    dimension: str
    period: Period
    preset: str
    province: str = ""
    channel: str = ""

    def query(self, **more: str) -> str:
        """Return the query string of the filters, with `more`; what is empty is left out."""
        filters: dict[str, str] = {}
        if self.preset == "custom":
            filters |= {"since": self.period.since.isoformat(), "until": self.period.until.isoformat()}
        elif self.preset != "year":
            filters["period"] = self.preset
        filters |= {"province": self.province, "channel": self.channel} | more
        text = urlencode({name: value for name, value in filters.items() if value})
        return f"?{text}" if text else ""

    def address(self, dimension: str = "", **more: str) -> str:
        """Return a report's address."""
        return local(f"/reports/{dimension or self.dimension}/") + self.query(**more)

    def behind(self, key: str = "", *, period: Period | None = None, only: str = "") -> str:
        """Return the address of the orders behind a figure: of a row, of a part of the period, of what was taken off."""
        asked = Asked(self.dimension, period or self.period, "custom", self.province, self.channel)
        return local(f"/reports/{self.dimension}/orders/") + asked.query(key=key, only=only)

    def lasting(self) -> str:
        """Return the address that keeps meaning this period."""
        asked = Asked(self.dimension, self.period, "custom", self.province, self.channel)
        return asked.address()


def dimension_names() -> dict[str, tuple[str, str]]:
    """Return by dimension its name in the column of places, and a report's title."""
    return {
        "county": (_("Counties"), _("Sales by county")),
        "watched": (_("Watched counties"), _("Watched counties: the board")),
        "village": (_("By village"), _("Sales by village")),
        "pairing": (_("Pairings"), _("Sales by assistance pairing")),
        "unit": (_("Units"), _("Sales by budget unit")),
        "supplier": (_("Suppliers"), _("Sales by supplier")),
        "campaign": (_("Campaigns"), _("Sales by campaign")),
        "session": (_("Broadcasts"), _("Sales by live session")),
        "need": (_("Needs"), _("Sales by need")),
        "channel": (_("Channels"), _("Sales by channel")),
    }


def one_called(code: str) -> str:
    """Return the head of the table's first column."""
    return {
        "county": _("County"),
        "watched": _("Watched county"),
        "village": _("Village"),
        "pairing": _("Who assists whom"),
        "unit": _("Budget unit"),
        "supplier": _("Supplier"),
        "campaign": _("Campaign"),
        "session": _("Live session"),
        "need": _("Need"),
        "channel": _("Channel"),
    }[code]


def rule_of(code: str) -> str:
    """Return in words how lines find their row."""
    return {
        "county": _("The county that the goods come from, as it stood on the order's line when it was placed."),
        "watched": _(
            "The county that the goods come from, as on the order's line. Counties on the list of watched counties "
            "when this was read each have a row, also those that sold nothing; all others are one row."
        ),
        "village": _("The village that the goods come from, as it stood on the order's line when it was placed."),
        "pairing": _(
            "The cities that assisted the goods' county in the year of the order, as written on its line then. Where "
            "two cities assist one county, both stand in one row, so that nothing counts twice."
        ),
        "unit": _("The budget unit that the order is attributed to, under the name it had then."),
        "supplier": _("The supplier of the order."),
        "campaign": _("The campaign page that the buyer came from, at most a day before; the whole purchase counts."),
        "session": _(
            "The live session that the buyer came from, or whose flash sale it was; the whole purchase counts."
        ),
        "need": _("The published need that the goods were bought for."),
        "channel": _("The door that the purchase came through. Each purchase has one."),
    }[code]


def period_words(period: Period) -> str:
    """Return 2026-01-01 to 2026-12-31."""
    return _("%(since)s to %(until)s") % {"since": period.since.isoformat(), "until": period.until.isoformat()}


def scope_words(scope: Scope) -> str:
    """Return whose orders are in it."""
    return {
        "all": _("All orders of the platform"),
        "units": _("Orders of the units below yours"),
        "suppliers": _("Your own orders"),
    }[scope.kind]


def kilograms(grams: int) -> str:
    """Return 1,234.5 kg, to the gram where there are any."""
    whole, rest = divmod(grams, GRAMS_PER_KG)
    return f"{whole:,}" + (f".{rest:03d}".rstrip("0") if rest else "")


def in_short(figures: Figures) -> dict[str, str]:
    """Return counts and weight as a card shows them: the same as the sum of the table below."""
    return {"orders": f"{figures.orders:,}", "pieces": f"{figures.pieces:,}", "kg": kilograms(figures.grams)}


def percent_words(share_bp: int) -> str:
    """Return a share as 12.34 %."""
    return f"{share_bp // 100}.{share_bp % 100:02d} %"


def table_heads(asked: Asked, sort: str, *, down: bool) -> list[dict[str, Any]]:
    """Return the heads of the table, each with the address that sorts by it."""
    names = {
        "name": one_called(asked.dimension),
        "net": _("Net sales"),
        "orders": _("Orders"),
        "pieces": _("Pieces"),
        "grams": _("Weight, kg"),
        "agreed": _("Agreed"),
        "taken": _("Deducted from goods"),
    }
    return [
        {
            "code": code,
            "name": name,
            "url": asked.address(sort=f"{code}-up" if code == sort and down else code),
            "sorted": ("descending" if down else "ascending") if code == sort else "",
            "is_text": code == "name",
        }
        for code, name in names.items()
    ]


def asked_sort(text: str) -> tuple[str, bool]:
    """Return the column to sort by and whether the largest comes first: "orders-up" → orders, the smallest first."""
    code, _dash, way = text.partition("-")
    return (code, way != "up") if code in SORTS else ("net", True)


def sorted_rows(rows: list[ReportRow], sort: str, *, down: bool) -> list[ReportRow]:
    """Return rows in an order; "none" stays last."""
    if sort == "name":
        named = sorted(rows, key=lambda row: row.name, reverse=not down)
    else:
        column = {"agreed": "agreed_fen", "taken": "taken_fen", "net": "net_fen"}.get(sort, sort)
        named = sorted(rows, key=lambda row: getattr(row.figures, column), reverse=down)
    return sorted(named, key=lambda row: row.key == NONE)


def row_page(found: Report, asked: Asked, sort: str, page: str | int, *, down: bool) -> Page:
    """Return a page of rows as the table shows them."""
    shown = Pages(sorted_rows(found.rows, sort, down=down), ROWS_A_PAGE).get_page(page)
    shown.object_list = [
        {
            "key": row.key,
            "name": row.name,
            "figures": row.figures,
            "kg": kilograms(row.figures.grams),
            "orders": f"{row.figures.orders:,}",
            "pieces": f"{row.figures.pieces:,}",
            "share": percent_words(row.share_bp),
            "url": asked.behind(row.key) if row.figures.agreed_fen else "",
            "taken_url": asked.behind(row.key, only="taken") if row.figures.taken_fen else "",
            "spark": sparkline(row.trend) if asked.dimension == "watched" and row.key != NONE else "",
            "is_none": row.key == NONE,
        }
        for row in shown.object_list
    ]
    return shown


def ranking(found: Report, asked: Asked) -> list[dict[str, Any]]:
    """Return the largest rows with the length of their bars."""
    rows = [row for row in found.rows if row.key != NONE and row.figures.net_fen > 0][:RANKED]
    most = rows[0].figures.net_fen if rows else 0
    return [
        {
            "name": row.name,
            "fen": row.figures.net_fen,
            "done": percent(row.figures.net_fen, most),
            "share": percent_words(row.share_bp),
            "url": asked.behind(row.key),
        }
        for row in rows
    ]


def beside_words(taken: TakenOff, *, of_all: bool) -> str:
    """Return what a quota has beside the report's deductions, and both together; "" where nothing was taken off.

    `of_all`: of all units of the reader, those without a confirmed declaration among them, which no board adds up.
    """
    if not taken.whole_fen:
        return ""
    said = _(
        "Beside it: freight %(freight)s, orders that are no sales %(unsold)s. Reversed in the quota: %(whole)s"
    ) % {
        "freight": in_yuan(taken.freight_fen),
        "unsold": in_yuan(taken.unsold_fen),
        "whole": in_yuan(taken.whole_fen),
    }
    return said + _(" (units without a confirmed declaration included)") if of_all else said


def how_counted(
    *, asked: Asked, scope: Scope, provinces: Mapping[str, str], at: datetime, row: str = "", beside: str = ""
) -> list[tuple[str, str]]:
    """Return the facts that a figure can be reproduced from: (what, value)."""
    return [
        *([(_("Deducted from goods"), beside)] if beside else []),
        (_("Rule"), RULE),
        (_("Read at"), times.iso(at)),
        (_("Whose orders"), scope_words(scope)),
        (_("Period"), period_words(asked.period)),
        (_("Counted by"), row or rule_of(asked.dimension)),
        (_("Goods from"), provinces.get(asked.province, "") or _("All provinces")),
        (_("Channel"), channel_name(asked.channel) if asked.channel else _("All channels")),
    ]


def formulas() -> list[tuple[str, str]]:
    """Return what each figure is, in words: (figure, formula)."""
    return [
        (
            _("Counts"),
            _(
                "An order counts from the moment it is paid; where the goods come first, from the moment they are "
                "received (or paid, if that is earlier). The day it was placed decides the period, as in quota and "
                "budget."
            ),
        ),
        (_("Agreed"), _("unit price × pieces ordered − discount, line by line. Freight is not in it.")),
        (
            _("Deducted from goods"),
            _(
                "All that was given back or not charged of these lines until this was read, cancelled orders included. "
                "Freight is not in it, nor an order that was cancelled before it counted: a budget unit's quota has both."
            ),
        ),
        (
            _("Reversed in the quota"),
            _(
                "of a budget unit's orders: deducted from goods + freight not charged or given back + all that was taken "
                "off orders that do not count as sales. Where a canteen is shared, it stands at the unit that declares it."
            ),
        ),
        (_("Net sales"), _("agreed − deducted")),
        (
            _("Pieces"),
            _(
                "pieces accepted (before receipt: ordered − cancelled) − pieces sent back; weight = pieces × net weight. "
                "Goods charged by weight count with what they weighed when they were packed, each piece with the same "
                "share of it; until then with the net weight."
            ),
        ),
        (
            _("Orders"),
            _(
                "Orders that stand: not cancelled. An order with goods of two rows counts in both, and once in the whole."
            ),
        ),
        (
            _("Share of all"),
            _(
                "sales of the row ÷ sales of the whole, truncated to two decimals, never rounded up: together the rows may "
                "come to a little less than 100 %."
            ),
        ),
    ]


def money(fen: int) -> Decimal:
    """Return 元 for a file, always with two decimals: 12.50."""
    return to_yuan(fen)


def weight(grams: int) -> Decimal:
    """Return kilograms for a file, always with three decimals: to the gram."""
    return (Decimal(grams) / GRAMS_PER_KG).quantize(GRAM)


def figures_row(figures: Figures) -> list[Any]:
    """Return figures as cells of a file, in the order of `file_heads`."""
    return [
        figures.orders,
        figures.pieces,
        weight(figures.grams),
        money(figures.agreed_fen),
        money(figures.cancelled_fen),
        money(figures.reduced_fen),
        money(figures.net_fen),
    ]


def file_heads() -> list[str]:
    """Return the heads of a file's figures."""
    return [
        _("Orders"), _("Pieces"), _("Weight, kg"), _("Agreed, yuan"), _("Cancelled, yuan"),
        _("Given back or not charged, yuan"), _("Net sales, yuan"),
    ]  # fmt: skip


def why_words(why: Sequence[str]) -> str:
    """Return why something was taken off, each cause by its name."""
    words = {
        "cancelled": _("cancelled"),
        "unsent": _("rest cancelled, not sent"),
        "lighter": _("weighed less when packed"),
        "not_accepted": _("not accepted"),
        "light": _("weighed less at the acceptance"),
        "refunded": _("refunded after the sale"),
    }
    return " · ".join(words[cause] for cause in why)


def moment(at: datetime) -> str:
    """Return a moment as people read it."""
    return times.plain_moment(at)
