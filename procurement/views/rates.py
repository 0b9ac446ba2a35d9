"""A percentage opened: its rule, its declarations, its orders, as they were at a moment; on a page and as a file."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from procurement.declared_shown import RULE, formula, is_day, reserved_rows, reversed_formula, until_of, when
from procurement.models import BudgetUnit
from procurement.queries.rates import OrdersPart, Rate, UnitsPart, all_order_parts, order_parts, rate_of
from procurement.queries.units import Seat, unit_below
from procurement.states import Fund, UnitKind
from procurement.texts import name_of, words
from procurement.views.entry import asked_year, console, for_unit, seats
from shop.core.money import to_yuan
from shop.core.numbers import read_id
from shop.core.spreadsheets import XLSX_TYPE, write_xlsx
from shop.core.templatetags.heqiao import local
from shop.core.texts import one_line


def _unit(request: HttpRequest, seat: Seat) -> tuple[Seat, BudgetUnit]:
    """Return the unit that is asked for, one's own or below one's own, with the seat it is seen from. Raises Http404."""
    text = request.GET.get("unit", "")
    if not text:
        return seat, seat.unit
    pk = read_id(text, most_digits=15)
    if pk is not None:
        for each in (seat, *seats(request)):
            found = each.unit if each.pk == pk else unit_below(each.unit, pk) if each.oversees else None
            if found is not None:
                return each, found
    raise Http404


def _read(request: HttpRequest, seat: Seat) -> tuple[Seat, Rate]:
    seat, unit = _unit(request, seat)
    return seat, rate_of(unit, asked_year(request), until_of(request.GET.get("on", ""), timezone.now()))


def _part(part: UnitsPart) -> dict[str, Any]:
    snapshot = part.snapshot
    return {
        "name": name_of(part.unit.organisation),
        "unit": part.unit,
        "amounts": part.amounts,
        "version": snapshot.version if snapshot else None,
        "confirmed": when(snapshot.confirmed_at) if snapshot else "",
        "reserved": reserved_rows(snapshot, part.taken_over) if snapshot else [],
        "host": name_of(snapshot.represented_by.organisation) if snapshot and snapshot.represented_by else "",
    }


def _order(part: OrdersPart) -> dict[str, Any]:
    row = part.row
    return {
        "part": part,
        "unit": name_of(row.unit.organisation),
        "supplier": words(row.order.supplier.name_zh, row.order.supplier.name_en),
        "placed": when(row.order.placed_at),
        "fund": str(Fund(row.fund).label),
    }


@require_safe
@for_unit
def rate(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show how a percentage came about: formula, rule, declarations, orders."""
    seat, found = _read(request, seat)
    asked = sent_day(request)
    page = order_parts(found, request.GET.get("page", 1))
    this = timezone.localdate(found.until)
    query = f"?year={found.year}&unit={found.unit.pk}&on={request.GET.get('on', '')[:10]}"
    context = {
        "found": found,
        "of_unit": name_of(found.unit.organisation),
        "amounts": found.together.counted,
        "apart_amounts": found.together.apart,
        "counted": [_part(each) for each in found.counted],
        "apart": [_part(each) for each in found.apart],
        "is_tree": found.unit.kind != UnitKind.UNIT,
        "page": page,
        "rows": [_order(each) for each in page.object_list],
        "formula": formula(),
        "reversed_formula": reversed_formula(),
        "reversed_path": "/units/orders/" if seat.unit == found.unit else f"/units/board/{found.unit.pk}/orders/",
        "rule": RULE,
        "year": found.year,
        "until": when(found.until),
        "on": this.isoformat(),
        "no_day": "" if is_day(asked or this.isoformat()) else asked,
        "file_url": local("/units/rate/file.xlsx") + query,
    }
    return console(request, seat, "rate", context, 422 if context["no_day"] else 200)


def sent_day(request: HttpRequest) -> str:
    """Return the day that was asked for, as it was written."""
    return one_line(request.GET.get("on", ""))


