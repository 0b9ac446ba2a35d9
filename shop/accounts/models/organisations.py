"""Organisations (cooperatives, units, unions, beneficiaries, …) and who acts for them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Organisation(models.Model):
    """A legal body. What it sells, buys or receives lives with the package that deals with it."""

    class Kind(models.TextChoices):
        SUPPLIER = "supplier"
        BUDGET_UNIT = "budget_unit"
        SUPERVISING_UNIT = "supervising_unit"
        FINANCE_OFFICE = "finance_office"
        LABOR_UNION = "labor_union"
        BENEFICIARY = "beneficiary"
        DONOR = "donor"
        BUYER = "buyer"
        PLATFORM = "platform"

    kind = models.CharField(max_length=20, choices=Kind.choices)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True)
    credit_code = models.CharField(max_length=18, null=True, blank=True, unique=True, help_text="GB 32100")
    division = models.ForeignKey("core.Division", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    phone = models.CharField(max_length=20, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def __str__(self) -> str:
        return self.name_zh


class Membership(models.Model):
    """`user` acts for `organisation` in `role`."""

    class Role(models.TextChoices):
        OWNER = "owner"
        MEMBER = "member"
        BUYER = "buyer"
        APPROVER = "approver"
        FINANCE = "finance"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)
    joined_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [models.UniqueConstraint(fields=["user", "organisation", "role"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.organisation_id}"
