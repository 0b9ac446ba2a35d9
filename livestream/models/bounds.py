"""From which cut on a flash sale is asked once more."""

from dataclasses import dataclass
from datetime import date

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class DropBounds(models.Model):
    """Which flash prices are deep cuts, that a host has to confirm. One row is in force on a day."""

    deep_percent = models.PositiveSmallIntegerField(
        _("Deep from so many percent off"),
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("A flash price that is so far below the shop's is asked once more, with both prices."),
    )
    traded_days = models.PositiveSmallIntegerField(
        _("Days of trade looked at"),
        validators=[MinValueValidator(1), MaxValueValidator(90)],
        help_text=_("So is a flash price below the lowest that was paid in so many days."),
    )
    document = models.CharField(_("Document or decision"), max_length=200)
    valid_from = models.DateField(_("First day"))
    valid_until = models.DateField(
        _("Last day"), null=True, blank=True, help_text=_("Empty: until the next row begins.")
    )

    class Meta:
        ordering = ["-valid_from"]
        verbose_name = _("bounds of flash sales")
        verbose_name_plural = _("bounds of flash sales")
        constraints = [
            models.UniqueConstraint(
                fields=["valid_from"],
                name="drop_bounds_once",
                violation_error_message=_("A row that begins on this day exists already."),
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="drop_bounds_days",
                violation_error_message=_("The last day is before the first."),
            ),
            models.CheckConstraint(
                condition=Q(deep_percent__gte=1, deep_percent__lte=100, traded_days__gte=1), name="drop_bounds_figures"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deep_percent} %"


@dataclass(frozen=True)
class Bounds:
    """What is in force on a day."""

    deep_percent: int
    traded_days: int


def drop_bounds(day: date) -> Bounds:
    """Return the bounds in force on a day; where no row is, every cut is deep. One query."""
    row = DropBounds.objects.filter(valid_from__lte=day).order_by("-valid_from").first()
    if row is None or (row.valid_until is not None and row.valid_until < day):
        return Bounds(deep_percent=1, traded_days=7)
    return Bounds(row.deep_percent, row.traded_days)
