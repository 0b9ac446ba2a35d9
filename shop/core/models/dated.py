"""Numbers of the platform that are in force from one day to another, each by a document."""

from datetime import date
from typing import Self, cast

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from shop.core.models.sealed_rows import SealedRow


class DatedRow(SealedRow):
    """A row that is in force from its first to its last day; without a last day until the next one begins."""

    document = models.CharField(_("Document or decision"), max_length=200)
    valid_from = models.DateField(_("First day"))
    valid_until = models.DateField(
        _("Last day"), null=True, blank=True, help_text=_("Empty: until the next row begins.")
    )

    class Meta:
        abstract = True

    @classmethod
    def in_force(cls, day: date) -> Self | None:
        """Return the row that is in force on a day, of a model that has one at a time; None where none is. One query."""
        rows = cls._default_manager.filter(valid_from__lte=day).order_by("-valid_from")
        row = cast("Self | None", rows.first())
        return None if row is None or (row.valid_until is not None and row.valid_until < day) else row


def dated_constraints(name: str, *kind: str) -> list[models.BaseConstraint]:
    """Return that rows of a kind begin on different days, and end after they begin; `name` begins the constraints' names."""
    return [
        models.UniqueConstraint(
            fields=[*kind, "valid_from"],
            name=f"{name}_once",
            violation_error_message=_("A row that begins on this day exists already."),
        ),
        models.CheckConstraint(
            condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
            name=f"{name}_days",
            violation_error_message=_("The last day is before the first."),
        ),
    ]
