"""A unit's own pages: where it stands, its declaration, budget, address."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from procurement.forms.units import AcceptanceRuleForm, BudgetForm, DeclarationForm, DeliveryForm
from procurement.models import BudgetUnit, QuotaDeclaration
from procurement.operations.declarations import declare
from procurement.operations.units import grant_budget, set_acceptance_rule, set_delivery
from procurement.plots import pace_plot
from procurement.queries import quota as queries
from procurement.queries.home import home_facts
from procurement.queries.policies import policy_for
from procurement.queries.requests import open_requests, orders_under_way
from procurement.queries.units import Seat
from procurement.rules.quota import month_day
from procurement.shown import declaration_badge, show_order, tasks
from procurement.states import Fund
from procurement.texts import words, year_of
from procurement.views.entry import asked_year, console, for_unit, name_choices, seats
from shop.core.errors import DomainError
from shop.core.kept import TOKEN, kept_page
from shop.core.money import to_fen
from shop.core.refusals import add_refusal
from shop.core.templatetags.heqiao import local, yuan


@require_safe
@for_unit
def home(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show the quota, the pace, what to do next, what is under way. A unit above others sees its board."""
    if seat.oversees:
        return HttpResponseRedirect(local("/units/board/"))
    at = timezone.now()
    year = asked_year(request)
    return kept_page(
        request,
        facts=lambda: (home_facts(seat, year, at), [each.name for each in seats(request)]),
        make=lambda: _home(request, seat, year, at),
    )


def _home(request: HttpRequest, seat: Seat, year: int, at: datetime) -> HttpResponse:
    today = timezone.localdate(at)
    found = queries.standing(seat.unit, year, today)
    orders = [show_order(row, at) for row in orders_under_way(seat.pk)]
    whole = found.whole
    context = {
        "csrf_token": TOKEN,
        "standing": found,
        "policy_name": words(found.policy.name_zh, found.policy.name_en),
        "ratio": f"{found.policy.ratio_bp / 100:g}",
        "reserved_text": " · ".join(
            f"{Fund(fund).label} {yuan(part.reserved)}" for fund, part in found.funds.items() if part.reserved
        ),
        "whole": whole,
        "year": year,
        "funds": [
            {"fund": fund, "name": Fund(fund).label, "amounts": amounts}
            for fund, amounts in found.funds.items()
            if amounts.reserved or amounts.fulfilled or amounts.committed
        ],
        "gap": f"{abs(found.pace.gap_bp) // 100}.{abs(found.pace.gap_bp) % 100:02d}",
        "plot": pace_plot(
            points=found.points,
            reserved=whole.reserved,
            pace=found.pace,
            today=today,
            fulfil_by=found.fulfil_by,
        ),
        "tasks": tasks(seat, found, open_requests(seat.pk), orders, at)[:4],
        "orders": orders[:4],
        "declaration_badge": declaration_badge(found.declaration),
    }
    return console(request, seat, "home", context)


def _sisters(unit: BudgetUnit) -> list[tuple[int, str]]:
    if unit.parent_id is None:
        return []
    rows = BudgetUnit.objects.filter(parent_id=unit.parent_id).exclude(pk=unit.pk).select_related("organisation")
    return name_choices(rows.order_by("pk"))


@require_http_methods(["GET", "HEAD", "POST"])
@for_unit
def declaration(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show and take a year's declaration."""
    year = asked_year(request)
    found = QuotaDeclaration.objects.filter(unit_id=seat.pk, year=year).first()
    sisters = _sisters(seat.unit)
    form = DeclarationForm(sisters=sisters, initial=DeclarationForm.initial_of(found))
    status = 200
    if request.method == "POST":
        form = DeclarationForm(request.POST, sisters=sisters)
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
    policy = policy_for(seat.unit.region_code, year)
    context = {
        "declaration": found,
        "badge": declaration_badge(found),
        "form": form if found is None or found.state in ("draft", "returned") else None,
        "policy": policy,
        "ratio": f"{policy.ratio_bp / 100:g}",
        "declare_by": month_day(year, policy.declare_by),
        "year": year,
        "years": range(year_of(timezone.now()) + 1, year_of(timezone.now()) - 3, -1),
    }
    return console(request, seat, "declaration", context, status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_unit
def settings(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show and change the year's budget and the address that goods go to."""
    budget_form, delivery_form = BudgetForm(), DeliveryForm(initial=_address(seat.unit))
    rule_form = AcceptanceRuleForm(initial={"needs_two_receivers": seat.unit.needs_two_receivers})
    status = 200
    if request.method == "POST":
        at = timezone.now()
        try:
            if request.POST.get("what") == "budget":
                budget_form = BudgetForm(request.POST)
                form: Any = budget_form
                if form.is_valid():
                    fen = to_fen(form.cleaned_data["amount"])
                    key = request.POST.get("key", "")[:40]
                    grant_budget(
                        unit_id=seat.pk, year=year_of(at), fen=fen, key=key or str(at), actor=request.user, at=at
                    )
            elif request.POST.get("what") == "acceptance":
                form = rule_form = AcceptanceRuleForm(request.POST)
                if form.is_valid():
                    set_acceptance_rule(unit_id=seat.pk, actor=request.user, at=at, **form.cleaned_data)
            else:
                delivery_form = DeliveryForm(request.POST)
                form = delivery_form
                if "pick" not in request.POST and form.is_valid():
                    given = form.cleaned_data
                    set_delivery(
                        unit_id=seat.pk,
                        name=given["name"],
                        phone=given["phone"],
                        division_code=given["division"],
                        street=given["street"],
                        actor=request.user,
                        at=at,
                    )
            if "pick" not in request.POST:
                if form.is_valid():
                    messages.success(request, _("Saved."))
                    return HttpResponseRedirect(local("/units/settings/"))
                status = 422
        except DomainError as error:
            status = error.status
            add_refusal(form, error)
    year = year_of(timezone.now())
    left, spent = queries.budget_of(seat.pk, year)
    context = {
        "year": year,
        "left_fen": left,
        "spent_fen": spent,
        "whole_fen": left + spent,
        "spent_rate": spent * 100 / (left + spent) if left + spent else 0,
        "budget_form": budget_form,
        "delivery_form": delivery_form,
        "rule_form": rule_form,
        "key": timezone.now().strftime("%Y%m%d%H%M%S%f"),
    }
    return console(request, seat, "settings", context, status)


def _address(unit: BudgetUnit) -> dict[str, str]:
    return {
        "name": unit.ship_name,
        "phone": unit.ship_phone.removeprefix("+86"),
        "division": unit.ship_division_id or "",
        "street": unit.ship_street,
    }
