"""The states of declarations, requests, needs and gifts, and their legal moves."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shop.sales.states import OrderState

# What can still be cancelled: a wish to cancel ends by itself when the supplier sends the order.
STOPPABLE = (OrderState.UNPAID, OrderState.TO_SHIP)


class UnitKind(models.TextChoices):
    """What a unit is in the tree."""

    UNIT = "unit", _("Budget unit")
    SUPERVISING = "supervising", _("Supervising unit")
    FINANCE_OFFICE = "finance_office", _("Finance office")


class CanteenMode(models.TextChoices):
    """Who feeds the unit's people."""

    OWN = "own", _("Own canteen")
    SHARED = "shared", _("Shared: another unit declares for us")
    OUTSOURCED = "outsourced", _("Outsourced canteen")
    NONE = "none", _("No canteen")


class Fund(models.TextChoices):
    """Whose money buys. Each has a budget and a quota of its own."""

    CANTEEN = "canteen", _("Canteen")
    UNION = "union", _("Labour union")


class Basis(models.TextChoices):
    """What a policy's ratio is taken of."""

    CANTEEN_FOOD = "canteen_food", _("Food of the canteen")
    UNION_FUNDS = "union_funds", _("Funds of the labour union")
    UNION_GIFTS = "union_gifts", _("Gifts of the labour union")


class DeclarationState(models.TextChoices):
    """Where a year's declaration stands."""

    DRAFT = "draft", pgettext_lazy("declaration", "Draft")
    SUBMITTED = "submitted", pgettext_lazy("declaration", "Waiting for the supervising unit")
    CONFIRMED = "confirmed", pgettext_lazy("declaration", "Confirmed")
    RETURNED = "returned", pgettext_lazy("declaration", "Returned")


class CancelState(models.TextChoices):
    """Where the wish to cancel an approved order stands."""

    OPEN = "open", _("Waiting for consent")
    AGREED = "agreed", pgettext_lazy("cancellation", "Agreed")
    REFUSED = "refused", pgettext_lazy("cancellation", "Refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("cancellation", "Withdrawn")


class RequestState(models.TextChoices):
    """Where a purchase request stands."""

    DRAFT = "draft", pgettext_lazy("request", "Draft")
    SUBMITTED = "submitted", pgettext_lazy("request", "Waiting for approval")
    CHECKED = "checked", pgettext_lazy("request", "Waiting for finance")
    APPROVED = "approved", pgettext_lazy("request", "Approved, to be ordered")
    RETURNED = "returned", pgettext_lazy("request", "Returned")
    ORDERED = "ordered", pgettext_lazy("request", "Ordered")
    CANCELLED = "cancelled", pgettext_lazy("request", "Given up")


class AcceptanceKind(models.TextChoices):
    """How a delivery was accepted."""

    FORMAL = "formal", _("By hand")
    BY_TIME = "by_time", _("By time: nobody accepted it within the days of the terms")


class ReceiverKind(models.TextChoices):
    """What the second person of an acceptance is to the unit."""

    MEMBER = "member", _("Of the unit")
    OUTSIDE = "outside", _("Witness from outside")


class NeedState(models.TextChoices):
    """Where a beneficiary's need stands."""

    DRAFT = "draft", pgettext_lazy("need", "Draft")
    OPEN = "open", pgettext_lazy("need", "Open")
    CLOSED = "closed", pgettext_lazy("need", "Closed")


DECLARATION_MOVES: dict[str, frozenset[str]] = {
    DeclarationState.DRAFT: frozenset({DeclarationState.SUBMITTED}),
    # Withdrawn, it is a draft again; what is in force stays so.
    DeclarationState.SUBMITTED: frozenset(
        {DeclarationState.DRAFT, DeclarationState.CONFIRMED, DeclarationState.RETURNED}
    ),
    DeclarationState.RETURNED: frozenset({DeclarationState.SUBMITTED}),
    # Amended: the confirmed version stays in force until the next one is confirmed.
    DeclarationState.CONFIRMED: frozenset({DeclarationState.SUBMITTED}),
}

# Whoever edits a request that waits takes it back to draft: what was decided on is what was shown.
REQUEST_MOVES: dict[str, frozenset[str]] = {
    RequestState.DRAFT: frozenset({RequestState.SUBMITTED, RequestState.CANCELLED}),
    RequestState.SUBMITTED: frozenset(
        {RequestState.DRAFT, RequestState.CHECKED, RequestState.APPROVED, RequestState.RETURNED}
    ),
    RequestState.CHECKED: frozenset({RequestState.DRAFT, RequestState.APPROVED, RequestState.RETURNED}),
    RequestState.RETURNED: frozenset({RequestState.DRAFT, RequestState.SUBMITTED, RequestState.CANCELLED}),
    RequestState.APPROVED: frozenset({RequestState.ORDERED, RequestState.DRAFT, RequestState.CANCELLED}),
    RequestState.ORDERED: frozenset(),
    RequestState.CANCELLED: frozenset(),
}

EDITABLE = frozenset({RequestState.DRAFT, RequestState.RETURNED})
