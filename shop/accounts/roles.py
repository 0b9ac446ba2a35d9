"""The roles of the domain. A role is a group; what it may do stands in `shop.accounts.rules`."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

BUDGET_BUYER = "budget_buyer"
BUDGET_APPROVER = "budget_approver"
BUDGET_FINANCE = "budget_finance"
SUPERVISING = "supervising"
FINANCE_OFFICE = "finance_office"
LABOR_UNION = "labor_union"
COOPERATIVE = "cooperative"
COUNTY_REVIEWER = "county_reviewer"
PLATFORM_REVIEWER = "platform_reviewer"
CAMPAIGN_STAFF = "campaign_staff"
DONOR = "donor"
ALLIANCE_BUYER = "alliance_buyer"
PLATFORM_ADMIN = "platform_admin"

NAMES: dict[str, str | Promise] = {
    BUDGET_BUYER: _("Budget unit, buyer"),
    BUDGET_APPROVER: _("Budget unit, approver"),
    BUDGET_FINANCE: _("Budget unit, finance"),
    SUPERVISING: _("Supervising unit"),
    FINANCE_OFFICE: _("Finance office"),
    LABOR_UNION: _("Labour union"),
    COOPERATIVE: _("Cooperative"),
    COUNTY_REVIEWER: _("County reviewer"),
    PLATFORM_REVIEWER: _("Platform reviewer"),
    CAMPAIGN_STAFF: _("Campaign staff"),
    DONOR: _("Donor"),
    ALLIANCE_BUYER: _("Buyer alliance"),
    PLATFORM_ADMIN: _("Platform administrator"),
}
# Groups that the CMS and the store's library bring along.
OTHER_GROUPS: dict[str, str | Promise] = {
    "Editors": _("Editors (of the CMS)"),
    "Moderators": _("Moderators (of the CMS)"),
    "All Oscar Dashboard Permissions": _("All rights of the store's library"),
}
ALL = tuple(NAMES)

# Who may enter Django's and Wagtail's back offices, and what a group may do there (app label, model, actions).
STAFF = frozenset({PLATFORM_ADMIN, CAMPAIGN_STAFF})
OFFERS = (
    ("offer", "conditionaloffer", ("view", "add", "change")),
    ("offer", "condition", ("view", "add", "change")),
    ("offer", "benefit", ("view", "add", "change")),
    ("offer", "range", ("view", "add", "change")),
    ("voucher", "voucher", ("view", "add", "change")),
    ("sales", "offerfunding", ("view", "add", "change")),
)
BACK_OFFICE: dict[str, tuple[tuple[str, str, tuple[str, ...]], ...]] = {
    PLATFORM_ADMIN: (
        ("accounts", "user", ("view", "change")),
        ("accounts", "organisation", ("view", "add", "change")),
        ("accounts", "membership", ("view", "add", "change", "delete")),
        ("core", "auditentry", ("view",)),
        ("core", "outboxentry", ("view",)),
        ("wagtailadmin", "admin", ("access",)),
        ("sales", "aftersaleterms", ("view", "add", "change")),
        ("sales", "weightterms", ("view", "add", "change")),
        ("sales", "paytime", ("view", "add", "change")),
        ("sales", "lateinterest", ("view", "add", "change")),
        ("sales", "offerbounds", ("view", "add", "change")),
        ("sales", "carrier", ("view", "add", "change")),
        ("livestream", "dropbounds", ("view", "add", "change")),
        ("procurement", "quotapolicy", ("view", "add", "change")),
        ("traceability", "testrequirement", ("view", "add", "change")),
        ("traceability", "keepinglimit", ("view", "add", "change")),
        ("traceability", "harvestterm", ("view", "add", "change")),
        *OFFERS,
    ),
    CAMPAIGN_STAFF: (("wagtailadmin", "admin", ("access",)), *OFFERS),
}
