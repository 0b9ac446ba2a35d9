"""The way into the units' console: who acts for which unit. What belongs to another unit is not there (404)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone

from procurement.errors import NoPolicy
from procurement.queries.requests import Waiting, waiting
from procurement.queries.units import Seat, seats_of
from procurement.texts import name_of, year_of
from shop.core.acting import acting_for, choices, choose
from shop.core.numbers import read_id
from shop.core.post_only import post_only
from shop.core.templatetags.heqiao import local

FIRST_YEAR = 2020
View = Callable[..., HttpResponse]
_acting = acting_for("unit", seats_of, nobody="units/nobody.html")


def for_unit(view: View) -> View:
    """Give a view the seat that the person acts from; where no rule stands for the year, say so and who sets it."""

    @wraps(view)
    def told(request: HttpRequest, seat: Seat, **given: Any) -> HttpResponse:
        try:
            return view(request, seat, **given)
        except NoPolicy as error:
            this = year_of(timezone.now())
            context = {
                "refusal": str(error.message),
                "year": error.details["year"],
                "years": range(this + 1, this - 3, -1),
            }
            return console(request, seat, "no_policy", context, error.status)

    return _acting(told)


def seats(request: HttpRequest) -> list[Seat]:
    """Return every seat of the person."""
    return list(choices(request))


def seat_at(request: HttpRequest, unit_id: int) -> Seat:
    """Return the person's seat in a unit. Raises Http404 where there is none."""
    found = next((seat for seat in seats(request) if seat.pk == unit_id), None)
    if found is None:
        raise Http404
    return found


def unconfirmed(request: HttpRequest, title: str, number: str, back: str) -> HttpResponse:
    """Say in place of a paper that its records were changed after it was made."""
    context = {"title": title, "number": number, "back": back}
    return render(request, "units/paper_unconfirmed.html", context)


def asked_year(request: HttpRequest, *, first: int = FIRST_YEAR) -> int:
    """Return the year that is asked for, this one by default. Raises Http404 for what is none from `first` to the next."""
    this = year_of(timezone.now())
    text = request.GET.get("year", "")
    if not text:
        return this
    year = read_id(text, most_digits=4)
    if year is None or not first <= year <= this + 1:
        raise Http404(text[:20])
    return year


def console(
    request: HttpRequest, seat: Seat, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """Show a page of the console with its places and counts."""
    shared = {
        "seat": seat,
        "unit_name": seat.name,
        "read_at": timezone.now(),
        "seats": [(each.pk, each.name) for each in seats(request)],
        "waiting": waiting(seat) if not seat.oversees else Waiting(),
    }
    return render(request, f"units/{template}.html", {**shared, **context}, status=status)


@for_unit
@post_only
def switch(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Act for another of one's units."""
    choose(request, "unit", request.POST.get("unit", ""))
    return HttpResponseRedirect(local("/units/"))


def name_choices(units: Any) -> list[tuple[int, str]]:
    """Return units as choices."""
    return [(unit.pk, name_of(unit.organisation)) for unit in units]
