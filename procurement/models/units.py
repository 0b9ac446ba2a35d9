"""Budget units, in a tree under supervising units and finance offices."""

from django.db import models
from django.db.models import Q

from procurement.states import UnitKind
from shop.core.models import SealedRow


class BudgetUnit(SealedRow):
    """An organisation that buys on a budget, or oversees some that do. Its name and credit code are the organisation's.

    `path` is the ids from the top of the tree down to this unit, "/3/17/", so that a subtree is one prefix.
    `approvals`: 1 = the approver decides, 2 = finance decides after the approver.
    """

    organisation = models.OneToOneField("accounts.Organisation", on_delete=models.PROTECT, related_name="budget_unit")
    kind = models.CharField(max_length=20, choices=UnitKind.choices, default=UnitKind.UNIT)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    path = models.CharField(max_length=120, unique=True, null=True)
    region_code = models.CharField(max_length=6, help_text="Division whose policy holds, e.g. 440104")
    approvals = models.PositiveSmallIntegerField(default=2)
    people = models.PositiveIntegerField(default=0, help_text="Who eats in the canteen")
    ship_name = models.CharField(max_length=40, blank=True)
    ship_phone = models.CharField(max_length=20, blank=True)
    ship_division = models.ForeignKey(
        "core.Division", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ship_street = models.CharField(max_length=160, blank=True)
    needs_two_receivers = models.BooleanField(
        default=False, help_text="Two people accept together: school canteens, since 2025"
    )
    terms = models.CharField(max_length=10, default="postpaid", help_text="What is offered first: prepaid, postpaid")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(approvals__in=[1, 2]), name="unit_one_or_two_approvals")]

    def __str__(self) -> str:
        return f"unit {self.pk}"


class UnitPayer(models.Model):
    """A registered account that a unit pays from: a transfer from it needs no explanation. Ended, never edited."""

    unit = models.ForeignKey(BudgetUnit, on_delete=models.PROTECT, related_name="payers")
    name = models.CharField(max_length=120, help_text="The account's holder, as it stands on a statement")
    bank = models.CharField(max_length=80)
    account = models.CharField(max_length=34, help_text="Digits only")
    added_by_id = models.BigIntegerField(null=True, blank=True)
    added_at = models.DateTimeField()
    ended_by_id = models.BigIntegerField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "account"], condition=Q(ended_at__isnull=True), name="unit_payer_once"
            )
        ]

    def __str__(self) -> str:
        return f"payer of unit {self.unit_id}"
