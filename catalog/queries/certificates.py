"""Reading certificates: what they say, until when, how much of their year is sold."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet, Value
from django.db.models.functions import Replace, Upper
from django.utils import timezone
from django.utils.safestring import SafeString

from catalog.cardpress import shown
from catalog.models import Certificate, CertifiedListing, CertifiedYear, ListingCard, Picture
from catalog.rules.numbers import plain_number
from catalog.words import english, said
from shop.core.prepared import Prepared


@dataclass(frozen=True, slots=True)
class CertificateShown:
    """A certificate in the reader's language. Grams are of the year of its validity that runs; None where none does.

    `output_grams` is what it states for a year; `year_grams`, `year_from` and `year_until` are of the running one.
    `left_grams` may still be sold: None under a revoked one, whatever was not sold.
    """

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
    sold_grams: int | None = None
    year_grams: int | None = None
    year_from: date | None = None
    year_until: date | None = None
    revoked_at: datetime | None = None
    revoked_reason: str = ""

    @property
    def is_over(self) -> bool:
        """Whether its days are over: what was sold under it is no more."""
        return self.valid_until < timezone.localdate()

    @property
    def sold_percent(self) -> int:
        """How much of it is sold, in whole per cent, rounded down."""
        return (self.sold_grams or 0) * 100 // self.year_grams if self.year_grams else 0


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


_STANDING = Prepared(
    lambda listing_ids: (
        CertifiedListing.objects.filter(listing_id__in=listing_ids)
        .order_by("pk")
        .values_list(
            *("listing_id", "certificate_id", "certificate__is_revoked", "certificate__valid_until"),
            "certificate__revoked_at",
        )
    )
)


def standing(listing_ids: Iterable[int]) -> list[tuple[int, int, bool, date, datetime | None]]:
    """Return (listing, certificate, revoked, last day, revoked when) of what listings are sold under. One query.

    For pages kept by their facts: a certificate that is revoked or renewed makes them anew.
    """
    return _STANDING(sorted(set(listing_ids)))


def revoked_of(listing_id: int, today: date) -> list[CertificateShown]:
    """Return the revoked certificates that a listing is sold under. One query."""
    rows = Certificate.objects.filter(certified__listing=listing_id, is_revoked=True).order_by("pk")
    return [_shown(row, None, today) for row in rows]


@dataclass(frozen=True, slots=True)
class Revoked:
    """A certificate that was revoked, as it is named to who ordered under it."""

    kind_text: str
    number: str

    @property
    def words(self) -> str:
        """Its kind and number."""
        return f"{self.kind_text} {self.number}"


def revoked_among(certificate_ids: Collection[int]) -> dict[int, Revoked]:
    """Return those of some certificates that are revoked, by id. One query; none for none."""
    if not certificate_ids:
        return {}
    rows = Certificate.objects.filter(pk__in=certificate_ids, is_revoked=True)
    return {row.pk: Revoked(str(row.get_kind_display()), row.number) for row in rows}


def revoked_badges() -> QuerySet[CertifiedListing]:
    """Return what is sold under a revoked certificate without drawing its output."""
    return CertifiedListing.objects.filter(draws=False, certificate__is_revoked=True)


def revoked_badges_of(listing_ids: Collection[int]) -> dict[int, list[int]]:
    """Return, by listing, the revoked certificates (ids) that it is sold under without drawing their output. One query."""
    rows = revoked_badges().filter(listing__in=listing_ids)
    found: dict[int, list[int]] = {}
    for listing_id, certificate_id in rows.order_by("pk").values_list("listing_id", "certificate_id"):
        found.setdefault(listing_id, []).append(certificate_id)
    return found


def listings_under(certificate_id: int, *, draws: bool) -> list[int]:
    """Return the listings sold under a certificate that draw its output, or those that don't. One query."""
    rows = CertifiedListing.objects.filter(certificate=certificate_id, draws=draws).order_by("listing_id")
    return list(rows.values_list("listing_id", flat=True))


def number_of(typed: str) -> str | None:
    """Return the number of the certificate that was typed, with other case, width, spaces or dashes; None for none."""
    wanted = plain_number(typed)
    if not wanted:
        return None
    plain: Any = Upper("number")
    for mark in "-‐‑–—_.·/ ":
        plain = Replace(plain, Value(mark), Value(""))
    rows = Certificate.objects.alias(plain=plain).filter(plain=wanted).order_by("pk")
    return rows.values_list("number", flat=True).first()


def certificate_page(number: str, today: date) -> CertificatePage | None:
    """Return what a certificate's page shows, valid or not; None for an unknown number. Three queries."""
    row = Certificate.objects.filter(number=number).select_related("holder", "document").first()
    if row is None:
        return None
    years = CertifiedYear.objects.filter(certificate=row, starts_on__lte=today, ends_on__gte=today)
    year = years.select_related("account").first()
    cards = ListingCard.objects.filter(listing__certified__certificate=row).order_by("-rank", "listing_id")
    return CertificatePage(
        shown=_shown(row, year, today),
        holder_name=said(row.holder, "name"),
        holder_slug=row.holder.slug,
        cards=shown(cards.values_list("html_en" if english() else "html_zh", flat=True)),
        document=row.document,
    )


def _shown(row: Certificate, year: CertifiedYear | None, today: date) -> CertificateShown:
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
        left_grams=year.account.balance if year and not row.is_revoked else None,
        sold_grams=year.output_grams - year.account.balance if year else None,
        year_grams=year.output_grams if year else None,
        year_from=year.starts_on if year else None,
        year_until=year.ends_on if year else None,
        revoked_at=row.revoked_at,
        revoked_reason=row.revoked_reason,
    )
