"""Who pays for an offer's discounts, whether it agreed, and what each line was reduced by."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shop.sales.states import ConsentState


class OfferFunding(models.Model):
    """The payer of an Oscar offer. Offers without one are the platform's; a supplier's reduces that supplier's lines only."""

    class FundedBy(models.TextChoices):
        PLATFORM = "platform", _("Platform")
        SUPPLIER = "supplier", _("Supplier")

    offer = models.OneToOneField(
        "offer.ConditionalOffer", primary_key=True, on_delete=models.CASCADE, related_name="funding"
    )
    funded_by = models.CharField(
        pgettext_lazy("offer", "Paid by"), max_length=10, choices=FundedBy.choices, default=FundedBy.PLATFORM
    )
    supplier = models.ForeignKey(
        "catalog.Supplier",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("Supplier"),
        help_text=_("Who pays, where a supplier does. It is asked, and the offer waits for its consent."),
    )

    class Meta:
        verbose_name = _("Who pays for the offer")
        verbose_name_plural = _("Who pays for the offer")
        constraints = [
            models.CheckConstraint(
                condition=Q(funded_by="platform", supplier__isnull=True)
                | Q(funded_by="supplier", supplier__isnull=False),
                name="funding_names_supplier",
            )
        ]

    def __str__(self) -> str:
        return str(self.get_funded_by_display())


class OfferConsent(models.Model):
    """One version of an offer's terms as a supplier was asked to fund it, and its answer. The terms are never changed.

    A changed offer makes a new version. `spent_fen` counts what it has taken off goods that are ordered and not given
    back, paid or not, within `most_fen`; what it costs is of what was paid (`queries.funding.costs_of`).
    """

    offer = models.ForeignKey("offer.ConditionalOffer", on_delete=models.PROTECT, related_name="consents")
    supplier = models.ForeignKey("catalog.Supplier", on_delete=models.PROTECT, related_name="offer_consents")
    version = models.PositiveIntegerField()
    terms = models.JSONField(help_text="The offer as it was when the supplier was asked")
    most_fen = models.BigIntegerField(help_text="The most that it can cost the supplier in all")
    spent_fen = models.BigIntegerField(default=0)
    ends_at = models.DateTimeField(help_text="When the offer ends")
    state = models.CharField(max_length=10, choices=ConsentState.choices, default=ConsentState.ASKED)
    reason = models.CharField(max_length=200, blank=True, help_text="Why it was declined or withdrawn")
    asked_at = models.DateTimeField()
    asked_by_id = models.BigIntegerField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["offer", "version"], name="consent_version"),
            models.UniqueConstraint(fields=["offer"], condition=~Q(state="replaced"), name="one_consent_counts"),
            models.CheckConstraint(
                condition=Q(spent_fen__gte=0, spent_fen__lte=F("most_fen")), name="consent_within_most"
            ),
            models.CheckConstraint(condition=Q(state__in=ConsentState.values), name="consent_state_known"),
        ]
        indexes = [models.Index(fields=["supplier", "state"], name="consent_of_supplier")]

    def __str__(self) -> str:
        return f"offer {self.offer_id} version {self.version}: {self.state}"


class LineDiscount(models.Model):
    """What one offer took off one line, and who pays for it. A line's rows add up to its discount."""

    line = models.ForeignKey("sales.LineFacts", on_delete=models.PROTECT, related_name="discounts")
    offer = models.ForeignKey("offer.ConditionalOffer", on_delete=models.PROTECT, related_name="+")
    consent = models.ForeignKey(
        OfferConsent,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="line_discounts",
        help_text="The supplier's consent where it pays; empty where the platform does",
    )
    offer_name = models.CharField(max_length=128)
    amount_fen = models.BigIntegerField()
    returned_fen = models.BigIntegerField(
        default=0, help_text="Of amount_fen: gone back with the line's goods, so nobody pays for it"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "offer"], name="line_discount_once"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="line_discount_positive"),
            models.CheckConstraint(
                condition=Q(returned_fen__gte=0, returned_fen__lte=F("amount_fen")), name="line_discount_returns_within"
            ),
        ]

    @property
    def left_fen(self) -> int:
        """What it takes off the goods that were kept."""
        return self.amount_fen - self.returned_fen

    def __str__(self) -> str:
        return f"{self.offer_name} -{self.amount_fen}"
