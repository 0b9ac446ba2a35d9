"""Reading certificates: what they say, until when, how much of their year is sold."""

from dataclasses import dataclass
from datetime import date

from django.utils.safestring import SafeString

from catalog.cardpress import shown
from catalog.models import Certificate, CertifiedYear, ListingCard, Picture
from catalog.words import english, said
from shop.core.prepared import Prepared


@dataclass(frozen=True, slots=True)
class CertificateShown:
    """A certificate in the reader's language. Grams are of this year; None where no output is stated."""

    number: str
    kind_text: str
    issuer: str
    scope: str
    area_mu: int | None
    valid_from: date
    valid_until: date
    is_valid: bool
    is_revoked: bool
    output_grams: int | None
    left_grams: int | None

    @property
    def sold_grams(self) -> int | None:
        """What was sold of this year's output."""
        if self.output_grams is None or self.left_grams is None:
            return None
        return self.output_grams - self.left_grams

    @property
    def sold_percent(self) -> int:
        """How much of it is sold, in whole per cent, rounded down."""
        return (self.sold_grams or 0) * 100 // self.output_grams if self.output_grams else 0


@dataclass(frozen=True, slots=True)
class CertificatePage:
    """A certificate, its holder and what is sold under it."""

    shown: CertificateShown
    holder_name: str
    holder_slug: str
    cards: list[SafeString]
    document: Picture | None


_OF_LISTING = Prepared(lambda pk: Certificate.objects.filter(certified__listing=pk, is_revoked=False).order_by("pk"))


def certificates_of(listing_id: int, today: date) -> list[CertificateShown]:
    """Return the valid certificates that a listing is sold under. One query; what is left stands on their own page."""
    found = (_shown(row, None, today) for row in _OF_LISTING(listing_id))
    return [each for each in found if each.is_valid]


def certificate_page(number: str, today: date) -> CertificatePage | None:
    """Return what a certificate's page shows, valid or not; None for an unknown number. Three queries."""
    row = Certificate.objects.filter(number=number).select_related("holder", "document").first()
    if row is None:
        return None
    year = CertifiedYear.objects.filter(certificate=row, year=today.year).select_related("account").first()
    cards = ListingCard.objects.filter(listing__certified__certificate=row).order_by("-rank", "listing_id")
    return CertificatePage(
        shown=_shown(row, year.account.balance if year else None, today),
        holder_name=said(row.holder, "name"),
        holder_slug=row.holder.slug,
        cards=shown(cards.values_list("html_en" if english() else "html_zh", flat=True)),
        document=row.document,
    )


def _shown(row: Certificate, left_grams: int | None, today: date) -> CertificateShown:
    return CertificateShown(
        number=row.number,
        kind_text=str(row.get_kind_display()),
        issuer=said(row, "issuer"),
        scope=said(row, "scope"),
        area_mu=row.area_mu,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        is_valid=row.valid_from <= today <= row.valid_until and not row.is_revoked,
        is_revoked=row.is_revoked,
        output_grams=row.yearly_output_grams,
        left_grams=left_grams,
    )
