"""Parcels: what was sent, by which carrier, with which number."""

from django.db import models
from django.db.models import Q


class Shipment(models.Model):
    """One parcel of an order."""

    order = models.ForeignKey("sales.OrderFacts", on_delete=models.PROTECT, related_name="shipments")
    carrier = models.CharField(max_length=20, help_text="Code, see Carrier")
    tracking_no = models.CharField(max_length=40)
    shipped_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(
        null=True, blank=True, help_text="When the buyer decided on its pieces: accepted or rejected"
    )
    track = models.JSONField(default=list, help_text="[{at, text_zh, text_en}], newest last")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["carrier", "tracking_no", "order"], name="parcel_once")]

    def __str__(self) -> str:
        return f"{self.carrier} {self.tracking_no}"


class ShipmentLine(models.Model):
    """How many pieces of a line are in a parcel."""

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey("sales.LineFacts", on_delete=models.PROTECT, related_name="shipment_lines")
    quantity = models.PositiveIntegerField()
    grams = models.PositiveIntegerField(null=True, blank=True, help_text="What a weighed line's pieces weigh together")
    piece_grams = models.JSONField(default=list, blank=True, help_text="Each piece's grams, where each was weighed")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shipment", "line"], name="parcel_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="parcel_line_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.shipment_id}: {self.quantity}"
