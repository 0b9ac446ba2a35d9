"""The units' side of orders: which unit and year an order counts for, and how it was accepted."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from procurement.states import AcceptanceKind, CancelState, Fund, ReceiverKind


class UnitOrder(models.Model):
    """A unit's order. The year is that of the commitment, the order's day, and never moves; amounts are the order's.

    `counts_for` is the unit whose quota it fills: the representative's where the canteen is shared, else the unit's own.
    """

    order = models.OneToOneField("sales.OrderFacts", primary_key=True, on_delete=models.PROTECT, related_name="of_unit")
    unit = models.ForeignKey("procurement.BudgetUnit", on_delete=models.PROTECT, related_name="orders")
    request = models.ForeignKey(
        "procurement.PurchaseRequest", null=True, blank=True, on_delete=models.PROTECT, related_name="orders"
    )
    year = models.PositiveSmallIntegerField()
    fund = models.CharField(max_length=10, choices=Fund.choices, default=Fund.CANTEEN)
    counts_for = models.ForeignKey("procurement.BudgetUnit", on_delete=models.PROTECT, related_name="counted_orders")

    class Meta:
        indexes = [
            models.Index(fields=["unit", "year"], name="unit_order_of_year"),
            models.Index(fields=["counts_for", "year"], name="unit_order_counted"),
        ]

    def __str__(self) -> str:
        return f"order {self.order_id} of unit {self.unit_id}"


class CancelRequest(models.Model):
    """A buyer's wish to cancel an order that the unit approved, and what was decided on it. One waits at a time."""

    order = models.ForeignKey(UnitOrder, on_delete=models.PROTECT, related_name="cancel_requests")
    state = models.CharField(max_length=10, choices=CancelState.choices, default=CancelState.OPEN)
    reason = models.CharField(max_length=200)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=200, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["order"], condition=Q(state="open"), name="cancel_request_one_open")
        ]

    def __str__(self) -> str:
        return f"cancelling {self.order_id}: {self.state}"


class GoodsAcceptance(models.Model):
    """How a unit accepted one delivery of an order: who received it, what was short, in figures and words.

    `sequence` counts the order's acceptances from 1. One that time made, since nobody accepted within the days of the
    terms, is of kind BY_TIME and has no receiver. `short_fen` 分 were not charged, or given back.
    """

    order = models.ForeignKey("sales.OrderFacts", on_delete=models.PROTECT, related_name="acceptances")
    sequence = models.PositiveSmallIntegerField(default=1)
    unit = models.ForeignKey("procurement.BudgetUnit", on_delete=models.PROTECT, related_name="acceptances")
    kind = models.CharField(max_length=10, choices=AcceptanceKind.choices, default=AcceptanceKind.FORMAL)
    receiver_name = models.CharField(max_length=40, blank=True)
    receiver_account_id = models.BigIntegerField(null=True, blank=True, help_text="None for a name without an account")
    second_name = models.CharField(max_length=40, blank=True, help_text="Who received it together with the first")
    second_account_id = models.BigIntegerField(null=True, blank=True)
    second_kind = models.CharField(
        max_length=10, choices=ReceiverKind.choices, blank=True, help_text="Empty where nobody asked: before 2026-12"
    )
    short_fen = models.BigIntegerField(default=0)
    note = models.CharField(max_length=200, blank=True)
    actor_id = models.BigIntegerField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "sequence"], name="acceptance_sequence_once"),
            models.CheckConstraint(
                condition=Q(kind=AcceptanceKind.BY_TIME) | ~Q(receiver_name=""), name="acceptance_names_its_receiver"
            ),
            models.CheckConstraint(
                condition=Q(second_kind="", second_account_id=None)
                | Q(~Q(second_name=""), second_kind=ReceiverKind.MEMBER, second_account_id__isnull=False)
                | Q(~Q(second_name=""), second_kind=ReceiverKind.OUTSIDE, second_account_id=None),
                name="acceptance_second_is_member_or_outside",
            ),
        ]
        ordering = ["order", "sequence"]

    def __str__(self) -> str:
        return f"acceptance {self.sequence} of {self.order_id}"


class AcceptanceLine(models.Model):
    """What was accepted of one line of a delivery. Weight in grams of the accepted pieces, where it was weighed."""

    acceptance = models.ForeignKey(GoodsAcceptance, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey("sales.LineFacts", on_delete=models.PROTECT, related_name="acceptance_lines")
    sent = models.PositiveIntegerField()
    accepted = models.PositiveIntegerField()
    weighed_grams = models.PositiveBigIntegerField(null=True, blank=True)
    short_fen = models.BigIntegerField(default=0)
    weight_fen = models.BigIntegerField(default=0, help_text="Of short_fen: accepted pieces that weighed less")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(weight_fen__gte=0, weight_fen__lte=F("short_fen")),
                name="acceptance_line_weight_within_short",
            ),
            models.UniqueConstraint(fields=["acceptance", "line"], name="acceptance_line_once"),
            models.CheckConstraint(
                condition=Q(accepted__lte=F("sent"), short_fen__gte=0), name="acceptance_line_within_sent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.accepted} of {self.sent}"


class AcceptancePhoto(models.Model):
    """A photo taken at the door. Kept outside the public media."""

    acceptance = models.ForeignKey(GoodsAcceptance, on_delete=models.PROTECT, related_name="photos")
    picture = models.ForeignKey("catalog.Picture", on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"photo of {self.acceptance_id}"
