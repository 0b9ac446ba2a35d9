"""How much there is. Written only by `catalog.operations.stock`."""

from django.db import models
from django.db.models import F, Q


class Stock(models.Model):
    """Pieces of one stock record in one pool. `main` is the shop's; drops, quotes and contracts carve their own.

    available = on_hand - reserved; Oscar's own counters decide nothing.
    """

    stockrecord = models.ForeignKey("partner.StockRecord", on_delete=models.PROTECT, related_name="pools")
    pool = models.CharField(max_length=40, default="main")
    on_hand = models.PositiveIntegerField(default=0)
    reserved = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stockrecord", "pool"], name="stock_pool_once"),
            models.CheckConstraint(condition=Q(reserved__lte=F("on_hand")), name="stock_not_oversold"),
        ]

    def __str__(self) -> str:
        return f"{self.stockrecord_id}/{self.pool}: {self.on_hand} - {self.reserved}"
