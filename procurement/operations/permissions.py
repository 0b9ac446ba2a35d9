"""Who may act for a unit. Roles are memberships of its organisation; an owner may act in each of them."""

from typing import Any

from django.utils.translation import gettext as _

from procurement.models import BudgetUnit
from shop.accounts.models import Membership
from shop.core.errors import NotAllowed
from shop.core.prepared import Prepared

BUYER, APPROVER, FINANCE = "buyer", "approver", "finance"
OWNER, MEMBER = "owner", "member"
_roles = Prepared(
    lambda user_id, organisation_id: Membership.objects.filter(
        user_id=user_id, organisation_id=organisation_id, organisation__is_active=True
    ).values_list("role")
)


def roles_in(actor: Any, unit: BudgetUnit) -> set[str]:
    """Return the roles of `actor` in a unit; none for a closed account or organisation. One query."""
    if actor is None or not actor.is_active:
        return set()
    return {role for (role,) in _roles(actor.pk, unit.organisation_id)}


def must_be(actor: Any, unit: BudgetUnit, *roles: str) -> None:
    """Raise NotAllowed unless `actor` has one of `roles` in the unit."""
    if not roles_in(actor, unit) & {*roles, OWNER}:
        raise NotAllowed(_("Your role in this unit does not allow that."))


def must_oversee(actor: Any, unit: BudgetUnit) -> None:
    """Raise NotAllowed unless `actor` belongs to the unit right above; at the top of the tree nobody does."""
    parent = unit.parent
    if parent is None or not roles_in(actor, parent):
        raise NotAllowed(_("Only the supervising unit decides on this."))
