"""Attempts to pay, the money that came, what goes back, and what the gateways told us."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from shop.core.models import DatedRow, dated_constraints
from shop.sales.states import PaymentState, RefundState


class Payment(models.Model):
    """One attempt to pay a payable. `key` is sent to the gateway, so a retry is the same attempt.

    An open attempt follows what is due; what came of it is `received_fen`, in one piece or in several.
    """

    payable_kind = models.CharField(max_length=20, default="purchase")
    payable_id = models.BigIntegerField()
    gateway = models.CharField(max_length=20, help_text="demo, stripe, transfer")
    method = models.CharField(max_length=20, blank=True, help_text="card, alipay, wechat_pay, …")
    amount_fen = models.BigIntegerField(help_text="What is asked for, what came of it already included")
    received_fen = models.BigIntegerField(default=0, help_text="What came, before anything of it went back")
    state = models.CharField(max_length=10, choices=PaymentState.choices, default=PaymentState.STARTED)
    key = models.CharField(max_length=80, unique=True)
    provider_ref = models.CharField(max_length=120, blank=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="payment_positive"),
            models.CheckConstraint(condition=Q(received_fen__gte=0), name="payment_received_not_negative"),
            models.UniqueConstraint(
                fields=["gateway", "provider_ref"], condition=~Q(provider_ref=""), name="payment_provider_once"
            ),
        ]
        indexes = [models.Index(fields=["payable_kind", "payable_id"], name="payment_of_payable")]

    def __str__(self) -> str:
        return f"{self.gateway} {self.amount_fen}"


class Remittance(models.Model):
    """Money of a payment as it came: one line of the statement, or a provider's answer. Never changed."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="remittances")
    amount_fen = models.BigIntegerField()
    payer = models.CharField(max_length=120, blank=True, help_text="As on the statement")
    reference = models.CharField(max_length=60, blank=True, help_text="The bank's number of the line, as typed")
    reference_key = models.CharField(
        max_length=80, blank=True, help_text="Its letters and digits, by which lines are compared"
    )
    actor_id = models.BigIntegerField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="remittance_positive"),
            # One line of a statement may be split over several payments, but is booked once for each.
            models.UniqueConstraint(
                fields=["payment", "reference_key"], condition=~Q(reference_key=""), name="remittance_reference_once"
            ),
        ]
        indexes = [
            models.Index(fields=["reference_key"], condition=~Q(reference_key=""), name="remittance_by_reference")
        ]

    def __str__(self) -> str:
        return f"{self.payment_id} {self.amount_fen}"


class StatementLine(models.Model):
    """One line of the bank's statement: its number, its amount, and how much of it was booked.

    Who names a line books all of it, unless the line's own amount is said: then it is split, up to that amount.
    """

    reference = models.CharField(max_length=60, help_text="The bank's number of the line, as typed first")
    key = models.CharField(max_length=80, unique=True, help_text="Its letters and digits, by which lines are compared")
    amount_fen = models.BigIntegerField()
    booked_fen = models.BigIntegerField(default=0)
    is_stated = models.BooleanField(default=False, help_text="The amount was said, not only taken from a booking")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(booked_fen__gte=0, booked_fen__lte=F("amount_fen")), name="statement_line_within"
            )
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.amount_fen}"


