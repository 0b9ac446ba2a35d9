"""What selling needs to know of a specification: everything, in one query."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import CharField, DateField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import CertifiedListing, CertifiedYear, Listing, ListingPicture, Specification, Stock, Supplier
from catalog.rules.seasons import in_season
from catalog.states import ListingState, SaleUnit
from shop.core.prepared import Prepared

MAIN_POOL = "main"


@dataclass(frozen=True, slots=True)
class SpecForSale:
    """One 规格 as it can be bought now. Amounts in 分, weights in grams, `available` in pieces of the main pool.

    `is_preorder`: it can't be bought now, out of its season or because its listing says so. `is_weighed`: the price
    is for `net_grams` at the most; what the piece weighs less is given back when it is packed.
    `available` is none while the certificate that it is sold under is not valid.
    """

    specification_id: int
    listing_id: int
    product_id: int
    stockrecord_id: int
    stock_id: int
    available: int
    price_fen: int
    sku: str
    partner_id: int
    supplier_id: int
    supplier_slug: str
    supplier_name_zh: str
    supplier_name_en: str
    holiday_until: date | None
    slug: str
    name_zh: str
    name_en: str
    spec_zh: str
    spec_en: str
    picture_key: str
    net_grams: int
    gross_grams: int
    storage_class: str
    purchase_limit: int | None
    is_sellable: bool
    is_preorder: bool
    is_fresh: bool
    damage_covered: bool
    ship_within_hours: int
    county_code: str
    village_id: int | None
    freight_template_id: int | None
    certificate_id: int | None = None
    certificate_from: date | None = None
    certificate_until: date | None = None
    certified_grams_left: int | None = None
    certificate_revoked: bool = False
    is_weighed: bool = False

    def lapsed_words(self) -> str:
        """Return why nothing is sold under its certificate, in the reader's language."""
        if self.certificate_revoked:
            return _("Its certificate was revoked: it can't be sold until it has another.")
        return _("Its certificate is not valid today: it can't be sold until renewed.")

    def is_certified_on(self, day: date) -> bool:
        """Tell whether the certificate that it is sold under is valid on `day`; always without one."""
        return stands(self.certificate_from, self.certificate_until, self.certificate_revoked, day)


def certified(day: str, listing: str = "listing_id") -> dict[str, Any]:
    """Return, as columns of specifications (or of what has its listing's id in `listing`), the certificate that the listing is sold under, and what is left of it.

    `certificate`, `certified_from`, `certified_until`, `is_revoked` are null where there is none that limits the sale;
    `grams_left` (on `day`, an ISO date) also outside of all years of its validity. A revoked one is there: nothing is
    sold under it.
    """
    own = CertifiedListing.objects.filter(listing=OuterRef(listing), draws=True)
    # Cast: the day may be a mark that a prepared query fills in later, which no date column would take.
    on = Cast(Value(day, output_field=CharField()), DateField())
    years = CertifiedYear.objects.filter(
        certificate__certified__listing=OuterRef(listing),
        certificate__certified__draws=True,
        starts_on__lte=on,
        ends_on__gte=on,
    )
    return {
        "certificate": Subquery(own.values("certificate_id")[:1]),
        "certified_from": Subquery(own.values("certificate__valid_from")[:1]),
        "certified_until": Subquery(own.values("certificate__valid_until")[:1]),
        "is_revoked": Subquery(own.values("certificate__is_revoked")[:1]),
        "grams_left": Subquery(years.values("account__balance")[:1]),
    }


def barred(today: date, listing: str = "listing_id") -> Exists:
    """Return the condition for rows whose listing (its id in `listing`) is not sold today: its certificate doesn't hold."""
    gone = Q(certificate__is_revoked=True) | Q(certificate__valid_until__lt=today)
    gone |= Q(certificate__valid_from__gt=today)
    return Exists(CertifiedListing.objects.filter(gone, listing=OuterRef(listing), draws=True))


def barred_words() -> str:
    """Return what a product that is approved, and not sold for its certificate, is said to be on every page."""
    return _("Can't be sold: its certificate does not hold")


def stands(valid_from: date | None, valid_until: date | None, is_revoked: bool | None, day: date) -> bool:
    """Tell whether what is sold under such a certificate may be sold on `day`; always without one."""
    if valid_from is None or valid_until is None:
        return True
    return not is_revoked and valid_from <= day <= valid_until


