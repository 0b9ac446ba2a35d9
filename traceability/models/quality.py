"""Tests of lots, what tests are required, and the certificates that stand on them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from shop.core.models import DatedRow, dated_constraints
from traceability.states import Basis, PaperForm, TestKind


class TestRequirement(DatedRow):
    """That goods of a category (and those below it) are tested before they are packed: a rule with dates and a document."""

    __test__ = False

    category = models.ForeignKey(
        "catalogue.Category", verbose_name=_("Category"), on_delete=models.PROTECT, related_name="+"
    )
    item = models.CharField(_("Test"), max_length=60, help_text=_("What a test must name to be this one."))
    document = models.CharField(_("Document or decision"), max_length=120)

    class Meta:
        verbose_name = _("required test")
        verbose_name_plural = _("required tests")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")), name="requirement_days"
            ),
            models.UniqueConstraint(fields=["category", "item", "valid_from"], name="requirement_once"),
        ]

    def __str__(self) -> str:
        return f"{self.item} ({self.document})"


class KeepingLimit(DatedRow):
    """How long goods of a category (and those below it; none: all) may be stored and may keep: data with dates."""

    category = models.ForeignKey(
        "catalogue.Category", verbose_name=_("Category"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="+", help_text=_("Empty: all goods for which nothing else is said."),
    )  # fmt: skip
    stored_days = models.PositiveSmallIntegerField(_("Days in store"), help_text=_("From the harvest to the packing."))
    keeps_days = models.PositiveSmallIntegerField(
        _("Days that it keeps"), help_text=_("At most, where a product has no shelf life.")
    )
    document = models.CharField(_("Document or decision"), max_length=120)

    class Meta:
        verbose_name = _("limit of keeping")
        verbose_name_plural = _("limits of keeping")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")), name="keeping_limit_days"
            ),
            models.UniqueConstraint(fields=["category", "valid_from"], name="keeping_limit_once"),
            models.UniqueConstraint(
                fields=["valid_from"], condition=Q(category__isnull=True), name="keeping_limit_of_all_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stored_days} + {self.keeps_days} ({self.document})"


class HarvestTerm(DatedRow):
    """Until when a supplier records the harvest of goods that stay on sale though their lot is finished: data with dates.

    What was said to be of another harvest, on a day on which the row is in force, has that many days.
    """

    days = models.PositiveSmallIntegerField(
        _("Days to record a harvest"), help_text=_("Of goods that stay on sale when their lot is finished.")
    )

    class Meta:
        verbose_name = _("term to record a harvest")
        verbose_name_plural = _("terms to record a harvest")
        constraints = [
            *dated_constraints("harvest_term"),
            models.CheckConstraint(
                condition=Q(days__gt=0), name="harvest_term_days_positive",
                violation_error_message=_("Enter at least one day."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.days} ({self.document})"


class LabTest(models.Model):
    """A test of a lot. Its facts stand in its event too, so that a change shows."""

    lot = models.ForeignKey("traceability.ProduceLot", on_delete=models.PROTECT, related_name="tests")
    event = models.OneToOneField("traceability.TraceEvent", on_delete=models.PROTECT, related_name="test")
    kind = models.CharField(max_length=12, choices=TestKind.choices, default=TestKind.OWN)
    item = models.CharField(max_length=60)
    method = models.CharField(max_length=60, blank=True)
    result = models.CharField(max_length=60)
    passed = models.BooleanField()
    lab = models.CharField(max_length=60)
    report_no = models.CharField(max_length=40, blank=True)
    tested_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.item}: {self.result}"


class ConformityCertificate(models.Model):
    """承诺达标合格证 of one packing of a lot. Texts as they were when it was issued; all but the contact are sealed.

    `parents`: numbers of the certificates of what was mixed (form two). `salt`: of the producer's digest.
    """

    lot = models.ForeignKey("traceability.ProduceLot", on_delete=models.PROTECT, related_name="certificates")
    packing = models.OneToOneField(
        "traceability.TraceEvent", null=True, on_delete=models.PROTECT, related_name="certificate"
    )
    form = models.CharField(max_length=4, choices=PaperForm.choices, default=PaperForm.PRODUCER)
    number = models.CharField(max_length=40, unique=True)
    product = models.CharField(max_length=60)
    grams = models.BigIntegerField()
    producer = models.CharField(max_length=120)
    origin = models.CharField(max_length=120)
    contact = models.CharField(max_length=60, blank=True)
    basis = models.CharField(max_length=14, choices=Basis.choices, default=Basis.OWN_CONTROL)
    parents = models.JSONField(default=list, blank=True)
    issued_on = models.DateField()
    salt = models.CharField(max_length=32, blank=True)

    def __str__(self) -> str:
        return self.number
