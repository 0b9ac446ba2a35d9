"""From which discount on an offer of the platform's needs bounds and a second person, and who that was."""

from datetime import date

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from shop.core.models import DatedRow, SealedRow, dated_constraints


class OfferBounds(DatedRow):
    """From how many percent off an offer that the platform pays for is deep. One row is in force on a day."""

    deep_percent = models.PositiveSmallIntegerField(
        _("Deep from so many percent off"),
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("An offer of the platform's that may take so much off needs an end, a budget and a second person."),
    )

    class Meta:
        ordering = ["-valid_from"]
        verbose_name = _("bounds of offers")
        verbose_name_plural = _("bounds of offers")
        constraints = [
            *dated_constraints("offer_bounds"),
            models.CheckConstraint(
                condition=Q(deep_percent__gte=1, deep_percent__lte=100), name="offer_bounds_percent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deep_percent} %"


class OfferApproval(SealedRow):
    """A second person's word on the terms of a deep offer: who set them, who approved them. Other terms need another."""

    offer = models.ForeignKey("offer.ConditionalOffer", on_delete=models.PROTECT, related_name="approvals")
    terms = models.JSONField(help_text="The offer as it was when approval was asked for")
    asked_by_id = models.BigIntegerField(null=True, blank=True)
    asked_at = models.DateTimeField()
    approved_by_id = models.BigIntegerField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["offer"], condition=Q(approved_at__isnull=True), name="one_approval_waits"),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True, approved_by_id__isnull=True)
                | (Q(approved_at__isnull=False, approved_by_id__isnull=False) & ~Q(approved_by_id=F("asked_by_id"))),
                name="approved_by_a_second_person",
            ),
        ]

    def __str__(self) -> str:
        return f"offer {self.offer_id}: {'approved' if self.approved_at else 'waits'}"


def deep_percent(day: date) -> int:
    """Return from how many percent off an offer is deep on a day; any is where no row is in force. One query."""
    row = OfferBounds.in_force(day)
    return row.deep_percent if row is not None else 1
