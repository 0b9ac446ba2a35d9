"""Which weights are believed, since when: an operator's rows."""

from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from shop.core.models import SealedRow
from shop.sales.weight_rules import WeightBounds


class WeightTerms(SealedRow):
    """Between which percents of what pieces should weigh a weight is believed. The row begun last is in force."""

    since = models.DateField(_("First day"), unique=True)
    least_percent = models.PositiveSmallIntegerField(
        _("At the door: least percent of the weight of the accepted pieces"),
        default=25,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("Lighter is a slip of the unit, or pieces that did not arrive."),
    )
    most_percent = models.PositiveSmallIntegerField(
        _("At the door: most percent of the weight of the accepted pieces"),
        default=200,
        validators=[MinValueValidator(100), MaxValueValidator(1000)],
        help_text=_("Heavier is a slip of the unit or the comma."),
    )
    packed_least_percent = models.PositiveSmallIntegerField(
        _("When packing: least percent of the weight that was charged"),
        default=34,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("Of goods charged by weight. Less is refused."),
    )
    packed_likely_percent = models.PositiveSmallIntegerField(
        _("When packing: least percent that is taken without asking"),
        default=66,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("Less has to be confirmed: the weight of one piece is easily entered for two."),
    )
    packed_most_percent = models.PositiveSmallIntegerField(
        _("When packing: most percent of the weight that was charged"),
        default=130,
        validators=[MinValueValidator(100), MaxValueValidator(1000)],
        help_text=_("What is above the weight that was charged is sent, and costs nothing."),
    )
    source = models.CharField(_("Document or decision"), max_length=200, blank=True)

    class Meta:
        ordering = ["-since"]
        verbose_name = _("weights that are believed")
        verbose_name_plural = _("weights that are believed")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    least_percent__gt=0, least_percent__lte=100, most_percent__gte=100,
                    packed_least_percent__gt=0, packed_least_percent__lte=F("packed_likely_percent"),
                    packed_likely_percent__lte=100, packed_most_percent__gte=100,
                ),
                name="weight_terms_around_what_is_due",
            ),
            models.CheckConstraint(
                condition=Q(least_percent__lt=F("most_percent")), name="weight_terms_least_below_most"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.since)

    def clean(self) -> None:
        """Refuse bounds between which nothing lies."""
        if self.least_percent and self.most_percent and self.least_percent >= self.most_percent:
            raise ValidationError({"least_percent": _("The least has to be below the most.")})
        if self.packed_least_percent and self.packed_likely_percent < self.packed_least_percent:
            raise ValidationError({"packed_likely_percent": _("This can't be less than the least.")})


def weight_bounds(day: date) -> WeightBounds:
    """Return the bounds in force on a day. One query."""
    row = WeightTerms.objects.filter(since__lte=day).order_by("-since").first()
    if row is None:
        return WeightBounds()
    return WeightBounds(
        row.least_percent,
        row.most_percent,
        row.packed_least_percent,
        row.packed_likely_percent,
        row.packed_most_percent,
    )
