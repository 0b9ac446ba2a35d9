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


CONSUMER_TERMS = (Terms.ONLINE, Terms.TRANSFER)


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


class Way(models.TextChoices):
    """How somebody who did not buy a guest's purchase acts on it; "" for its buyer and for everybody else."""

    CODE = "code", _("By the phone of the recipient, with a code")
    PHONE = "phone", _("By an account with the phone of the recipient")


class PaymentState(models.TextChoices):
    """One attempt to pay."""

    STARTED = "started", _("Started")
    CHECKING = "checking", _("Checking payment")
    SUCCEEDED = "succeeded", _("Succeeded")
    FAILED = "failed", _("Failed")


class TransferState(models.TextChoices):
    """What became of the money of a bank transfer; derived from what came and what of it went back."""

    WAITING = "waiting", _("Money to come")
    PARTLY = "partly", _("A part came")
    BOOKED = "booked", _("Booked")
    TO_PAY_BACK = "to_pay_back", _("To pay back")
    PAID_BACK = "paid_back", _("Paid back")


class RefundState(models.TextChoices):
    """One refund, through the gateway that took the money."""

    REQUESTED = "requested", _("Requested")
    SUCCEEDED = "succeeded", _("Refunded")
    FAILED = "failed", _("Failed")


class AfterSaleKind(models.TextChoices):
    """What the buyer asks for."""

    DAMAGED = "damaged", _("Damaged goods (refund, no return)")
    MISSING = "missing", _("Missing or short weight (refund, no return)")
    REFUND_ONLY = "refund_only", _("Refund only")
    RETURN = "return", _("Return and refund")


class AfterSaleState(models.TextChoices):
    """Where a case stands."""

    OPEN = "open", _("Waiting for the supplier")
    OFFERED = "offered", _("The supplier offers a part")
    REFUSED = "refused", pgettext_lazy("after-sales", "Refused")
    ARBITRATION = "arbitration", _("With the platform")
    TO_RETURN = "to_return", _("To be sent back")
    RETURNING = "returning", _("On its way back")
    APPROVED = "approved", _("Approved")
    DISMISSED = "dismissed", pgettext_lazy("after-sales", "Dismissed by the platform")
    LAPSED = "lapsed", pgettext_lazy("after-sales", "Not sent back in time")
    WITHDRAWN = "withdrawn", pgettext_lazy("after-sales", "Withdrawn")


class Verdict(models.TextChoices):
    """What the platform's arbiter decides."""

    REFUND = "refund", _("Give money back, nothing to send back")
    RETURN = "return", _("Money back once the goods are returned")
    DISMISS = "dismiss", _("Nothing is given back")


class CaseSide(models.TextChoices):
    """Who moved a case."""

    BUYER = "buyer", _("Buyer")
    SUPPLIER = "supplier", _("Supplier")
    PLATFORM = "platform", _("Platform")
    TIME = "time", _("By time")


class ConsentState(models.TextChoices):
    """Where a supplier's consent to fund an offer stands. Only a given one lets the offer take anything off."""

    ASKED = "asked", _("Waiting for your answer")
    GIVEN = "given", _("You agreed")
    DECLINED = "declined", _("You declined")
    WITHDRAWN = "withdrawn", _("Withdrawn by you")
    REPLACED = "replaced", _("Changed by the platform")


class OfferState(models.TextChoices):
    """What holds for buyers of an offer at a moment. Only a running one takes anything off."""

    RUNNING = "running", pgettext_lazy("offer", "Open")
    ASKED = "asked", _("Waiting for the supplier")
    DECLINED = "declined", _("The supplier declined")
    WITHDRAWN = "withdrawn", _("The supplier withdrew")
    WAITS_SECOND = "waits_second", _("Waiting for a second person")
    SUSPENDED = "suspended", pgettext_lazy("offer", "Suspended")
    EARLY = "early", _("Not begun")
    OVER = "over", pgettext_lazy("offer", "Over")
    USED_UP = "used_up", pgettext_lazy("offer", "Used up")


CLOSED = (PurchaseState.EXPIRED, PurchaseState.CANCELLED)
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
    AfterSaleState.OPEN: frozenset(
        {
            *(AfterSaleState.APPROVED, AfterSaleState.OFFERED, AfterSaleState.REFUSED, AfterSaleState.TO_RETURN),
            *(AfterSaleState.ARBITRATION, AfterSaleState.WITHDRAWN),
        }
    ),
    AfterSaleState.OFFERED: frozenset({AfterSaleState.APPROVED, AfterSaleState.ARBITRATION, AfterSaleState.WITHDRAWN}),
    # The buyer may ask the platform for some time; without that it stays refused.
    AfterSaleState.REFUSED: frozenset({AfterSaleState.ARBITRATION}),
    AfterSaleState.ARBITRATION: frozenset(
        {AfterSaleState.APPROVED, AfterSaleState.TO_RETURN, AfterSaleState.DISMISSED, AfterSaleState.WITHDRAWN}
    ),
    AfterSaleState.TO_RETURN: frozenset({AfterSaleState.RETURNING, AfterSaleState.LAPSED, AfterSaleState.WITHDRAWN}),
    # What the supplier says did not come back as it was goes to the platform.
    AfterSaleState.RETURNING: frozenset({AfterSaleState.APPROVED, AfterSaleState.ARBITRATION}),
    AfterSaleState.APPROVED: frozenset(),
    AfterSaleState.DISMISSED: frozenset(),
    AfterSaleState.LAPSED: frozenset(),
    AfterSaleState.WITHDRAWN: frozenset(),
}
SUPPLIERS_TURN = (AfterSaleState.OPEN, AfterSaleState.RETURNING)
# Somebody still has to do something: no second case of the line, no receipt by time, nobody leaves.
ONGOING_CASES = (
    *(AfterSaleState.OPEN, AfterSaleState.OFFERED, AfterSaleState.ARBITRATION),
    *(AfterSaleState.TO_RETURN, AfterSaleState.RETURNING),
)

CONSENT_MOVES: dict[str, frozenset[str]] = {
    ConsentState.ASKED: frozenset({ConsentState.GIVEN, ConsentState.DECLINED, ConsentState.REPLACED}),
    ConsentState.GIVEN: frozenset({ConsentState.WITHDRAWN, ConsentState.REPLACED}),
    # Who changed its mind may still agree to the same terms.
    ConsentState.DECLINED: frozenset({ConsentState.GIVEN, ConsentState.REPLACED}),
    ConsentState.WITHDRAWN: frozenset({ConsentState.GIVEN, ConsentState.REPLACED}),
    ConsentState.REPLACED: frozenset(),
}


def order_states(purchase_state: str, terms: str) -> frozenset[str]:
    """Return the states that an order of such a purchase may be in: nothing is sent that has to be paid first."""
    if purchase_state == PurchaseState.UNPAID and terms != Terms.POSTPAID:
        return frozenset((OrderState.UNPAID, OrderState.CANCELLED))
    if purchase_state in (PurchaseState.UNPAID, PurchaseState.PAID):
        return frozenset(set(OrderState) - {OrderState.UNPAID})
    return frozenset((OrderState.CANCELLED,))
