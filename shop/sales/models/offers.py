"""Who pays for an offer's discounts."""

from django.db import models


class OfferFunding(models.Model):
    """The payer of an Oscar offer; settlement reads it. Offers without one are the platform's."""

    class FundedBy(models.TextChoices):
        PLATFORM = "platform"
        SUPPLIER = "supplier"

    offer = models.OneToOneField(
        "offer.ConditionalOffer", primary_key=True, on_delete=models.CASCADE, related_name="funding"
    )
    funded_by = models.CharField(max_length=10, choices=FundedBy.choices, default=FundedBy.PLATFORM)

    def __str__(self) -> str:
        return f"{self.offer_id} {self.funded_by}"
