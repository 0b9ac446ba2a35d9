"""Sales reports: the same queries as the pages', for whom the pages are."""

from datetime import date
from typing import Annotated, Any, Literal

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query
from pydantic import Field

from shop.core.api import Answer, Area, Day, Moment, Parameters, Priced, Problem, yuan
from shop.core.api.paging import Turn, turn_of
from shop.core.api.routing import ApiRequest
from shop.core.errors import NotAllowed
from shop.core.paging import After
from shop.sales.periods import Period
from shop.sales.queries.reports import (
    Behind,
    Figures,
    Scope,
    SoldLine,
    TakenOff,
    behind,
    has_row,
    report,
    scope_of,
    taken_off_units,
)

area = Area(gettext_noop("Reports"))


class ReportAsked(Parameters):
    since: Day | None = Field(None, description=gettext_noop("The first day; the beginning of this year without it."))
    until: Day | None = Field(None, description=gettext_noop("The last day; today without it."))
    province: str = Field("", pattern=r"^([0-9]{2})?$", description=gettext_noop("Only goods from there: two digits."))
    channel: Literal["", "shop", "campaign", "live", "unit", "pledge"] = ""


class FiguresOut(Priced):
    orders: int
    pieces: int
    grams: int
    agreed: str
    taken: str = Field(description=gettext_noop("Cancelled, given back or not charged."))
    net: str


class ReportRowOut(FiguresOut):
    key: str
    name: str
    share: str = Field(examples=["12.34"], description=gettext_noop("Of the whole in per cent, truncated."))


class TakenOffOut(Priced):
    goods: str = Field(description=gettext_noop("What the report deducts: goods of orders that count as sales."))
    freight: str = Field(description=gettext_noop("Their freight that was given back or not charged."))
    unsold: str = Field(description=gettext_noop("All that was taken off orders that do not count as sales."))
    whole: str = Field(description=gettext_noop("Together: what the quota of the units calls reversed."))


def taken_off_out(taken: TakenOff) -> dict[str, str]:
    return {
        "goods": yuan(taken.goods_fen),
        "freight": yuan(taken.freight_fen),
        "unsold": yuan(taken.unsold_fen),
        "whole": yuan(taken.whole_fen),
    }


class ReportOut(Answer):
    dimension: str
    since: date
    until: date
    counted_at: Moment
    buyers: int
    total: FiguresOut
    taken_off: TakenOffOut | None = Field(
        description=gettext_noop("For who oversees units, of goods from everywhere: what was taken off in all.")
    )
    items: list[ReportRowOut]


def _figures(found: Figures) -> dict[str, Any]:
    return {
        "orders": found.orders,
        "pieces": found.pieces,
        "grams": found.grams,
        "agreed": yuan(found.agreed_fen),
        "taken": yuan(found.taken_fen),
        "net": yuan(found.net_fen),
    }


Dimension = Literal[
    "county", "watched", "village", "pairing", "unit", "supplier", "campaign", "session", "need", "channel"
]


class DimensionAsked(ReportAsked):
    by: Dimension = "county"


def _scope(request: ApiRequest) -> Scope:
    scope = scope_of(request.user)
    if scope is None:
        raise NotAllowed(_("You may not do this."))
    return scope


def _period(asked: ReportAsked, today: date) -> Period:
    until = asked.until or today
    since = asked.since or until.replace(month=1, day=1)
    if since > until or (until - since).days > 366 * 5:
        raise Problem(422, "invalid", _("From a first day to a later one, five years at most."), field="since")
    return Period(since, until)


@area.reads(
    "/reports/sales",
    ReportOut,
    scope="reports:read",
    summary=gettext_noop("Sales by county, village, pairing, unit, campaign, channel, …"),
    description=gettext_noop("Of the orders that you may see; the rows add up to the total."),
)
def get_report(request: ApiRequest, asked: Annotated[DimensionAsked, Query(...)]) -> dict[str, Any]:
    scope, at = _scope(request), timezone.now()
    period = _period(asked, timezone.localdate(at))
    found = report(
        dimension=asked.by,
        since=period.since,
        until=period.until,
        scope=scope,
        at=at,
        province=asked.province,
        channel=asked.channel,
    )
    return {
        "dimension": asked.by,
        "since": period.since,
        "until": period.until,
        "counted_at": found.at,
        "buyers": found.buyers,
        "total": _figures(found.total),
        "taken_off": (
            taken_off_out(taken_off_units(period, scope, channel=asked.channel))
            if scope.kind == "units" and not asked.province
            else None
        ),
        "items": [
            _figures(row.figures) | {"key": row.key, "name": row.name, "share": f"{row.share_bp / 100:.2f}"}
            for row in found.rows
        ],
    }


class LinesAsked(DimensionAsked, Turn):
    key: str = Field("", max_length=120, description=gettext_noop("Of a row of the report; empty: of all of them."))
    only: Literal["", "taken"] = Field("", description=gettext_noop("taken: only lines with a deduction."))


class ReportLine(Priced):
    order: str
    placed_at: Moment = Field(description=gettext_noop("The day it was placed in China decides the period."))
    sold_at: Moment
    name: str
    specification: str
    supplier: str
    county: str
    channel: str
    buyer: str = Field(examples=["周**"], description=gettext_noop("A unit's name; of a person, the family name."))
    pieces: int = Field(description=gettext_noop("Pieces that were sold: ordered, less what was not kept."))
    ordered: int
    cancelled: int
    grams: int
    agreed: str
    taken: str
    net: str
    why: list[Literal["cancelled", "unsent", "lighter", "not_accepted", "light", "refunded"]] = Field(
        description=gettext_noop("Each cause of what was deducted.")
    )


class ReportLines(Answer):
    since: date
    until: date
    name: str = Field(description=gettext_noop("What the row is called; empty for all of them."))
    total: FiguresOut = Field(description=gettext_noop("What all the lines add up to, not only those of this page."))
    items: list[ReportLine]
    next_cursor: str | None


def _line(row: SoldLine) -> dict[str, Any]:
    same = (
        "placed_at",
        "sold_at",
        "name",
        "supplier",
        "county",
        "channel",
        "buyer",
        "pieces",
        "grams",
        "why",
        "ordered",
        "cancelled",
    )
    return {name: getattr(row, name) for name in same} | {
        "order": row.number,
        "specification": row.spec,
        "agreed": yuan(row.agreed_fen),
        "taken": yuan(row.taken_fen),
        "net": yuan(row.net_fen),
    }


@area.reads(
    "/reports/sales/lines",
    ReportLines,
    scope="reports:read",
    summary=gettext_noop("The order lines behind a figure of the report, the latest first"),
    description=gettext_noop("Ask as for the report, with the key of a row: the lines add up to it."),
)
def list_report_lines(request: ApiRequest, asked: Annotated[LinesAsked, Query(...)]) -> dict[str, Any]:
    scope, period = _scope(request), _period(asked, timezone.localdate())
    found: list[Behind] = []

    def page(turned: After) -> Any:
        facts = {"scope": scope, "province": asked.province, "channel": asked.channel, "page": turned}
        found.append(
            behind(dimension=asked.by, key=asked.key, period=period, only_taken=asked.only == "taken", **facts)
        )
        return found[0].page

    listed = turn_of(asked, page, _line)
    if not found[0].figures.agreed_fen and not has_row(dimension=asked.by, key=asked.key, scope=scope):
        raise Http404
    return listed | {
        "since": period.since,
        "until": period.until,
        "name": found[0].name,
        "total": _figures(found[0].figures),
    }
