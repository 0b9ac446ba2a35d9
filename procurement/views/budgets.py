"""Changing a unit's budget: what it comes to is shown and confirmed before anything is booked.

What was typed is signed and shown at an address of its own; the confirmation sends back what was shown, and nothing else
is booked: neither another amount nor another reason.
"""

from dataclasses import astuple, dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from procurement.errors import ChangedSince
from procurement.forms.units import BudgetForm
from procurement.operations.permissions import FINANCE, must_be
from procurement.operations.units import below_approved, grant_budget
from procurement.queries.budgets import budget_change, budget_steps, was_granted
from procurement.queries.quota import budget_of
from procurement.queries.units import Seat
from procurement.states import Fund
from procurement.texts import year_of
from procurement.views.entry import console
from shop.core.errors import InvalidInput
from shop.core.templatetags.heqiao import local

_SALT = "procurement.budget"


@dataclass(frozen=True, slots=True)
class ShownChange:
    """A change as it was shown to one person: of which unit, year and fund, by how many 分, of which whole, and why."""

    user_id: int
    unit_id: int
    year: int
    fund: str
    fen: int
    whole_fen: int
    reason: str
    key: str

    @property
    def token(self) -> str:
        """It, signed."""
        return signing.dumps(list(astuple(self)), salt=_SALT, compress=True)


def ask_budget(request: HttpRequest, seat: Seat, form: BudgetForm, year: int, at: datetime) -> HttpResponse:
    """Go to where the change of a valid form is shown and confirmed. Raises DomainError."""
    must_be(request.user, seat.unit, FINANCE)
    if year < year_of(at):
        raise InvalidInput(_("A year that is over is not changed any more."), field="amount")
    change = budget_change(seat.pk, year, form.chosen_fund, form.fen)
    if not change.is_covered:
        raise below_approved(change.spent_fen)
    reason, key = form.cleaned_data["reason"], form.cleaned_data["key"] or str(at)
    shown = ShownChange(
        request.user.pk, seat.pk, year, form.chosen_fund, form.fen, change.whole_fen, reason, key
    )  # fmt: skip
    return HttpResponseRedirect(f"{_settings(year)}&{urlencode({'change': shown.token})}")


def read_change(request: HttpRequest, seat: Seat, year: int, token: str) -> ShownChange:
    """Return the change that was signed for this person, unit and year. Raises InvalidInput for any other text."""
    try:
        shown = ShownChange(*signing.loads(token, salt=_SALT))
    except (signing.BadSignature, TypeError, ValueError):
        shown = None
    if shown is None or (shown.user_id, shown.unit_id, shown.year) != (request.user.pk, seat.pk, year):
        raise InvalidInput(_("This is not the change that was shown. Please enter it again."), field="amount")
    return shown


def show_change(
    request: HttpRequest, seat: Seat, shown: ShownChange, refusal: str = "", status: int = 200
) -> HttpResponse:
    """Show old and new, and ask; what was saved already is not asked again. Raises DomainError."""
    must_be(request.user, seat.unit, FINANCE)
    by: dict[str, Any] = {"fund": shown.fund, "fen": shown.fen, "key": shown.key, "actor_id": shown.user_id}
    if was_granted(seat.pk, shown.year, **by):
        messages.info(request, _("This change is saved."))
        return HttpResponseRedirect(_settings(shown.year))
    change = budget_change(seat.pk, shown.year, shown.fund, shown.fen)
    if not change.is_covered:
        raise below_approved(change.spent_fen)
    context = {
        "year": shown.year,
        "token": replace(shown, whole_fen=change.whole_fen).token,
        "change": change,
        "size_fen": abs(change.by_fen),
        "fund": Fund(shown.fund),
        "reason": shown.reason,
        "refusal": refusal,
    }
    return console(request, seat, "budget_sure", context, status)


def confirm_change(request: HttpRequest, seat: Seat, shown: ShownChange, at: datetime) -> HttpResponse:
    """Book what was shown; where the budget is another by now, show and ask again. Raises DomainError."""
    try:
        grant_budget(
            unit_id=seat.pk, year=shown.year, fund=shown.fund, fen=shown.fen, reason=shown.reason, key=shown.key,
            whole_fen=shown.whole_fen, actor=request.user, at=at,
        )  # fmt: skip
    except ChangedSince as error:
        return show_change(request, seat, shown, str(error.message), error.status)
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(_settings(shown.year))


def _settings(year: int) -> str:
    return f"{local('/units/settings/')}?year={year}"


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
