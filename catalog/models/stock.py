"""How much there is. Written only by `catalog.operations.stock`."""

from django.db import models
from django.db.models import F, Q

from catalog.states import STOCK_REASON_WAYS, StockChangeKind, StockReason


def _reasons_not(way: int) -> list[str]:
    return sorted(str(reason) for reason, ways in STOCK_REASON_WAYS.items() if way not in ways)


class Stock(models.Model):
    """Pieces of one stock record in one pool. `main` is the shop's; drops, quotes and contracts carve their own.

    available = on_hand - reserved; Oscar's own counters decide nothing.
    """

    stockrecord = models.ForeignKey("partner.StockRecord", on_delete=models.PROTECT, related_name="pools")
    pool = models.CharField(max_length=40, default="main")
    on_hand = models.PositiveIntegerField(default=0)
    reserved = models.PositiveIntegerField(default=0)
    owed = models.PositiveIntegerField(
        default=0, help_text="Of the reserved: not there, gone with their lot; new pieces come here first"
    )
    fresh = models.PositiveIntegerField(
        default=0, help_text="Entered while a lot of these goods was stopped: never part of that lot"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stockrecord", "pool"], name="stock_pool_once"),
            models.CheckConstraint(condition=Q(reserved__lte=F("on_hand")), name="stock_not_oversold"),
            models.CheckConstraint(condition=Q(owed__lte=F("on_hand")), name="stock_owes_what_it_counts"),
        ]

    def __str__(self) -> str:
        return f"{self.stockrecord_id}/{self.pool}: {self.on_hand} - {self.reserved}"


class StockChange(models.Model):
    """One change of a pool's pieces: who, when, why, before and after. Append-only: a mistake is another change.

    The last change's id of a stock record is the version that a stocktake names.
    """

    stockrecord = models.ForeignKey("partner.StockRecord", on_delete=models.PROTECT, related_name="stock_changes")
    pool = models.CharField(max_length=40)
    kind = models.CharField(max_length=10, choices=StockChangeKind.choices)
    pieces = models.IntegerField(help_text="Added; negative: taken")
    before = models.PositiveIntegerField()
    after = models.PositiveIntegerField()
    counted = models.PositiveIntegerField(
        null=True, blank=True, help_text="Pieces of a stocktake of the whole shelf; pieces that stay"
    )
    reason = models.CharField(max_length=20, blank=True, choices=StockReason.choices)
    note = models.CharField(max_length=120, blank=True)
    reference = models.CharField(max_length=40, blank=True, help_text="An order's number, or the other pool")
    key = models.CharField(max_length=80, null=True, unique=True, help_text="The same form twice is one change")
    actor_id = models.BigIntegerField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(after=F("before") + F("pieces")), name="stock_change_adds_up"),
            models.CheckConstraint(
                condition=~Q(reason__in=_reasons_not(1), pieces__gt=0) & ~Q(reason__in=_reasons_not(-1), pieces__lt=0),
                name="stock_change_reason_fits_its_way",
            ),
        ]
        indexes = [models.Index(fields=["stockrecord", "-id"], name="stock_changes_of")]

    def __str__(self) -> str:
        return f"{self.stockrecord_id}/{self.pool}: {self.before} → {self.after}"
