"""Lots, their tests and their certificates."""

from django.db import models
from django.db.models import F, Q

from traceability.states import Basis, LotState


class ProduceLot(models.Model):
    """批次: what was harvested together. `assigned_grams` never passes what was harvested."""

    supplier = models.ForeignKey("catalog.Supplier", on_delete=models.PROTECT, related_name="lots")
    listing = models.ForeignKey("catalog.Listing", on_delete=models.PROTECT, related_name="lots")
    base = models.ForeignKey("traceability.ProductionBase", on_delete=models.PROTECT, related_name="lots")
    plot = models.ForeignKey("traceability.Plot", null=True, blank=True, on_delete=models.PROTECT, related_name="lots")
    code = models.CharField(max_length=24)
    state = models.CharField(max_length=10, choices=LotState.choices, default=LotState.OPEN)
    harvested_on = models.DateField()
    best_before = models.DateField(null=True, blank=True)
    harvested_grams = models.BigIntegerField()
    assigned_grams = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["supplier", "code"], name="lot_code_once"),
            models.CheckConstraint(
                condition=Q(assigned_grams__gte=0, assigned_grams__lte=F("harvested_grams")),
                name="lot_within_harvest",
            ),
        ]
        indexes = [models.Index(fields=["listing", "state", "best_before"], name="lot_to_send")]

    @property
    def left_grams(self) -> int:
        """What can still be sent."""
        return self.harvested_grams - self.assigned_grams

    def __str__(self) -> str:
        return self.code


class LabTest(models.Model):
    """A test of a lot. Its facts stand in its event too, so that a change shows."""

    lot = models.ForeignKey(ProduceLot, on_delete=models.PROTECT, related_name="tests")
    event = models.OneToOneField("traceability.TraceEvent", on_delete=models.PROTECT, related_name="test")
    item = models.CharField(max_length=60)
    method = models.CharField(max_length=60, blank=True)
    result = models.CharField(max_length=60)
    passed = models.BooleanField()
    lab = models.CharField(max_length=60)
    report_no = models.CharField(max_length=40, blank=True)
    tested_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.item}: {self.result}"


class ConformityCertificate(models.Model):
    """承诺达标合格证 of a lot, as the rule of 1 February 2026 asks. Texts as they were when it was issued."""

    lot = models.OneToOneField(ProduceLot, on_delete=models.PROTECT, related_name="certificate")
    number = models.CharField(max_length=40, unique=True)
    product = models.CharField(max_length=60)
    grams = models.BigIntegerField()
    producer = models.CharField(max_length=60)
    origin = models.CharField(max_length=120)
    contact = models.CharField(max_length=60, blank=True)
    basis = models.CharField(max_length=14, choices=Basis.choices, default=Basis.OWN_CONTROL)
    issued_on = models.DateField()

    def __str__(self) -> str:
        return self.number
