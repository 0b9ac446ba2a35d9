"""From which cut on a flash sale is asked once more."""

from dataclasses import dataclass
from datetime import date

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shop.core.models import DatedRow, dated_constraints


class DropBounds(DatedRow):
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

    class Meta:
        ordering = ["-valid_from"]
        verbose_name = _("bounds of flash sales")
        verbose_name_plural = _("bounds of flash sales")
        constraints = [
            *dated_constraints("drop_bounds"),
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
    row = DropBounds.in_force(day)
    if row is None:
        return Bounds(deep_percent=1, traded_days=7)
    return Bounds(row.deep_percent, row.traded_days)
