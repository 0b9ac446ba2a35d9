"""Which unit is acted for: named by its id, else the first one. What belongs to another unit is not there (404)."""

from typing import Annotated

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query
from pydantic import Field

from procurement.queries.units import Seat, seats_of
from procurement.texts import year_of
from shop.core.api import Parameters, Problem
from shop.core.api.paging import Turn
from shop.core.api.routing import ApiRequest
from shop.core.api.values import MOST_ID


class OfUnit(Parameters):
    unit: int | None = Field(
        None, ge=1, le=MOST_ID, description=gettext_noop("The unit's id; the first that you act for without it.")
    )


class OfYear(OfUnit):
    year: int | None = Field(None, ge=2020, le=2100, description=gettext_noop("This year without it."))


class OfYearTurn(Turn, OfYear):
    pass


class OfUnitTurn(Turn, OfUnit):
    pass


ForUnit = Annotated[OfUnit, Query(...)]
ForYear = Annotated[OfYear, Query(...)]


def seats(request: ApiRequest) -> list[Seat]:
    """Return every seat of the person. Raises Problem (403) without any."""
    found = seats_of(request.user)
    if not found:
        raise Problem(403, "no_unit", _("You act for no unit."))
    return found


def seat(request: ApiRequest, asked: OfUnit) -> Seat:
    """Return the seat that is asked for. Raises Http404 for another's unit."""
    found = seats(request)
    if asked.unit is None:
        return found[0]
    own = next((each for each in found if each.pk == asked.unit), None)
    if own is None:
        raise Http404
    return own


def overseer(request: ApiRequest, asked: OfUnit) -> Seat:
    """Return the seat that oversees others. Raises Http404 where there is none."""
    found = [each for each in seats(request) if each.oversees and asked.unit in (None, each.pk)]
    if not found:
        raise Http404
    return found[0]


def year(asked: OfYear) -> int:
    """Return the year that is asked for."""
    return asked.year or year_of(timezone.now())
