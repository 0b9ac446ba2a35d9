"""Lots and what they were mixed from."""

from django.db import models
from django.db.models import F, Q

from traceability.states import LotKind, LotState


class ProduceLot(models.Model):
    """批次: what was harvested, or mixed, together.

    Weights are conserved, and the database says so too:

    harvested = packed + sorted out + not packed yet, and packed = assigned to parcels + mixed into others + gone + left.
    """

    supplier = models.ForeignKey("catalog.Supplier", on_delete=models.PROTECT, related_name="lots")
    listing = models.ForeignKey("catalog.Listing", on_delete=models.PROTECT, related_name="lots")
    base = models.ForeignKey("traceability.ProductionBase", on_delete=models.PROTECT, related_name="lots")
    plot = models.ForeignKey("traceability.Plot", null=True, blank=True, on_delete=models.PROTECT, related_name="lots")
    kind = models.CharField(max_length=8, choices=LotKind.choices, default=LotKind.HARVEST)
    code = models.CharField(max_length=24)
    product_zh = models.CharField(max_length=60, blank=True, help_text="As the product was called then")
    product_en = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=10, choices=LotState.choices, default=LotState.OPEN)
    harvested_on = models.DateField(help_text="Of a mix: the earliest of its parts")
    best_before = models.DateField(null=True, blank=True)
    harvested_grams = models.BigIntegerField()
    packed_grams = models.BigIntegerField(default=0)
    sorted_out_grams = models.BigIntegerField(default=0)
    mixed_grams = models.BigIntegerField(default=0, help_text="Packed, and then mixed into other lots")
    assigned_grams = models.BigIntegerField(default=0)
    owed_grams = models.BigIntegerField(
        default=0, help_text="Of what is gone: what orders that waited then had been promised of it, and still lack"
    )
    gone_grams = models.BigIntegerField(
        default=0, help_text="What was left when it was disposed of, finished or expired: none of it is on the shelf"
    )
    required_tests = models.JSONField(default=list, help_text="Tests without which it may not be packed")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["supplier", "code"], name="lot_code_once"),
            models.CheckConstraint(
                condition=Q(
                    packed_grams__gte=0,
                    sorted_out_grams__gte=0,
                    packed_grams__lte=F("harvested_grams") - F("sorted_out_grams"),
                ),
                name="lot_within_harvest",
            ),
            models.CheckConstraint(
                condition=Q(
                    assigned_grams__gte=0,
                    mixed_grams__gte=0,
                    gone_grams__gte=0,
                    assigned_grams__lte=F("packed_grams") - F("mixed_grams") - F("gone_grams"),
                ),
                name="lot_within_packed",
            ),
        ]
        indexes = [models.Index(fields=["listing", "state", "best_before"], name="lot_to_send")]

    def __str__(self) -> str:
        return self.code

    @property
    def left_grams(self) -> int:
        """What can still be sent: packed, and neither assigned to parcels, nor mixed into other lots, nor gone."""
        return self.packed_grams - self.assigned_grams - self.mixed_grams - self.gone_grams

    @property
    def unpacked_grams(self) -> int:
        """What was harvested and is neither packed nor sorted out yet."""
        return self.harvested_grams - self.packed_grams - self.sorted_out_grams


# Something of it is left; as `ProduceLot.left_grams` says.
HAS_LEFT = Q(packed_grams__gt=F("assigned_grams") + F("mixed_grams") + F("gone_grams"))


class LotSource(models.Model):
    """That grams of one lot went into a mix."""

    lot = models.ForeignKey(ProduceLot, on_delete=models.PROTECT, related_name="sources")
    source = models.ForeignKey(ProduceLot, on_delete=models.PROTECT, related_name="mixed_into")
    grams = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lot", "source"], name="lot_source_once"),
            models.CheckConstraint(condition=Q(grams__gt=0), name="lot_source_weighs"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} → {self.lot_id}"