def _rows(ids: list[int], day: str) -> QuerySet[Any]:
    first_picture = (
        ListingPicture.objects.filter(listing=OuterRef("listing_id")).order_by("position", "pk").values("picture__key")
    )
    stock = Stock.objects.filter(stockrecord=OuterRef("stockrecord_id"), pool=MAIN_POOL)
    return (
        Specification.objects.filter(pk__in=ids)
        .annotate(
            stock_pk=Subquery(stock.values("pk")[:1]),
            left=Subquery(stock.annotate(left=F("on_hand") - F("reserved")).values("left")[:1]),
            listing_picture=Subquery(first_picture[:1]),
            **certified(day),
        )
        .values_list(
            "pk",
            "listing_id",
            "product_id",
            "stockrecord_id",
            "stock_pk",
            "left",
            "price_fen",
            "stockrecord__partner_sku",
            "stockrecord__partner_id",
            "listing__supplier_id",
            "listing__supplier__slug",
            "listing__supplier__name_zh",
            "listing__supplier__name_en",
            "listing__supplier__holiday_until",
            "listing__slug",
            "listing__name_zh",
            "listing__name_en",
            "text_zh",
            "text_en",
            "picture__key",
            "listing_picture",
            "net_grams",
            "gross_grams",
            "listing__storage_class",
            "listing__purchase_limit",
            "is_offered",
            "listing__state",
            "listing__supplier__is_active",
            "listing__is_preorder",
            "listing__is_fresh",
            "listing__damage_covered",
            "listing__ship_within_hours",
            "listing__county_id",
            "listing__village_id",
            "listing__freight_template_id",
            "listing__supplier__freight_template_id",
            "certificate",
            "certified_from",
            "certified_until",
            "grams_left",
            "listing__sale_unit",
            "listing__season_start",
            "listing__season_end",
            "is_revoked",
        )
    )


_for_sale = Prepared(_rows)


def specifications_for_sale(ids: Iterable[int]) -> dict[int, SpecForSale]:
    """Return what is for sale by specification id; an unknown id is absent. One query, whatever the number.

    A specification that can't be sold (withdrawn, not offered, supplier closed) is there, `is_sellable` false.
    """
    wanted = list(ids)
    if not wanted:
        return {}
    today = timezone.localdate()
    return {row[0]: _spec(row, today) for row in _for_sale(wanted, today.isoformat())}


def pieces_for_sale(pieces: int, grams_left: int | None, net_grams: int) -> int:
    """Return the pieces that can be sold: no more than there are, nor than the certificate's year has left."""
    if grams_left is None or not net_grams:
        return pieces
    return min(pieces, grams_left // net_grams)


def _spec(row: tuple, today: date) -> SpecForSale:
    is_valid = stands(row[37], row[38], row[43], today)
    return SpecForSale(
        specification_id=row[0],
        listing_id=row[1],
        product_id=row[2],
        stockrecord_id=row[3],
        stock_id=row[4] or 0,
        available=pieces_for_sale(row[5] or 0, row[39], row[21]) if is_valid else 0,
        price_fen=row[6],
        sku=row[7],
        partner_id=row[8],
        supplier_id=row[9],
        supplier_slug=row[10],
        supplier_name_zh=row[11],
        supplier_name_en=row[12] or row[11],
        holiday_until=row[13],
        slug=row[14],
        name_zh=row[15],
        name_en=row[16] or row[15],
        spec_zh=row[17],
        spec_en=row[18] or row[17],
        picture_key=row[19] or row[20] or "",
        net_grams=row[21],
        gross_grams=row[22],
        storage_class=row[23],
        purchase_limit=row[24],
        is_sellable=bool(row[25] and row[26] == ListingState.LIVE and row[27] and row[4]),
        is_preorder=row[28] or not in_season(timezone.localdate().month, row[41], row[42]),
        is_fresh=row[29],
        damage_covered=row[30],
        ship_within_hours=row[31],
        county_code=row[32],
        village_id=row[33],
        freight_template_id=row[34] or row[35],
        certificate_id=row[36],
        certificate_from=row[37],
        certificate_until=row[38],
        certified_grams_left=row[39],
        is_weighed=row[40] == SaleUnit.CATCH_WEIGHT,
        certificate_revoked=bool(row[43]),
    )


def ship_within(listing_ids: Iterable[int]) -> dict[int, int]:
    """Return the hours within which each listing is promised to ship."""
    return dict(Listing.objects.filter(pk__in=list(listing_ids)).values_list("pk", "ship_within_hours"))


def supplier_holidays(supplier_ids: Iterable[int]) -> dict[int, date | None]:
    """Return the day until which each supplier ships nothing."""
    return dict(Supplier.objects.filter(pk__in=list(supplier_ids)).values_list("pk", "holiday_until"))


def supplier_member_ids(supplier_id: int) -> list[int]:
    """Return the users who act for a supplier."""
    return list(
        Supplier.objects.filter(pk=supplier_id, organisation__memberships__isnull=False)
        .order_by("organisation__memberships__user_id")
        .values_list("organisation__memberships__user_id", flat=True)
        .distinct()
    )
