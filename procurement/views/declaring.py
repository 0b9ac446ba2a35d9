"""A unit's declaration: filling it in, amending it, answering who shares the canteen."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from procurement.declared_shown import in_all, ratio, reserved_rows, snapshot_rows
from procurement.forms.units import DeclarationForm
from procurement.models import BudgetUnit
from procurement.operations.declarations import declare, withdraw_declaration
from procurement.operations.representing import answer_representation
from procurement.queries.policies import policy_for, union_policies
from procurement.queries.quota import declared_by_id
from procurement.queries.requests import asked_to_represent, declaration_of, snapshots_of, taken_over_by
from procurement.queries.units import Seat
from procurement.queries.withdrawals import declaration_withdrawals
from procurement.rules.quota import month_day
from procurement.shown import declaration_badge
from procurement.states import Basis, DeclarationState
from procurement.texts import name_of, words, year_of
from procurement.views.entry import asked_year, console, for_unit, name_choices
from shop.core import sent
from shop.core.errors import DomainError
from shop.core.numbers import read_id
from shop.core.post_only import post_only
from shop.core.refusals import add_refusal
from shop.core.templatetags.heqiao import local


def _sisters(unit: BudgetUnit) -> list[tuple[int, str]]:
    if unit.parent_id is None:
        return []
    rows = BudgetUnit.objects.filter(parent_id=unit.parent_id).exclude(pk=unit.pk).select_related("organisation")
    return name_choices(rows.order_by("pk"))


@require_http_methods(["GET", "HEAD", "POST"])
@for_unit
def declaration(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show and take a year's declaration, or the amendment of a confirmed one."""
    year = asked_year(request)
    found = declaration_of(seat.pk, year)
    amends = found is not None and found.in_force_id is not None
    facts = {"sisters": _sisters(seat.unit), "amends": amends}
    form = DeclarationForm(**facts, initial=DeclarationForm.initial_of(found))
    status = 200
    if request.method == "POST":
        form = DeclarationForm(request.POST, **facts)
        status = 422
        if form.is_valid():
            try:
                declare(
                    unit_id=seat.pk,
                    year=year,
                    facts=form.declared,
                    version=form.cleaned_data["version"],
                    actor=request.user,
                    at=timezone.now(),
                )
            except DomainError as error:
                status = error.status
                add_refusal(form, error)
            else:
                messages.success(request, _("Submitted. The supervising unit confirms it."))
                return HttpResponseRedirect(f"{local('/units/declaration/')}?year={year}")
    return _show(request, seat, year, found, form, status)


def _show(
    request: HttpRequest, seat: Seat, year: int, found: Any, form: DeclarationForm, status: int, **more: Any
) -> HttpResponse:
    policy = policy_for(seat.unit.region_code, year)
    takes = found is None or found.state != DeclarationState.SUBMITTED
    confirmed = found is not None and found.state == DeclarationState.CONFIRMED
    asked = asked_to_represent(seat.pk, year)
    last_day = month_day(year, policy.declare_by)
    context = {
        **in_all(found, taken_over_by(seat.pk, year) if found else ()),
        "confirmed_for": {row.pk for row in asked if declared_by_id(row) == seat.pk},
        "files_late": takes and not (found and found.in_force_id) and timezone.localdate() > last_day,
        "declaration": found,
        "badge": declaration_badge(found),
        "form": form if takes else None,
        "amends": confirmed,
        "shares": reserved_rows(found) if found else [],
        "represented_by": name_of(found.represented_by.organisation) if found and found.represented_by else "",
        "in_force": found.in_force if found and found.in_force_id and not confirmed else None,
        "withdrawals": declaration_withdrawals(found) if found else [],
        "can_withdraw": not takes and (seat.buys or seat.approves or seat.pays),
        "versions": snapshot_rows(snapshots_of(found)) if found else [],
        "asked": [(row, name_of(row.unit.organisation)) for row in asked],
        "policy": policy,
        "ratio": f"{policy.ratio_bp / 100:g}",
        "union_rules": [
            (Basis(row.basis).label, ratio(row.ratio_bp), words(row.name_zh, row.name_en), row.cap_head_fen)
            for row in union_policies(seat.unit.region_code, year)
        ],
        "declare_by": last_day,
        "year": year,
        "years": range(year_of(timezone.now()) + 1, year_of(timezone.now()) - 3, -1),
    }
    return console(request, seat, "declaration", context | more, status)


@for_unit
@post_only
def withdraw(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Take back the declaration that waits for the supervising unit."""
    year = asked_year(request)
    found = declaration_of(seat.pk, year)
    if found is None:
        raise Http404(str(year))
    try:
        withdraw_declaration(
            declaration_id=found.pk, version=_version(request), actor=request.user, at=timezone.now()
        )  # fmt: skip
    except DomainError as error:
        found = declaration_of(seat.pk, year)
        amends = found is not None and found.in_force_id is not None
        form = DeclarationForm(sisters=_sisters(seat.unit), amends=amends, initial=DeclarationForm.initial_of(found))
        return _show(request, seat, year, found, form, error.status, refusal=str(error.message))
    messages.success(request, _("Withdrawn: it can be changed and submitted again."))
    return HttpResponseRedirect(f"{local('/units/declaration/')}?year={year}")


def _version(request: HttpRequest) -> int:
    return read_id(request.POST.get("version"), most_digits=8) or 0


@for_unit
@post_only
def answer(request: HttpRequest, seat: Seat, declaration_id: int) -> HttpResponse:
    """Say yes or no to declaring for a unit that shares the canteen."""
    year = asked_year(request)
    asked = next((row for row in asked_to_represent(seat.pk, year) if row.pk == declaration_id), None)
    if asked is None:
        raise Http404(str(declaration_id))
    accept = request.POST.get("answer") == "yes"
    try:
        answer_representation(
            declaration_id=asked.pk,
            version=_version(request),
            accept=accept,
            reason=sent.paragraphs(request, "reason"),
            actor=request.user,
            at=timezone.now(),
        )
    except DomainError as error:
        found = declaration_of(seat.pk, year)
        amends = found is not None and found.in_force_id is not None
        form = DeclarationForm(sisters=_sisters(seat.unit), amends=amends, initial=DeclarationForm.initial_of(found))
        more = {"refusal": str(error.message), "refused": asked.pk}
        return _show(request, seat, year, found, form, error.status, **more)
    messages.success(request, _("You declare for them.") if accept else _("Returned. The unit is told why."))
    return HttpResponseRedirect(f"{local('/units/declaration/')}?year={year}")
