"""Parcels with their trace code, and what lots went into each."""

from django.db import models


class TracedParcel(models.Model):
    """A parcel that was sent. `shipment_id` is the sale's shipment: no key, for sales stand above."""

    supplier = models.ForeignKey("catalog.Supplier", on_delete=models.PROTECT, related_name="+")
    shipment_id = models.BigIntegerField(unique=True)
    code = models.CharField(max_length=12, unique=True)
    shipped_at = models.DateTimeField()
    scans = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.code


class ParcelLot(models.Model):
    """Pieces of one order line in a parcel that come from one lot."""

    parcel = models.ForeignKey(TracedParcel, on_delete=models.PROTECT, related_name="lots")
    lot = models.ForeignKey("traceability.ProduceLot", on_delete=models.PROTECT, related_name="parcels")
    event = models.ForeignKey("traceability.TraceEvent", on_delete=models.PROTECT, related_name="+")
    line_id = models.BigIntegerField()
    specification_id = models.BigIntegerField()
    pieces = models.PositiveIntegerField()
    grams = models.PositiveIntegerField()
    name_zh = models.CharField(max_length=140)
    name_en = models.CharField(max_length=240, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["parcel", "lot", "line_id"], name="parcel_lot_once")]
        indexes = [models.Index(fields=["line_id"], name="parcel_lot_of_line")]

    def __str__(self) -> str:
        return f"{self.parcel_id}: {self.lot_id} × {self.pieces}"
