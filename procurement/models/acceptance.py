"""The units' side of orders: which unit and year an order counts for, and how it was accepted."""

from django.db import models

from procurement.states import Fund


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
