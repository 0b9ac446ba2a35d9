"""Boards above the units: the tree summed, any figure opens to its orders; declarations to confirm."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from procurement.declared_shown import declared_by, in_all, reserved_rows, snapshot_rows, why_apart
from procurement.forms.units import DecisionForm
from procurement.operations.declarations import decide_declaration
from procurement.queries.quota import board as read_board
from procurement.queries.requests import declaration_below, snapshots_of, taken_over_by
from procurement.queries.units import Seat, unit_below
from procurement.rules.quota import month_day
from procurement.shown import declaration_badge
from procurement.states import DeclarationState, UnitKind
from procurement.texts import name_of, year_of
from procurement.views.entry import asked_year, console, for_unit, seats
from procurement.views.orders import order_list
from shop.core.errors import DomainError
from shop.core.refusals import add_refusal
from shop.core.templatetags.heqiao import local

PACE_BADGES = {
    "done": "proven",
    "ahead": "proven",
    "on_pace": "neutral",
    "behind": "overdue",
    "nothing_reserved": "neutral",
}


def pace_name(state: str) -> str:
    """Return how a unit stands, in words."""
    return {
        "done": _("Done"),
        "ahead": _("Ahead"),
        "on_pace": _("On pace"),
        "behind": _("Behind"),
        "nothing_reserved": _("No share"),
    }[state]


def _above(request: HttpRequest, seat: Seat) -> Seat:
    """Return the seat that oversees others: the one acted from, else another of the person's. Raises Http404."""
    found = next((each for each in (seat, *seats(request)) if each.oversees), None)
    if found is None:
        raise Http404
    return found


@require_safe
@for_unit
def board(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show the tree under a unit with its sums."""
    seat = _above(request, seat)
    year = asked_year(request)
    found = read_board(seat.unit, year, timezone.localdate())
    rows: list[dict[str, Any]] = [
        {
            "row": row,
            "name": name_of(row.unit.organisation),
            "pace": pace_name(row.pace.state),
            "pace_badge": PACE_BADGES[row.pace.state],
            "declaration": declaration_badge(row.declaration) if row.unit.kind == UnitKind.UNIT else ("", ""),
            "why_apart": why_apart(row.declaration),
            "declared_by": declared_by(row.declaration),
        }
        for row in found.rows
    ]
    this = year_of(timezone.now())
    context = {
        "board": found,
        "top": found.top,
        "rows": [each for each in rows[1:] if each["row"].unit.kind != UnitKind.UNIT or not each["row"].is_apart],
        "apart": [each for each in rows if each["row"].is_apart],
        "year": year,
        "years": range(this, this - 3, -1),
        "behind": sum(1 for row in found.rows if row.unit.kind == UnitKind.UNIT and row.pace.state == "behind"),
        "units": sum(1 for row in found.rows if row.unit.kind == UnitKind.UNIT),
        "waiting_declarations": [
            {
                "declaration": row,
                "name": name_of(row.unit.organisation),
                "goes_to": name_of(row.represented_by.organisation) if row.passed_on_fen and row.represented_by else "",
            }
            for row in found.waiting
        ],
    }
    return console(request, seat, "board", context)


@require_safe
@for_unit
def orders(request: HttpRequest, seat: Seat, unit_id: int) -> HttpResponse:
    """Show the orders behind a figure of a unit of the tree."""
    seat = _above(request, seat)
    unit = unit_below(seat.unit, unit_id)
    if unit is None:
        raise Http404(str(unit_id))
    return order_list(request, seat, unit, f"/units/board/{unit_id}/orders/", apart=request.GET.get("set") == "apart")


@require_http_methods(["GET", "HEAD", "POST"])
@for_unit
def declaration(request: HttpRequest, seat: Seat, declaration_id: int) -> HttpResponse:
    """Show a declaration from below; confirm it, or return it with a reason."""
    found = declaration_below(seats(request), declaration_id)
    if found is None:
        raise Http404(str(declaration_id))
    form, status, refusal = DecisionForm(initial={"version": found.version}), 200, ""
    if request.method == "POST":
        form = DecisionForm(request.POST)
        status = 422
        if form.is_valid():
            try:
                decided = decide_declaration(
                    declaration_id=found.pk,
                    version=form.cleaned_data["version"],
                    confirm=form.approves,
                    reason=form.cleaned_data["reason"],
                    actor=request.user,
                    at=timezone.now(),
                )
            except DomainError as error:
                status = error.status
                add_refusal(form, error)
                # Withdrawn or decided meanwhile: as it is now, with nothing left to decide.
                found = declaration_below(seats(request), declaration_id) or found
                refusal = str(error.message) if found.state != DeclarationState.SUBMITTED else ""
            else:
                messages.success(request, _("Confirmed.") if form.approves else _("Returned. The unit is told why."))
                return HttpResponseRedirect(f"{local('/units/board/')}?year={decided.year}")
    context = {
        "declaration": found,
        "of_unit": name_of(found.unit.organisation),
        "badge": declaration_badge(found),
        "represented_by": name_of(found.represented_by.organisation) if found.represented_by else "",
        "ratio": f"{found.ratio_bp / 100:g}",
        "declare_by": month_day(found.year, found.policy.declare_by),
        "shares": reserved_rows(found),
        **in_all(found, taken_over_by(found.unit_id, found.year)),
        "in_force": found.in_force if found.in_force_id and found.state != DeclarationState.CONFIRMED else None,
        "versions": snapshot_rows(snapshots_of(found)),
        "form": form if found.state == DeclarationState.SUBMITTED else None,
        "refusal": refusal,
    }
    return console(request, seat, "declaration_decide", context, status)
