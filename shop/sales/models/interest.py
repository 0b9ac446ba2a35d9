"""What the law lets a supplier claim of a public body that pays late: a number with dates and its document."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shop.core.models import DatedRow, dated_constraints


class LateInterest(DatedRow):
    """Interest a day on what is overdue, where the contract says nothing else. Nothing is charged by it: it is shown."""

    daily_bp = models.PositiveSmallIntegerField(
        _("Hundredths of a percent a day"), validators=[MaxValueValidator(100)], help_text=_("5 is 0.05 % a day.")
    )

    class Meta:
        ordering = ["-valid_from"]
        verbose_name = _("interest on late payment")
        verbose_name_plural = _("interest on late payment")
        constraints = [
            *dated_constraints("late_interest"),
            models.CheckConstraint(condition=Q(daily_bp__lte=100), name="late_interest_believable"),
        ]

    def __str__(self) -> str:
        return f"{self.daily_bp / 100:g} %"
