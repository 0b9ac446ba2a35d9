"""The units' side of orders: which unit and year an order counts for, and how it was accepted."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from procurement.states import CancelState, Fund


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
    """How a unit accepted an order; the accepted pieces stand on the order's lines. `short_fen` was not charged."""

    order = models.OneToOneField(
        "sales.OrderFacts", primary_key=True, on_delete=models.PROTECT, related_name="acceptance"
    )
    unit = models.ForeignKey("procurement.BudgetUnit", on_delete=models.PROTECT, related_name="acceptances")
    short_fen = models.BigIntegerField(default=0)
    note = models.CharField(max_length=200, blank=True)
    actor_id = models.BigIntegerField(null=True, blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"acceptance of {self.order_id}"


class AcceptancePhoto(models.Model):
    """A photo taken at the door."""

    acceptance = models.ForeignKey(GoodsAcceptance, on_delete=models.PROTECT, related_name="photos")
    picture = models.ForeignKey("catalog.Picture", on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"photo of {self.acceptance_id}"
