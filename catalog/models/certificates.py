"""Certificates 认证: what a supplier may say of its goods, and how much of them there can be in a year."""

from django.db import models
from django.db.models import F, Q

from catalog.states import CertificateKind
from shop.core.models import SealedRow


class Certificate(SealedRow):
    """One certificate. `yearly_output_grams` is, for each year of its validity, a balance that every sale under it draws."""

    not_sealed = {"document": "a scan, which goes with its file; what counts is in the other columns"}

    kind = models.CharField(max_length=12, choices=CertificateKind.choices)
    number = models.CharField(max_length=40, unique=True)
    issuer_zh = models.CharField(max_length=60)
    issuer_en = models.CharField(max_length=100, blank=True)
    holder = models.ForeignKey("catalog.Supplier", on_delete=models.PROTECT, related_name="certificates")
    scope_zh = models.CharField(max_length=120, help_text="The products, as the certificate says, e.g. 金柚、柚子")
    scope_en = models.CharField(max_length=160, blank=True)
    area_mu = models.PositiveIntegerField(null=True, blank=True, help_text="亩")
    valid_from = models.DateField()
    valid_until = models.DateField(help_text="Its last day")
    yearly_output_grams = models.BigIntegerField(null=True, blank=True, help_text="克 a year; empty: not stated")
    document = models.ForeignKey("catalog.Picture", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    is_revoked = models.BooleanField(default=False)
    revoked_at = models.DateTimeField(null=True, blank=True, help_text="From then on nothing is sold under it")
    revoked_reason = models.CharField(max_length=200, blank=True, help_text="As its holder reads it")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(valid_until__gte=F("valid_from")), name="certificate_days"),
            models.CheckConstraint(
                condition=Q(yearly_output_grams__isnull=True) | Q(yearly_output_grams__gt=0),
                name="certificate_output_positive",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class CertifiedYear(SealedRow):
    """The ledger account of what one certificate can still sell in one year of its validity (`rules.output`).

    Not a calendar year: it begins on the certificate's first day or an anniversary of it; `year` is that day's.
    Written by `catalog.operations.output`.
    """

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="years")
    year = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="Its last day")
    output_grams = models.BigIntegerField()
    account = models.OneToOneField("core.Account", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["certificate", "year"], name="certified_year_once"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="certified_year_days"),
        ]

    def __str__(self) -> str:
        return f"{self.certificate_id} {self.year}"


class CertifiedListing(SealedRow):
    """A listing sold under a certificate. It draws the output of one at most: that with `draws`."""

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="certified")
    listing = models.ForeignKey("catalog.Listing", on_delete=models.PROTECT, related_name="certified")
    draws = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["certificate", "listing"], name="certified_listing_once"),
            models.UniqueConstraint(fields=["listing"], condition=Q(draws=True), name="certified_listing_draws_one"),
        ]

    def __str__(self) -> str:
        return f"{self.certificate_id} {self.listing_id}"