@require_safe
@for_unit
def rate_file(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Return the same as a workbook: the figure, its units, its orders."""
    if (asked := sent_day(request)) and not is_day(asked):
        return rate(request)
    _seat, found = _read(request, seat)
    response = HttpResponse(content_type=XLSX_TYPE)
    name = f"heqiao-rate-{found.unit.pk}-{found.year}-{timezone.localdate(found.until):%Y%m%d}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    write_xlsx(response, [(_("Figure"), _figure_rows(found)), (_("Units"), _unit_rows(found)),
                          (_("Orders"), _order_rows(found)), (_("Reserved"), _reserved_rows(found))])  # type: ignore[arg-type]  # fmt: skip  # a response is written to
    return response


def _figure_rows(found: Rate) -> list[list[Any]]:
    amounts = found.together.counted
    return [
        [_("What"), _("Value")],
        [_("Unit"), name_of(found.unit.organisation)],
        [_("Year"), found.year],
        [_("As it was at"), when(found.until)],
        [_("Rule"), RULE],
        [_("Formula"), formula()],
        [_("Reversed: what it is"), reversed_formula()],
        [_("Reserved"), to_yuan(amounts.reserved)],
        [_("Committed"), to_yuan(amounts.committed)],
        [_("Accepted"), to_yuan(amounts.fulfilled)],
        [_("Reversed"), to_yuan(amounts.reversed)],
        [_("Still missing: the sum of what each unit misses"), to_yuan(amounts.remaining)],
        [_("Fulfilled, %"), amounts.rate],
        [_("Accepted by units without a confirmed declaration"), to_yuan(found.together.apart.fulfilled)],
    ]


def _unit_rows(found: Rate) -> list[list[Any]]:
    heads = [
        _("Unit"), _("Part of the rate"), _("Version"), _("Confirmed"), _("Rule"), _("Reserved"), _("Committed"), _("Accepted"),
        _("Reversed"), _("Still missing"), _("Fulfilled, %"),
    ]  # fmt: skip
    rows: list[list[Any]] = [heads]
    for is_counted, parts in ((True, found.counted), (False, found.apart)):
        for each in map(_part, parts):
            amounts = each["amounts"]
            rows.append(
                [
                    each["name"], _("yes") if is_counted else _("no"), each["version"], each["confirmed"],
                    "; ".join(
                        " ".join(filter(None, (row["basis"], row["ratio"], row["rule"]))) for row in each["reserved"]
                    ),
                    *(
                        to_yuan(fen)
                        for fen in (
                            amounts.reserved, amounts.committed, amounts.fulfilled, amounts.reversed, amounts.remaining,
                        )
                    ),
                    amounts.rate,
                ]
            )  # fmt: skip
    return rows


def _reserved_rows(found: Rate) -> list[list[Any]]:
    """Return each base with its share; of each unit they add up to what it reserved."""
    heads = [_("Unit"), _("Share of"), _("Amount"), _("Ratio"), _("Reserved"), _("Rule"), _("Asked less and not added")]
    rows: list[list[Any]] = [heads]
    for each in map(_part, (*found.counted, *found.apart)):
        for row in each["reserved"]:
            others = "; ".join(
                f"{other['basis']} {to_yuan(other['base_fen'])} × {other['ratio']} = {to_yuan(other['fen'])}"
                for other in row["others"]
            )
            rows.append(
                [
                    each["name"], row["basis"], to_yuan(row["base_fen"]), row["ratio"], to_yuan(row["fen"]), row["rule"],
                    others,
                ]
            )  # fmt: skip
    return rows


def _order_rows(found: Rate) -> list[list[Any]]:
    heads = [
        _("Order"),
        _("Ordered at"),
        _("Unit"),
        _("Supplier"),
        _("Paid by"),
        _("Committed"),
        _("Accepted"),
        _("Reversed"),
    ]
    rows: list[list[Any]] = [heads]
    for part in all_order_parts(found):
        each = _order(part)
        rows.append(
            [part.number, each["placed"], each["unit"], each["supplier"], each["fund"]]
            + [to_yuan(fen) for fen in (part.committed, part.fulfilled, part.reversed)]
        )
    return rows
