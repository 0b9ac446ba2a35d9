"""The policy as data, and what each unit declares for a year."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from procurement.states import CanteenMode, DeclarationState


class QuotaPolicy(models.Model):
    """The reserved share of a region from a year on, until a later row. "" is the whole country.

    `ratio_bp`: basis points of the canteen's yearly food spend (3000 = 30 %). Deadlines are "MM-DD" of the year.
    """

    region_code = models.CharField(max_length=6, blank=True)
    from_year = models.PositiveSmallIntegerField()
    ratio_bp = models.PositiveIntegerField()
    declare_by = models.CharField(max_length=5, default="03-31")
    fulfil_by = models.CharField(max_length=5, default="12-31")
    term_days = models.PositiveSmallIntegerField(default=60, help_text="账期: days to pay after acceptance")
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["region_code", "from_year"], name="policy_once"),
            models.CheckConstraint(condition=Q(ratio_bp__lte=10000), name="policy_at_most_all"),
        ]

    def __str__(self) -> str:
        return f"{self.name_zh} {self.from_year}"


class QuotaDeclaration(models.Model):
    """What a unit declares for one year. Amounts in 分; `reserved_fen` = canteen spend × ratio + the union's part.

    `version` counts the changes: who confirms says which one was read.
    """

    unit = models.ForeignKey("procurement.BudgetUnit", on_delete=models.PROTECT, related_name="declarations")
    year = models.PositiveSmallIntegerField()
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=10, choices=DeclarationState.choices, default=DeclarationState.DRAFT)
    canteen = models.CharField(max_length=10, choices=CanteenMode.choices, default=CanteenMode.OWN)
    represented_by = models.ForeignKey(
        "procurement.BudgetUnit", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    canteen_spend_fen = models.BigIntegerField(default=0)
    union_fen = models.BigIntegerField(default=0, help_text="What the labour union plans to buy on top")
    ratio_bp = models.PositiveIntegerField()
    canteen_reserved_fen = models.BigIntegerField(default=0)
    reserved_fen = models.BigIntegerField(default=0)
    policy = models.ForeignKey(QuotaPolicy, on_delete=models.PROTECT, related_name="+")
    contact_name = models.CharField(max_length=40, blank=True)
    contact_phone = models.CharField(max_length=20, blank=True)
    note = models.CharField(max_length=200, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "year"], name="declaration_once"),
            models.CheckConstraint(
                condition=Q(canteen_spend_fen__gte=0, union_fen__gte=0, reserved_fen__gte=0),
                name="declaration_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"declaration {self.unit_id} {self.year}"
