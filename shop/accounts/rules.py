"""Who may do what: predicates over a user, named as permissions (`user.has_perm("sales.moderate_reviews")`).

They read `user.role_names` and `user.organisation_ids` (each one query, remembered) and the object's own ids.
"""

from typing import Any

import rules

from shop.accounts import roles
from shop.core.scopes import SCOPES


def has_role(*wanted: str) -> rules.Predicate:
    """Return a predicate: an active user in one of the groups `wanted`."""

    def holds(user: Any) -> bool:
        return bool(user.is_active and user.role_names & set(wanted))

    return rules.predicate(holds, name=f"has_role:{'|'.join(wanted)}")


@rules.predicate
def is_member_of_organisation(user: Any, organisation: Any) -> bool:
    """Tell whether `user` acts for `organisation` (an Organisation)."""
    return bool(organisation is not None and user.is_active and organisation.pk in user.organisation_ids)


@rules.predicate
def is_member_of_supplier(user: Any, supplier: Any) -> bool:
    """Tell whether `user` acts for `supplier` (anything with an `organisation_id`)."""
    return bool(supplier is not None and user.is_active and supplier.organisation_id in user.organisation_ids)


@rules.predicate
def is_owner(user: Any, thing: Any) -> bool:
    """Tell whether `thing` (anything with a `user_id`) belongs to `user`."""
    return bool(thing is not None and user.pk is not None and thing.user_id == user.pk)


is_platform_admin = rules.is_superuser | has_role(roles.PLATFORM_ADMIN)
is_reviewer = has_role(roles.COUNTY_REVIEWER, roles.PLATFORM_REVIEWER) | is_platform_admin
can_moderate_reviews = has_role(roles.PLATFORM_REVIEWER) | is_platform_admin
is_campaign_staff = has_role(roles.CAMPAIGN_STAFF) | is_platform_admin
can_view_all_reports = (
    has_role(roles.CAMPAIGN_STAFF, roles.COUNTY_REVIEWER, roles.PLATFORM_REVIEWER) | is_platform_admin
)
oversees_units = has_role(roles.SUPERVISING, roles.FINANCE_OFFICE)
acts_for_a_unit = has_role(roles.BUDGET_BUYER, roles.BUDGET_APPROVER, roles.BUDGET_FINANCE, roles.LABOR_UNION)

CAMPAIGN_GROUP = roles.CAMPAIGN_STAFF


@rules.predicate
def may_edit_account(user: Any, person: Any) -> bool:
    """Tell whether staff `user` may change the account of `person`: nobody changes one that may more than itself."""
    if user.is_superuser:
        return bool(user.is_active)
    if person is None:
        return True
    return not person.is_superuser and person.get_all_permissions() <= user.get_all_permissions()


PERMISSIONS: dict[str, rules.Predicate] = {
    "accounts.change_own": is_owner,
    "accounts.act_for_organisation": is_member_of_organisation,
    "catalog.act_for_supplier": is_member_of_supplier,
    "catalog.review_admissions": is_reviewer,
    "sales.moderate_reviews": can_moderate_reviews,
    "sales.decide_cases": can_moderate_reviews,
    "sales.decide_transfers": is_platform_admin,
    "sales.view_all_reports": can_view_all_reports,
    # Limited to the units below, for who may not see all.
    "sales.view_reports": can_view_all_reports | oversees_units,
    "campaigns.edit_pages": is_campaign_staff,
    "procurement.act_for_unit": acts_for_a_unit,
    "procurement.supervise": has_role(roles.SUPERVISING, roles.FINANCE_OFFICE) | is_platform_admin,
}


EVERYBODY = frozenset(
    {"account:read", "account:write", "orders:read", "orders:write", "pledges:read", "pledges:write", "live:chat"}
)
SELLING = frozenset(
    {
        "reports:read",
        "seller:read",
        "seller:write",
        "goods:read",
        "goods:write",
        "stock:write",
        "lots:read",
        "lots:write",
        "live:host",
    }
)
UNITS = frozenset({"units:read", "units:write", "units:decide"})
ABOVE = frozenset({"units:read", "units:decide", "reports:read"})
REVIEWING = frozenset({"review:read", "review:write", "reports:read"})
# What acting for an organisation of a kind adds.
OF_KIND: dict[str, frozenset[str]] = {
    "supplier": SELLING,
    "budget_unit": UNITS,
    "labor_union": UNITS,
    "supervising_unit": ABOVE | {"units:write"},
    "finance_office": ABOVE,
}


def scopes_of(user: Any) -> frozenset[str]:
    """Return the scopes that a person's roles allow. Three queries at most.

    A token never does more than its person: each operation asks the person's rights again.
    """
    if not user.is_active:
        return frozenset()
    if is_platform_admin(user):
        return frozenset(SCOPES)
    scopes = EVERYBODY
    for kind in user.organisation_kinds:
        scopes |= OF_KIND.get(kind, frozenset())
    if is_reviewer(user):
        scopes |= REVIEWING
    if is_campaign_staff(user):
        scopes |= {"live:host", "reports:read"}
    return scopes


def register() -> None:
    """Make the predicates permissions of Django's `has_perm`; called once when the apps are ready."""
    for name, predicate in PERMISSIONS.items():
        rules.set_perm(name, predicate)
