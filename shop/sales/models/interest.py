"""What the law lets a supplier claim of a public body that pays late: a number with dates and its document."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class LateInterest(models.Model):
    """Interest a day on what is overdue, where the contract says nothing else. Nothing is charged by it: it is shown."""

    daily_bp = models.PositiveSmallIntegerField(
        _("Hundredths of a percent a day"), validators=[MaxValueValidator(100)], help_text=_("5 is 0.05 % a day.")
    )
    document = models.CharField(_("Document or decision"), max_length=200)
    valid_from = models.DateField(_("First day"))
    valid_until = models.DateField(
        _("Last day"), null=True, blank=True, help_text=_("Empty: until the next row begins.")
    )

    class Meta:
        ordering = ["-valid_from"]
        verbose_name = _("interest on late payment")
        verbose_name_plural = _("interest on late payment")
        constraints = [
            models.UniqueConstraint(
                fields=["valid_from"],
                name="late_interest_once",
                violation_error_message=_("A row that begins on this day exists already."),
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="late_interest_days",
                violation_error_message=_("The last day is before the first."),
            ),
            models.CheckConstraint(condition=Q(daily_bp__lte=100), name="late_interest_believable"),
        ]

    def __str__(self) -> str:
        return f"{self.daily_bp / 100:g} %"
