"""The policy as data, and what each unit declares for a year."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from procurement.rules.quota import is_late, passed_on_fen
from procurement.states import Basis, CanteenMode, DeclarationState
from shop.core.models import SealedRow


class QuotaPolicy(SealedRow):
    """The reserved share of a region from a year on, until a later row or its last year. "" is the whole country.

    `ratio_bp`: basis points of what `basis` names (3000 = 30 %); `canteen` limits the row to units with such a canteen.
    Deadlines are "MM-DD" of the year. `cap_head_fen` is the most that may be spent on one person's gifts in the year.
    """

    region_code = models.CharField(
        _("Division code"), max_length=6, blank=True, help_text=_("Of 2, 4 or 6 digits. Empty: the whole country.")
    )
    basis = models.CharField(_("Taken of"), max_length=12, choices=Basis.choices, default=Basis.CANTEEN_FOOD)
    canteen = models.CharField(
        _("Canteen"), max_length=10, choices=CanteenMode.choices, blank=True, help_text=_("Empty: units of every kind.")
    )
    from_year = models.PositiveSmallIntegerField(_("First year in force"))
    until_year = models.PositiveSmallIntegerField(
        _("Last year in force"), null=True, blank=True, help_text=_("Empty: until the next row begins.")
    )
    cap_head_fen = models.PositiveIntegerField(
        _("Most a head and year, in fen"), null=True, blank=True, help_text=_("Of gifts of the labour union.")
    )
    document = models.CharField(_("Number of the document"), max_length=120, blank=True)
    ratio_bp = models.PositiveIntegerField(_("Hundredths of a percent"), help_text=_("3000 is 30 %."))
    declare_by = models.CharField(_("To be declared by"), max_length=5, default="03-31", help_text=_("Month and day."))
    fulfil_by = models.CharField(_("To be fulfilled by"), max_length=5, default="12-31", help_text=_("Month and day."))
    term_days = models.PositiveSmallIntegerField(_("Days to pay after acceptance"), default=30)
    name_zh = models.CharField(_("Name in Chinese"), max_length=60)
    name_en = models.CharField(_("Name in English"), max_length=80)

    class Meta:
        verbose_name = _("rule of the reserved share")
        verbose_name_plural = _("rules of the reserved share")
        constraints = [
            models.UniqueConstraint(fields=["region_code", "from_year", "basis", "canteen"], name="policy_once"),
            models.CheckConstraint(condition=Q(ratio_bp__lte=10000), name="policy_at_most_all"),
            # State Council order 802: 30 days, 60 at most where the contract says so.
            models.CheckConstraint(condition=Q(term_days__gte=1, term_days__lte=60), name="policy_term_within_law"),
        ]

    def __str__(self) -> str:
        return f"{self.name_zh} {self.from_year}"


class QuotaDeclaration(SealedRow):
    """What a unit declares for one year, as it was written last. Amounts in 分; `reserved_fen` = canteen's + union's share.

    `version` counts the changes: who confirms says which one was read. What counts is `in_force`, the version that was
    confirmed last: an amendment that waits or came back changes nothing of it. `accepted_at`: when the unit that is to
    represent this one said yes, to just this spend of the shared canteen's food.
    """

    not_sealed = {
        "submitted_by": "empty once the account is deleted; the audit trail says who",
        "decided_by": "empty once the account is deleted; the audit trail says who",
        "accepted_by": "empty once the account is deleted; the audit trail says who",
    }

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
    union_funds_fen = models.BigIntegerField(default=0, help_text="What the labour union has in the year")
    union_gifts_fen = models.BigIntegerField(default=0, help_text="What the labour union spends on gifts in the year")
    union_reserved_fen = models.BigIntegerField(default=0)
    shares = models.JSONField(default=list, help_text="What each policy row asks for: [{basis, base_fen, …}]")
    change_reason = models.CharField(max_length=200, blank=True, help_text="Why a confirmed one is amended")
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    accepted_at = models.DateTimeField(null=True, blank=True)
    in_force = models.ForeignKey(
        "procurement.DeclarationSnapshot", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
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

    @property
    def passed_on_fen(self) -> int:
        """What of it the representing unit owes in this one's place; 0 where no canteen is shared."""
        return passed_on_fen(self.canteen, self.canteen_spend_fen, self.ratio_bp)

    @property
    def asks_fen(self) -> int:
        """What confirming it reserves: the unit's own share, and the one that its representing unit takes over."""
        return self.reserved_fen + self.passed_on_fen

    @property
    def is_late(self) -> bool:
        """Whether the year was declared after its last day to declare; amending what is confirmed is never late."""
        if self.submitted_at is None or self.change_reason:
            return False
        return is_late(timezone.localdate(self.submitted_at), self.year, self.policy.declare_by)


class DeclarationSnapshot(SealedRow):
    """A declaration as it was confirmed, with the rule that it was worked out by. Append-only; names no person.

    `shares`: one entry for each policy row that binds: basis, base_fen, ratio_bp, reserved_fen, policy's id, name, document.
    """

    declaration = models.ForeignKey(QuotaDeclaration, on_delete=models.PROTECT, related_name="snapshots")
    unit = models.ForeignKey("procurement.BudgetUnit", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    version = models.PositiveIntegerField()
    canteen = models.CharField(max_length=10, choices=CanteenMode.choices)
    represented_by = models.ForeignKey(
        "procurement.BudgetUnit", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    canteen_spend_fen = models.BigIntegerField()
    union_fen = models.BigIntegerField()
    ratio_bp = models.PositiveIntegerField()
    policy = models.ForeignKey(QuotaPolicy, on_delete=models.PROTECT, related_name="+")
    shares = models.JSONField()
    canteen_reserved_fen = models.BigIntegerField()
    union_reserved_fen = models.BigIntegerField()
    reserved_fen = models.BigIntegerField()
    change_reason = models.CharField(max_length=200, blank=True)
    submitted_by_id = models.BigIntegerField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    confirmed_by_id = models.BigIntegerField(null=True, blank=True)
    confirmed_at = models.DateTimeField()

    class Meta:
        ordering = ["version"]
        constraints = [models.UniqueConstraint(fields=["declaration", "version"], name="declaration_snapshot_once")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.year} v{self.version}"

    @property
    def passed_on_fen(self) -> int:
        """What of it the representing unit owes in this one's place; 0 where no canteen is shared."""
        return passed_on_fen(self.canteen, self.canteen_spend_fen, self.ratio_bp)
