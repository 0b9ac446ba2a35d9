"""Sales reports: the same queries as the pages', for whom the pages are."""

from datetime import date
from typing import Annotated, Any, Literal

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query
from pydantic import Field

from shop.core.api import Answer, Area, Moment, Priced, Problem, yuan
from shop.core.api.routing import ApiRequest
from shop.core.errors import NotAllowed
from shop.sales.queries.reports import Figures, report, scope_of

area = Area(gettext_noop("Reports"))


class ReportAsked(Answer):
    since: date | None = Field(None, description=gettext_noop("The first day; the beginning of this year without it."))
    until: date | None = Field(None, description=gettext_noop("The last day; today without it."))
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


class ReportOut(Answer):
    dimension: str
    since: date
    until: date
    counted_at: Moment
    buyers: int
    total: FiguresOut
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


@area.reads(
    "/reports/sales",
    ReportOut,
    scope="reports:read",
    summary=gettext_noop("Sales by county, village, pairing, unit, campaign, channel, …"),
    description=gettext_noop("Of the orders that you may see; the rows add up to the total."),
)
def get_report(request: ApiRequest, asked: Annotated[DimensionAsked, Query(...)]) -> dict[str, Any]:
    scope = scope_of(request.user)
    if scope is None:
        raise NotAllowed(_("You may not do this."))
    at = timezone.now()
    until = asked.until or timezone.localdate(at)
    since = asked.since or until.replace(month=1, day=1)
    if since > until or (until - since).days > 366 * 5:
        raise Problem(422, "invalid", _("From a first day to a later one, five years at most."), field="since")
    found = report(
        dimension=asked.by, since=since, until=until, scope=scope, at=at, province=asked.province, channel=asked.channel
    )
    return {
        "dimension": asked.by,
        "since": since,
        "until": until,
        "counted_at": found.at,
        "buyers": found.buyers,
        "total": _figures(found.total),
        "items": [
            _figures(row.figures) | {"key": row.key, "name": row.name, "share": f"{row.share_bp / 100:.2f}"}
            for row in found.rows
        ],
    }
