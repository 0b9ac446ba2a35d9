"""Events: written once, in one chain of hashes for each supplier. The database refuses to change or delete them."""

from django.db import models

from traceability.states import BizStep


class SupplierChain(models.Model):
    """The head of a supplier's chain; this row is locked while an event is appended."""

    supplier = models.OneToOneField(
        "catalog.Supplier", primary_key=True, on_delete=models.PROTECT, related_name="trace_chain"
    )
    length = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.supplier_id}: {self.length}"


class TraceEvent(models.Model):
    """What happened to a lot. `body` is the event in canonical JSON; the columns beside it repeat what is searched."""

    supplier = models.ForeignKey("catalog.Supplier", on_delete=models.PROTECT, related_name="+")
    lot = models.ForeignKey("traceability.ProduceLot", on_delete=models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField()
    step = models.CharField(max_length=16, choices=BizStep.choices)
    occurred_at = models.DateTimeField()
    body = models.TextField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["supplier", "seq"], name="event_number_once")]
        indexes = [models.Index(fields=["lot", "step"], name="event_of_lot")]

    def __str__(self) -> str:
        return f"{self.supplier_id}/{self.seq} {self.step}"
