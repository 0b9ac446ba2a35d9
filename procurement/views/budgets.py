"""Changing a unit's budget: what it comes to is shown and confirmed before anything is booked."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from procurement.errors import ChangedSince
from procurement.forms.units import BudgetForm
from procurement.operations.permissions import FINANCE, must_be
from procurement.operations.units import below_approved, grant_budget
from procurement.queries.budgets import budget_change, budget_steps
from procurement.queries.quota import budget_of
from procurement.queries.units import Seat
from procurement.states import Fund
from procurement.views.entry import console
from shop.core.templatetags.heqiao import local


def change_budget(request: HttpRequest, seat: Seat, form: BudgetForm, year: int, at: datetime) -> HttpResponse:
    """Make the change of a valid form once it is confirmed; else show old and new, and ask. Raises DomainError."""
    must_be(request.user, seat.unit, FINANCE)
    refusal, status = "", 200
    if form.is_confirmed:
        try:
            grant_budget(
                unit_id=seat.pk, year=year, fund=form.chosen_fund, fen=form.fen, reason=form.cleaned_data["reason"],
                key=form.cleaned_data["key"] or str(at), whole_fen=form.cleaned_data["whole"], actor=request.user, at=at,
            )  # fmt: skip
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(f"{local('/units/settings/')}?year={year}")
        except ChangedSince as error:
            refusal, status = str(error.message), error.status
    change = budget_change(seat.pk, year, form.chosen_fund, form.fen)
    if not change.is_covered:
        raise below_approved(change.spent_fen)
    context = {
        "year": year,
        "form": form,
        "change": change,
        "size_fen": abs(change.by_fen),
        "fund": Fund(form.chosen_fund),
        "reason": form.cleaned_data["reason"],
        "key": form.cleaned_data["key"] or str(at),
        "refusal": refusal,
    }
    return console(request, seat, "budget_sure", context, status)


def shown_budgets(unit_id: int, year: int) -> list[dict[str, Any]]:
    """Return each fund's budget of a year as the page shows it."""
    return [_budget(unit_id, year, fund) for fund in Fund]


def shown_steps(unit_id: int, year: int) -> list[dict[str, Any]]:
    """Return the changes of a year's budgets, the last first, with the funds' names."""
    return [{"step": each, "fund": Fund(each.fund).label} for each in budget_steps(unit_id, year)]


def _budget(unit_id: int, year: int, fund: str) -> dict[str, Any]:
    left, spent = budget_of(unit_id, year, fund)
    rate = spent * 100 / (left + spent) if left + spent else 0
    return {"fund": fund, "name": Fund(fund).label, "left": left, "spent": spent, "whole": left + spent, "rate": rate}
