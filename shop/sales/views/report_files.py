"""Reports as files: the table, and the order lines behind a figure, as CSV or Excel."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from shop.core.spreadsheets import CSV_TYPE, XLSX_TYPE, Cell, csv_parts, write_xlsx
from shop.core.templatetags.heqiao import local
from shop.sales import report_shown
from shop.sales.queries.reports import NONE, SoldLine, has_row, lines_behind, report
from shop.sales.views.reports import Reading, for_reader, show

# A workbook is written as a whole before it is sent; longer lists are for the CSV, which is sent line by line.
MOST_LINES = 20_000

Rows = Iterable[Sequence[Cell]]


@for_reader
def table(request: HttpRequest, reading: Reading, kind: str) -> HttpResponseBase:
    """Send the table of a report, with its whole as the last row, and on a second sheet how it was counted.

    A wrong filter makes no file of other figures: the page says beside the field what is wrong (422).
    """
    if not reading.form.is_valid():
        return show(request, reading.asked.dimension)
    asked = reading.asked
    found = report(
        dimension=asked.dimension, since=asked.period.since, until=asked.period.until, at=reading.at, **reading.facts()
    )
    rows: list[list[Any]] = [
        [
            report_shown.one_called(asked.dimension),
            _("Code"),
            *report_shown.file_heads(),
            _("Share of all, % (truncated: the rows may add up to less than 100)"),
        ]
    ]
    for row in found.rows:
        key = "" if row.key == NONE else row.key
        rows.append([row.name, key, *report_shown.figures_row(row.figures), report_shown.money(row.share_bp)])
    rows.append([_("Together"), "", *report_shown.figures_row(found.total), report_shown.money(10_000)])
    return _send(kind, _title(reading), rows, _counted(reading))


@for_reader
def orders(request: HttpRequest, reading: Reading, kind: str) -> HttpResponseBase:
    """Send the order lines behind a figure. More than 20,000 are refused as Excel (422) with the way to the CSV.

    A wrong filter is refused as for the table.
    """
    if not reading.form.is_valid():
        return show(request, reading.asked.dimension)
    asked, key = reading.asked, request.GET.get("key", "")[:120]
    only = "taken" if request.GET.get("only") == "taken" else ""
    count, lines = lines_behind(
        dimension=asked.dimension, key=key, period=asked.period, only_taken=bool(only), **reading.facts()
    )
    if not count and not has_row(dimension=asked.dimension, key=key, scope=reading.scope):
        raise Http404(key)
    if kind == "xlsx" and count > MOST_LINES:
        csv_url = local(f"/reports/{asked.dimension}/orders.csv") + asked.query(key=key, only=only)
        context = {"count": count, "most": MOST_LINES, "csv_url": csv_url, "back": asked.address()}
        return render(request, "reports/too_long.html", context, status=422)
    title = _("%(title)s orders") % {"title": _title(reading)}
    return _send(kind, title, _line_rows(lines), _counted(reading, key))


def _line_rows(lines: Iterator[SoldLine]) -> Iterator[list[Any]]:
    yield [
        _("Order"), _("Sold at"), _("Product"), _("Specification"), _("Supplier"), _("County"), _("Channel"), _("Buyer"),
        _("Pieces"), _("Weight, kg"), _("Agreed, yuan"), _("Deducted from goods, yuan"), _("Why"), _("Net sales, yuan"),
        _("Ordered at"), _("Pieces ordered"), _("Pieces cancelled"),
    ]  # fmt: skip
    for line in lines:
        yield [
            line.number,
            report_shown.moment(line.sold_at),
            line.name,
            line.spec,
            line.supplier,
            line.county,
            line.channel,
            line.buyer,
            line.pieces,
            report_shown.weight(line.grams),
            report_shown.money(line.agreed_fen),
            report_shown.money(line.taken_fen),
            report_shown.why_words(line.why),
            report_shown.money(line.net_fen),
            report_shown.moment(line.placed_at),
            line.ordered,
            line.cancelled,
        ]


def _title(reading: Reading) -> str:
    asked = reading.asked
    return f"{report_shown.dimension_names()[asked.dimension][1]} {asked.period.since}_{asked.period.until}"


def _counted(reading: Reading, key: str = "") -> Rows:
    facts = report_shown.how_counted(
        asked=reading.asked, scope=reading.scope, provinces=reading.provinces, at=reading.at, beside=reading.beside(key)
    )
    return [[_("How this was counted"), ""], *facts, *report_shown.formulas()]


def _in_language(language: str | None, parts: Iterator[str]) -> Iterator[str]:
    while True:
        with override(language):
            part = next(parts, None)
        if part is None:
            return
        yield part


def _send(kind: str, title: str, rows: Rows, counted: Rows) -> HttpResponseBase:
    answer: HttpResponseBase
    if kind == "csv":
        # Line by line, in the language of this moment: the middleware has left when the file is sent.
        answer = StreamingHttpResponse(_in_language(get_language(), csv_parts(rows)), content_type=CSV_TYPE)
    else:
        with tempfile.SpooledTemporaryFile(max_size=2_000_000) as target:
            write_xlsx(target, [(_("Net sales"), rows), (_("How this was counted"), counted)])
            target.seek(0)
            answer = HttpResponse(target.read(), content_type=XLSX_TYPE)
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=f"{title}.{kind}") or ""
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
