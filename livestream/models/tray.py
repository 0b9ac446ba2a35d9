"""What is shown and sold in a session."""

from django.db import models
from django.db.models import F, Q

from livestream.states import DropState


class TrayItem(models.Model):
    """A listing in a session's tray. `specification` is the one talked about; the sheet opens on it."""

    session = models.ForeignKey("livestream.LiveSession", on_delete=models.PROTECT, related_name="items")
    listing = models.ForeignKey("catalog.Listing", on_delete=models.PROTECT, related_name="+")
    specification = models.ForeignKey(
        "catalog.Specification", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["session", "listing"], name="tray_item_once")]

    def __str__(self) -> str:
        return f"{self.session_id}/{self.position}: {self.listing_id}"


class Drop(models.Model):
    """A flash sale 开抢 of one specification: `pieces` carved out of its stock into the pool `stock_id`, until `ends_at`.

    What is left goes back at the end (`returned`), what was of a lot that was disposed of is gone (`gone`); `number` counts the rounds of the session.
    """

    session = models.ForeignKey("livestream.LiveSession", on_delete=models.PROTECT, related_name="drops")
    item = models.ForeignKey(TrayItem, on_delete=models.PROTECT, related_name="drops")
    specification = models.ForeignKey("catalog.Specification", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    price_fen = models.PositiveIntegerField()
    list_fen = models.PositiveIntegerField(null=True, blank=True, help_text="The shop's price when it started")
    pieces = models.PositiveIntegerField()
    per_buyer = models.PositiveIntegerField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=DropState.choices, default=DropState.RUNNING)
    stock = models.ForeignKey("catalog.Stock", null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    returned = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0, help_text="Pieces of it that wait for a lot's test, as the room says")
    gone = models.PositiveIntegerField(default=0, help_text="Pieces of it that were disposed of with their lot")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session"], condition=Q(state="running"), name="one_drop_a_session"),
            models.UniqueConstraint(fields=["session", "number"], name="drop_number_once"),
            models.CheckConstraint(condition=Q(price_fen__gt=0, pieces__gt=0), name="drop_of_something"),
            models.CheckConstraint(condition=Q(returned__lte=F("pieces")), name="drop_returns_what_it_had"),
        ]

    def __str__(self) -> str:
        return f"{self.session_id}/{self.number}"
