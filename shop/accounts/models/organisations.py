"""Organisations (cooperatives, units, unions, beneficiaries, …) and who acts for them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from shop.core.models import SealedRow


class Organisation(SealedRow):
    """A legal body. What it sells, buys or receives lives with the package that deals with it."""

    class Kind(models.TextChoices):
        SUPPLIER = "supplier", _("Supplier")
        BUDGET_UNIT = "budget_unit", _("Budget unit")
        SUPERVISING_UNIT = "supervising_unit", _("Supervising unit")
        FINANCE_OFFICE = "finance_office", _("Finance office")
        LABOR_UNION = "labor_union", _("Labour union")
        BENEFICIARY = "beneficiary", _("Beneficiary")
        DONOR = "donor", _("Donor")
        BUYER = "buyer", _("Buyer alliance")
        PLATFORM = "platform", _("Platform")

    kind = models.CharField(_("Kind"), max_length=20, choices=Kind.choices)
    name_zh = models.CharField(_("Name in Chinese"), max_length=120)
    name_en = models.CharField(_("Name in English"), max_length=160, blank=True)
    credit_code = models.CharField(
        _("Credit code"), max_length=18, null=True, blank=True, unique=True, help_text=_("18 characters (GB 32100)")
    )
    division = models.ForeignKey(
        "core.Division", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("Division")
    )
    phone = models.CharField(_("Phone"), max_length=20, blank=True)
    is_active = models.BooleanField(_("In use"), default=True)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def __str__(self) -> str:
        return self.name_zh


class Membership(SealedRow):
    """`user` acts for `organisation` in `role`."""

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        MEMBER = "member", _("Member")
        BUYER = "buyer", _("Buyer of a unit")
        APPROVER = "approver", _("Approver")
        FINANCE = "finance", _("Finance")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("account")
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("organisation")
    )
    role = models.CharField(_("Role"), max_length=20, choices=Role.choices)
    joined_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [models.UniqueConstraint(fields=["user", "organisation", "role"], name="membership_once")]

    def __str__(self) -> str:
        return str(self.get_role_display())
