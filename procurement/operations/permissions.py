"""Who may act for a unit. Roles are memberships of its organisation; an owner may act in each of them."""

from typing import Any

from django.utils.translation import gettext as _

from procurement.models import BudgetUnit
from shop.accounts.queries import roles_in_organisation
from shop.core.errors import NotAllowed

BUYER, APPROVER, FINANCE = "buyer", "approver", "finance"
OWNER, MEMBER = "owner", "member"
# Who may receive goods with another: whoever only pays does not say that they came.
RECEIVERS = (OWNER, BUYER, APPROVER, MEMBER)


def roles_in(actor: Any, unit: BudgetUnit) -> set[str]:
    """Return the roles of `actor` in a unit; none for a closed account or organisation. One query."""
    if actor is None or not actor.is_active:
        return set()
    return roles_in_organisation(user_id=actor.pk, organisation_id=unit.organisation_id)


def must_be(actor: Any, unit: BudgetUnit, *roles: str) -> None:
    """Raise NotAllowed unless `actor` has one of `roles` in the unit."""
    if not roles_in(actor, unit) & {*roles, OWNER}:
        raise NotAllowed(_("Your role in this unit does not allow that."))


def must_oversee(actor: Any, unit: BudgetUnit) -> None:
    """Raise NotAllowed unless `actor` belongs to the unit right above; at the top of the tree nobody does."""
    parent = unit.parent
    if parent is None or not roles_in(actor, parent):
        raise NotAllowed(_("Only the supervising unit decides on this."))
