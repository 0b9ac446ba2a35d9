"""Reports of sales: a table, its plots, and the orders behind each figure. Whose orders is decided by `scope_of`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from shop.core.templatetags.heqiao import local
from shop.sales import plots, report_shown
from shop.sales.forms.reports import PRESET_NAMES, ReportForm
from shop.sales.periods import CUSTOM
from shop.sales.queries.reports import (
    DIMENSIONS,
    NONE,
    Scope,
    TakenOff,
    behind,
    has_row,
    provinces_of_origin,
    report,
    scope_of,
    taken_off_units,
)
from shop.sales.report_shown import FIRST, Asked

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Reading:
    """Who reads what: the scope, the filters as the form knows them, the moment."""

    scope: Scope
    asked: Asked
    form: ReportForm
    provinces: dict[str, str]
    at: datetime

    @property
    def status(self) -> int:
        """422 when a filter is wrong: then the figures are those without it."""
        return 200 if self.form.is_valid() else 422

    def taken_off(self, key: str = "") -> TakenOff | None:
        """Return what was taken off units' orders in all, of the row `key`; None where a report has other orders too."""
        asked = self.asked
        is_units = asked.dimension == "unit" and key != NONE if key else self.scope.kind == "units"
        if asked.province or not is_units:
            return None
        return taken_off_units(asked.period, self.scope, key=key, channel=asked.channel)

    def beside(self, key: str = "") -> str:
        """Return in words what a unit's quota has beside the deductions of the report."""
        taken = self.taken_off(key)
        return report_shown.beside_words(taken, of_all=not key) if taken is not None else ""

    def facts(self) -> dict[str, Any]:
        """Return the filters for `report` and `behind`."""
        return {"scope": self.scope, "province": self.asked.province, "channel": self.asked.channel}


def for_reader(view: View) -> View:
    """Give a view what its reader may see and asks for. Strangers sign in first, others are refused (403)."""

    @never_cache
    @require_safe
    @wraps(view)
    def guarded(request: HttpRequest, dimension: str = FIRST, **given: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), local("/account/login/"))
        scope = scope_of(request.user)
        if scope is None:
            raise PermissionDenied
        if dimension not in DIMENSIONS:
            raise Http404(dimension)
        return view(request, _reading(request, dimension, scope), **given)

    return guarded


def _reading(request: HttpRequest, dimension: str, scope: Scope) -> Reading:
    at = timezone.now()
    provinces = dict(provinces_of_origin())
    given = {name: request.GET[name] for name in ReportForm.base_fields if name in request.GET}
    if not given.get("period") and (given.get("since") or given.get("until")):
        given["period"] = CUSTOM  # so that the form shows the range that it was asked for, not “this year”
    form = ReportForm(given, provinces=list(provinces.items()), today=timezone.localdate(at))
    period = form.chosen
    cleaned = form.cleaned_data
    asked = Asked(
        dimension=dimension,
        period=period,
        preset=form.preset if form.is_valid() else "year",
        province=cleaned.get("province") or "",
        channel=cleaned.get("channel") or "",
    )
    return Reading(scope, asked, form, provinces, at)


@for_reader
def show(request: HttpRequest, reading: Reading) -> HttpResponse:
    """Show sales by one dimension: figures, trend, ranking, table, and how it was counted."""
    asked = reading.asked
    found = report(
        dimension=asked.dimension, since=asked.period.since, until=asked.period.until, at=reading.at, **reading.facts()
    )
    sort, down = report_shown.asked_sort(request.GET.get("sort", ""))
    columns = plots.trend(found.parts, found.trend)
    context = {
        "found": found,
        "total": found.total,
        "short": report_shown.in_short(found.total),
        "kg": report_shown.kilograms(found.total.grams),
        "heads": report_shown.table_heads(asked, sort, down=down),
        "page": report_shown.row_page(found, asked, sort, request.GET.get("page", 1), down=down),
        "ranking": report_shown.ranking(found, asked),
        "plot": columns,
        "parts": [
            (each, asked.behind(period=report_shown.Period(each.since, each.until)), fen)
            for each, fen in zip(columns.columns, found.trend, strict=True)
        ],
        "beside": reading.beside(),
        "whole_url": asked.behind(),
        "taken_url": asked.behind(only="taken"),
        "files": {kind: local(f"/reports/{asked.dimension}/table.{kind}") + asked.query() for kind in ("csv", "xlsx")},
        "is_board": asked.dimension == "watched",
        "sold_rows": sum(1 for row in found.rows if row.figures.net_fen > 0 and row.key != "-"),
        "all_rows": sum(1 for row in found.rows if row.key != "-"),
    }
    return _page(request, reading, "show", context)


@for_reader
def orders(request: HttpRequest, reading: Reading) -> HttpResponse:
    """Show the order lines behind a figure, adding up to it."""
    asked, key = reading.asked, request.GET.get("key", "")[:120]
    only = "taken" if request.GET.get("only") == "taken" else ""
    found = behind(
        dimension=asked.dimension, key=key, period=asked.period, only_taken=bool(only),
        page=request.GET.get("page", 1), **reading.facts(),
    )  # fmt: skip
    if not found.figures.agreed_fen and not has_row(dimension=asked.dimension, key=key, scope=reading.scope):
        raise Http404(key)
    query = asked.query(key=key, only=only)
    context = {
        "found": found,
        "page": found.page,
        "rows": [
            {
                "line": line,
                "kg": report_shown.kilograms(line.grams),
                "pieces": f"{line.pieces:,}",
                "at": report_shown.moment(line.placed_at),
                "why": report_shown.why_words(line.why),
            }
            for line in found.page.object_list
        ],
        "figures": found.figures,
        "short": report_shown.in_short(found.figures),
        "kg": report_shown.kilograms(found.figures.grams),
        "row_name": found.name or (_("All of them") if not key else "–"),
        "key": key,
        "only": only,
        "beside": reading.beside(key),
        "back": asked.address(),
        "files": {kind: local(f"/reports/{asked.dimension}/orders.{kind}") + query for kind in ("csv", "xlsx")},
        "kinds": [
            ("", _("All lines"), asked.behind(key, only="")),
            ("taken", _("Only deductions"), asked.behind(key, only="taken")),
        ],
    }
    return _page(request, reading, "orders", context, row=found.name)


def _page(
    request: HttpRequest, reading: Reading, template: str, context: dict[str, Any], *, row: str = ""
) -> HttpResponse:
    asked = reading.asked
    names = report_shown.dimension_names()
    shared = {
        "title": names[asked.dimension][1],
        "dimension": asked.dimension,
        "dimensions": [
            {
                "code": code,
                "name": names[code][0],
                "icon": each.icon,
                "url": asked.address(code),
                "current": code == asked.dimension,
            }
            for code, each in DIMENSIONS.items()
        ],
        "form": reading.form,
        "is_custom": reading.form.preset == "custom" or not reading.form.is_valid(),
        "period_name": PRESET_NAMES[asked.preset] if asked.preset != "custom" else "",
        "period_words": report_shown.period_words(asked.period),
        "scope_words": report_shown.scope_words(reading.scope),
        "scope_kind": reading.scope.kind,
        "read_at": report_shown.moment(reading.at),
        "facts": report_shown.how_counted(
            asked=asked,
            scope=reading.scope,
            provinces=reading.provinces,
            at=reading.at,
            row=row,
            beside=context["beside"],
        ),
        "formulas": report_shown.formulas(),
        "lasting": request.build_absolute_uri(asked.lasting()),
    }
    return render(request, f"reports/{template}.html", shared | context, status=reading.status)
