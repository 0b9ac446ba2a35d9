"""A unit's own pages: where it stands, its declaration, budget, address."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from procurement.declared_shown import declared_by, share_bars
from procurement.forms.units import AcceptanceRuleForm, BudgetForm, DeliveryForm, PayerForm
from procurement.models import BudgetUnit
from procurement.operations.payers import end_payer, register_payer
from procurement.operations.units import set_acceptance_rule, set_delivery
from procurement.paid_shown import show_orders
from procurement.plots import pace_plot
from procurement.queries import quota as queries
from procurement.queries.budgets import past_years
from procurement.queries.home import home_facts
from procurement.queries.payers import accounts_asked, payers_of
from procurement.queries.requests import asked_to_represent, open_requests, orders_under_way, wishes_to_cancel
from procurement.queries.units import Seat, people_by_role
from procurement.shown import declaration_badge
from procurement.states import Fund
from procurement.tasks_shown import ToDo, tasks
from procurement.texts import words, year_of
from procurement.views.budgets import (
    ask_budget,
    confirm_change,
    read_change,
    show_change,
    shown_budgets,
    shown_steps,
)
from procurement.views.entry import FIRST_YEAR, asked_year, console, for_unit, seats
from shop.core import sent
from shop.core.errors import DomainError
from shop.core.kept import TOKEN, kept_page
from shop.core.refusals import add_refusal
from shop.core.templatetags.heqiao import local, yuan
from shop.sales.queries.deliveries import schedules_of

FIRST_TASKS = 5
MOST_TASKS = 200


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
        facts=lambda: (home_facts(seat, year, at), [each.name for each in seats(request)], _all_tasks(request)),
        make=lambda: _home(request, seat, year, at),
    )


def _all_tasks(request: HttpRequest) -> bool:
    """Whether all that is to be done is asked for, not only what comes first."""
    return request.GET.get("tasks") == "all"


def _home(request: HttpRequest, seat: Seat, year: int, at: datetime) -> HttpResponse:
    today = timezone.localdate(at)
    found = queries.standing(seat.unit, year, today)
    orders = show_orders(orders_under_way(seat.pk, MOST_TASKS), at)
    of_year = [each for each in orders if each.row.year == year]
    waiting = open_requests(seat.pk)
    schedules = schedules_of([each.purchase for each in waiting if each.purchase is not None])
    whole = found.whole
    to_do = tasks(
        seat, found, waiting, orders, at, asked_to_represent(seat.pk, year), schedules, wishes_to_cancel(seat.pk),
        accounts_asked(seat.pk), people_by_role(seat.unit),
    )  # fmt: skip
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
        "bars": share_bars(found),
        "gap": f"{abs(found.pace.gap_bp) // 100}.{abs(found.pace.gap_bp) % 100:02d}",
        "plot": pace_plot(
            points=found.points,
            reserved=whole.reserved,
            pace=found.pace,
            today=today,
            fulfil_by=found.fulfil_by,
        ),
        "tasks": to_do.mine if _all_tasks(request) else to_do.mine[:FIRST_TASKS],
        "others": to_do.others if _all_tasks(request) else to_do.others[:FIRST_TASKS],
        "more_tasks": 0 if _all_tasks(request) else _hidden(to_do),
        "orders": of_year[:4],
        "declared_by": declared_by(found.declaration),
        "declaration_badge": declaration_badge(found.declaration),
    }
    return console(request, seat, "home", context)


def _hidden(to_do: ToDo) -> int:
    """Return how many things there are to do, by anybody, where not all of them are shown; else 0."""
    most = max(len(to_do.mine), len(to_do.others))
    return len(to_do.mine) + len(to_do.others) if most > FIRST_TASKS else 0


@require_http_methods(["GET", "HEAD", "POST"])
@for_unit
def settings(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show and change a year's budgets, the address that goods go to, the accounts that are paid from."""
    at = timezone.now()
    this = year_of(at)
    year, past = _open_year(request, seat, this)
    forms: dict[str, Any] = {
        "budget": BudgetForm(),
        "delivery": DeliveryForm(initial=_address(seat.unit)),
        "payer": PayerForm(),
        "acceptance": AcceptanceRuleForm(initial={"needs_two_receivers": seat.unit.needs_two_receivers}),
    }
    status = 200
    if request.method != "POST" and request.GET.get("change"):
        try:
            return show_change(request, seat, read_change(request, seat, year, request.GET["change"]))
        except DomainError as error:
            status = error.status
            messages.error(request, str(error.message))
    if request.method == "POST":
        what = request.POST.get("what", "delivery")
        what = what if what in ("budget", "budget-sure", "payer", "end-payer", "acceptance") else "delivery"
        if what in forms:
            forms[what] = type(forms[what])(request.POST)
        form = forms.get(what)
        try:
            if "pick" not in request.POST and (form is None or form.is_valid()):
                if what == "budget":
                    return ask_budget(request, seat, forms["budget"], year, at)
                if what == "budget-sure":
                    shown = read_change(request, seat, year, sent.line(request, "change"))
                    return confirm_change(request, seat, shown, at)
                _save(request, seat, what, form.cleaned_data if form else {}, at)
                messages.success(request, _("Saved."))
                return HttpResponseRedirect(f"{local('/units/settings/')}?year={year}")
            status = 200 if "pick" in request.POST else 422
        except DomainError as error:
            status = error.status
            if form is not None:
                add_refusal(form, error)
            else:
                messages.error(request, str(error.message))
    context = {
        "year": year,
        "years": (this + 1, this, *past),
        "is_past": year < this,
        "budgets": shown_budgets(seat.pk, year),
        "budget_steps": shown_steps(seat.pk, year),
        "budget_form": forms["budget"],
        "delivery_form": forms["delivery"],
        "payer_form": forms["payer"],
        "rule_form": forms["acceptance"],
        "payers": payers_of(seat.pk),
        "legal_name": seat.unit.organisation.name_zh,
        "key": at.strftime("%Y%m%d%H%M%S%f"),
    }
    return console(request, seat, "settings", context, status)


def _open_year(request: HttpRequest, seat: Seat, this: int) -> tuple[int, list[int]]:
    """Return the year that is asked for, and the past years that may be: those of which the unit has something.

    Raises Http404 for any other.
    """
    year, past = asked_year(request), past_years(seat.pk, FIRST_YEAR, this)
    if year < this and year not in past:
        raise Http404(str(year))
    return year, past


def _save(request: HttpRequest, seat: Seat, what: str, given: dict[str, Any], at: datetime) -> None:
    """Do what one of the forms asks for. Raises DomainError."""
    by: dict[str, Any] = {"actor": request.user, "at": at}
    if what == "payer":
        register_payer(
            unit_id=seat.pk, name=given["payer_name"], bank=given["payer_bank"], account=given["payer_account"], **by
        )
    elif what == "acceptance":
        set_acceptance_rule(unit_id=seat.pk, **given, **by)
    elif what == "end-payer":
        payer = next((row.pk for row in payers_of(seat.pk) if str(row.pk) == request.POST.get("payer")), None)
        if payer is None:
            raise Http404
        end_payer(payer_id=payer, **by)
    else:
        set_delivery(
            unit_id=seat.pk, name=given["name"], phone=given["phone"], division_code=given["division"],
            street=given["street"], **by,
        )  # fmt: skip


def _address(unit: BudgetUnit) -> dict[str, str]:
    return {
        "name": unit.ship_name,
        "phone": unit.ship_phone.removeprefix("+86"),
        "division": unit.ship_division_id or "",
        "street": unit.ship_street,
    }
