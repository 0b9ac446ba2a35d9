"""Which units a person acts for, and what lies below them in the tree."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, QuerySet

from procurement.models import BudgetUnit
from procurement.operations.permissions import APPROVER, BUYER, FINANCE, OWNER
from procurement.states import UnitKind
from procurement.texts import name_of
from shop.accounts.queries import names_by_role
from shop.core.numbers import read_id
from shop.core.prepared import Prepared


@dataclass
class Seat:
    """A unit that a person acts for, with the roles there."""

    unit: BudgetUnit
    roles: set[str] = field(default_factory=set)

    @property
    def pk(self) -> int:
        """The unit's."""
        return int(self.unit.pk)

    @property
    def name(self) -> str:
        """The unit's, in the reader's language."""
        return name_of(self.unit.organisation)

    @property
    def above(self) -> str:
        """The name of the unit above, "" at the top."""
        return name_of(self.unit.parent.organisation) if self.unit.parent else ""

    @property
    def oversees(self) -> bool:
        """Whether others lie below it."""
        return self.unit.kind != UnitKind.UNIT

    def may(self, *roles: str) -> bool:
        """Tell whether the person has one of `roles` there; an owner has each."""
        return bool(self.roles & {*roles, OWNER})

    @property
    def buys(self) -> bool:
        """Whether the person asks for goods."""
        return self.may(BUYER)

    @property
    def approves(self) -> bool:
        """Whether the person decides first."""
        return self.may(APPROVER)

    @property
    def pays(self) -> bool:
        """Whether the person decides last, and pays."""
        return self.may(FINANCE)


_seats = Prepared(
    lambda user_id: (
        BudgetUnit.objects.filter(organisation__memberships__user_id=user_id, organisation__is_active=True)
        .annotate(role=F("organisation__memberships__role"))
        .select_related("organisation", "parent__organisation")
        .order_by("kind", "pk")
    )
)


def seats_of(user: Any) -> list[Seat]:
    """Return the units that `user` acts for, those that buy first. One query."""
    if not user.is_authenticated or not user.is_active:
        return []
    seats: dict[int, Seat] = {}
    for unit in _seats(user.pk):
        seats.setdefault(unit.pk, Seat(unit)).roles.add(unit.role)
    return sorted(seats.values(), key=lambda seat: (seat.oversees, seat.pk))


def below(unit: BudgetUnit) -> QuerySet[BudgetUnit]:
    """Return the unit and everything under it, from the top down, with their organisations."""
    return BudgetUnit.objects.filter(path__startswith=unit.path or "-").select_related("organisation").order_by("path")


def unit_below(unit: BudgetUnit, pk: int) -> BudgetUnit | None:
    """Return the unit `pk` if it is `unit` or lies under it, else None."""
    return below(unit).filter(pk=pk).first()


def units_below(user: Any) -> list[str]:
    """Return the ids, as orders are attributed, of the units under those that `user` oversees. One query."""
    above = (
        BudgetUnit.objects.filter(organisation__memberships__user_id=user.pk, organisation__is_active=True)
        .exclude(kind=UnitKind.UNIT)
        .annotate(under=ExpressionWrapper(OuterRef("path"), output_field=CharField()))
        .filter(under__startswith=F("path"))
    )
    return [str(pk) for pk in BudgetUnit.objects.filter(Exists(above)).order_by("pk").values_list("pk", flat=True)]


def unit_names(refs: Collection[str]) -> dict[str, str]:
    """Return what units are called in the reader's language, by id as text. One query."""
    rows = BudgetUnit.objects.filter(pk__in=[pk for ref in refs if (pk := read_id(ref)) is not None]).select_related(
        "organisation"
    )
    return {str(row.pk): name_of(row.organisation) for row in rows}


def people_by_role(unit: BudgetUnit) -> dict[str, list[str]]:
    """Return the names of who acts for a unit, by role. One query."""
    found: dict[str, list[str]] = {}
    for role, name in names_by_role(unit.organisation_id):
        found.setdefault(role, []).append(name)
    return found
