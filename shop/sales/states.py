"""The states of purchases, orders, payments, after-sales cases, and their legal moves."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Terms(models.TextChoices):
    """When a purchase is paid."""

    ONLINE = "online", _("Pay online")
    TRANSFER = "transfer", _("Bank transfer")
    PREPAID = "prepaid", _("Pay first")
    POSTPAID = "postpaid", _("Goods first")


class PurchaseState(models.TextChoices):
    """The payment state of one checkout."""

    UNPAID = "unpaid", _("To be paid")
    PAID = "paid", _("Paid")
    EXPIRED = "expired", _("Expired")
    CANCELLED = "cancelled", _("Cancelled")


class OrderState(models.TextChoices):
    """Where one supplier's order stands; derived from its quantities and its purchase's payment."""

    UNPAID = "unpaid", _("To be paid")
    TO_SHIP = "to_ship", _("To be shipped")
    SHIPPED = "shipped", _("On the way")
    COMPLETED = "completed", _("Completed")
    CANCELLED = "cancelled", _("Cancelled")


class PaymentState(models.TextChoices):
    """One attempt to pay."""

    STARTED = "started", _("Started")
    CHECKING = "checking", _("Checking payment")
    SUCCEEDED = "succeeded", _("Succeeded")
    FAILED = "failed", _("Failed")


class RefundState(models.TextChoices):
    """One refund, through the gateway that took the money."""

    REQUESTED = "requested", _("Requested")
    SUCCEEDED = "succeeded", _("Refunded")
    FAILED = "failed", _("Failed")


class AfterSaleKind(models.TextChoices):
    """What the buyer asks for."""

    DAMAGED = "damaged", _("Damaged goods (refund, no return)")
    REFUND_ONLY = "refund_only", _("Refund only")
    RETURN = "return", _("Return and refund")


class AfterSaleState(models.TextChoices):
    """Where a case stands."""

    OPEN = "open", _("Waiting for the supplier")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", pgettext_lazy("after-sales", "Refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("after-sales", "Withdrawn")


class ConsentState(models.TextChoices):
    """Where a supplier's consent to fund an offer stands. Only a given one lets the offer take anything off."""

    ASKED = "asked", _("Waiting for your answer")
    GIVEN = "given", _("You agreed")
    DECLINED = "declined", _("You declined")
    WITHDRAWN = "withdrawn", _("Withdrawn by you")
    REPLACED = "replaced", _("Changed by the platform")


PURCHASE_MOVES: dict[str, frozenset[str]] = {
    PurchaseState.UNPAID: frozenset({PurchaseState.PAID, PurchaseState.EXPIRED, PurchaseState.CANCELLED}),
    # Money that arrives after the expiry is given back (a refund), it does not revive the purchase.
    PurchaseState.PAID: frozenset(),
    PurchaseState.EXPIRED: frozenset(),
    PurchaseState.CANCELLED: frozenset(),
}

ORDER_MOVES: dict[str, frozenset[str]] = {
    OrderState.UNPAID: frozenset({OrderState.TO_SHIP, OrderState.CANCELLED}),
    OrderState.TO_SHIP: frozenset({OrderState.SHIPPED, OrderState.CANCELLED}),
    OrderState.SHIPPED: frozenset({OrderState.COMPLETED}),
    OrderState.COMPLETED: frozenset(),
    OrderState.CANCELLED: frozenset(),
}

AFTER_SALE_MOVES: dict[str, frozenset[str]] = {
    AfterSaleState.OPEN: frozenset({AfterSaleState.APPROVED, AfterSaleState.REFUSED, AfterSaleState.WITHDRAWN}),
    AfterSaleState.APPROVED: frozenset(),
    AfterSaleState.REFUSED: frozenset(),
    AfterSaleState.WITHDRAWN: frozenset(),
}

CONSENT_MOVES: dict[str, frozenset[str]] = {
    ConsentState.ASKED: frozenset({ConsentState.GIVEN, ConsentState.DECLINED, ConsentState.REPLACED}),
    ConsentState.GIVEN: frozenset({ConsentState.WITHDRAWN, ConsentState.REPLACED}),
    # Who changed its mind may still agree to the same terms.
    ConsentState.DECLINED: frozenset({ConsentState.GIVEN, ConsentState.REPLACED}),
    ConsentState.WITHDRAWN: frozenset({ConsentState.GIVEN, ConsentState.REPLACED}),
    ConsentState.REPLACED: frozenset(),
}