class TransferSlip(models.Model):
    """A picture of the bank's slip, that the buyer added to an announced transfer; private, and proof of nothing."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="slips")
    picture = models.ForeignKey("catalog.Picture", on_delete=models.PROTECT, related_name="+")
    added_by_id = models.BigIntegerField(null=True, blank=True)
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"slip of {self.payment_id}"


class Refund(models.Model):
    """Money given back, through the gateway that took it; `order` is empty where no order took the money first.

    `key` makes it happen once. What a gateway can't send by itself waits, REQUESTED, until finance has paid it out:
    `provider_ref` or `proof` then says how, `paid_out_by_id` who.
    """

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    order = models.ForeignKey(
        "sales.OrderFacts", null=True, blank=True, on_delete=models.PROTECT, related_name="refunds"
    )
    amount_fen = models.BigIntegerField()
    reason = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=RefundState.choices, default=RefundState.REQUESTED)
    key = models.CharField(max_length=120, unique=True)
    provider_ref = models.CharField(max_length=120, blank=True)
    reference_key = models.CharField(
        max_length=80, blank=True, help_text="Of what finance paid: the letters and digits of the bank's reference"
    )
    proof = models.ForeignKey("catalog.Picture", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    paid_out_by_id = models.BigIntegerField(null=True, blank=True)
    account_version = models.PositiveIntegerField(
        null=True, blank=True, help_text="To which version of the purchase's account finance paid it"
    )
    payee_why = models.CharField(
        max_length=200, blank=True, help_text="Why it was paid to an account of another name than who paid"
    )
    requested_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="refund_positive"),
            # One payment of the bank, or one answer of a provider, pays one refund.
            models.UniqueConstraint(
                fields=["provider_ref"], condition=~Q(provider_ref=""), name="refund_reference_once"
            ),
            # However it is typed.
            models.UniqueConstraint(
                fields=["reference_key"], condition=~Q(reference_key=""), name="refund_reference_key_once"
            ),
        ]
        indexes = [
            models.Index(fields=["requested_at"], condition=Q(state="requested"), name="refund_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.amount_fen}"


class RefundAccount(models.Model):
    """Where the money of a purchase that was paid by bank transfer goes back to. Erased with its person, unless it was paid to."""

    purchase = models.OneToOneField(
        "sales.Purchase", primary_key=True, on_delete=models.PROTECT, related_name="refund_account"
    )
    holder = models.CharField(max_length=120)
    bank = models.CharField(max_length=80)
    number = models.CharField(max_length=34)
    version = models.PositiveIntegerField(default=1, help_text="Which word of it: finance pays to the one it saw")
    given_by_id = models.BigIntegerField(null=True, blank=True)
    way = models.CharField(max_length=8, blank=True, help_text="`states.Way`: by the phone of a guest's purchase")
    given_at = models.DateTimeField()
    salt = models.CharField(max_length=32, blank=True, help_text="Of its seal, which tells nothing once it is erased")

    def __str__(self) -> str:
        return f"account of {self.purchase_id}"


class PayTime(DatedRow):
    """How long a purchase may wait for its money, by what is bought, from a day on. A list kept by the platform.

    `kind` is the word before the colon of a line's price source ("drop"), or "pool" for any other pool carved out of
    the stock. Without `transfer_minutes` a bank transfer is not offered. Rows of days that passed stay as they are.
    """

    KINDS = (("drop", _("Flash sale in a live room")), ("pool", _("Any other pool")))

    kind = models.CharField(_("Kind of pool"), max_length=20, choices=KINDS)
    online_minutes = models.PositiveIntegerField(_("Minutes to pay online"))
    transfer_minutes = models.PositiveIntegerField(
        _("Minutes to pay by bank transfer"), null=True, blank=True, help_text=_("Empty: no bank transfer.")
    )
    document = models.CharField(_("Document or decision"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("time to pay for scarce goods")
        verbose_name_plural = _("times to pay for scarce goods")
        ordering = ["kind", "-valid_from"]
        constraints = [
            *dated_constraints("pay_time", "kind"),
            models.CheckConstraint(
                condition=Q(online_minutes__gt=0),
                name="pay_time_positive",
                violation_error_message=_("Enter at least one minute."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.valid_from}"


class WebhookEvent(models.Model):
    """What a provider told us, stored by its own event id before it is applied."""

    provider = models.CharField(max_length=20)
    event_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=60)
    payload = models.JSONField()
    received_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "event_id"], name="webhook_event_once")]

    def __str__(self) -> str:
        return f"{self.provider} {self.event_id}"
