"""What buyers' and suppliers' own pages need of the catalogue: favourites, reminders, a supplier's stock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.paginator import Page
from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import Listing, ListingPicture, Reminder, Specification, Stock, Supplier, Village
from catalog.places import short
from catalog.queries.certificates import revoked_badges
from catalog.queries.sale import barred, certified, stands
from catalog.rules.floors import lowest_live
from catalog.states import ListingState
from catalog.words import said
from shop.core.errors import DomainError, NotAllowed
from shop.core.paging import Turned, paged

REMINDERS_A_PAGE = 30
GOODS_A_PAGE = 30


@dataclass(frozen=True)
class ListingFacts:
    """A listing as it is now. `price_fen` is its lowest price, `available` the pieces left of all specifications.

    `is_barred`: none is, for its certificate does not hold. `has_revoked`: a certificate that it is sold under, without
    drawing its output, was revoked.
    """

    listing_id: int
    product_id: int
    slug: str
    name_zh: str
    name_en: str
    supplier_zh: str
    supplier_en: str
    price_fen: int
    available: int
    is_live: bool
    is_preorder: bool
    picture_key: str
    is_barred: bool
    has_revoked: bool


def listings_now(ids: Iterable[int]) -> dict[int, ListingFacts]:
    """Return listings as they are now, by id. One query."""
    today = timezone.localdate()
    first_picture = ListingPicture.objects.filter(listing=OuterRef("pk")).order_by("position", "pk")
    left = (
        Stock.objects.filter(
            stockrecord__specification__listing=OuterRef("pk"),
            stockrecord__specification__is_offered=True,
            pool="main",
        )
        .values("stockrecord__specification__listing")
        .annotate(left=Sum(F("on_hand") - F("reserved")))
        .values("left")
    )
    rows = (
        Listing.objects.filter(pk__in=list(ids))
        .annotate(
            price=Min("specifications__price_fen", filter=Q(specifications__is_offered=True)),
            left=Subquery(left),
            picture=Subquery(first_picture.values("picture__key")[:1]),
            has_revoked=Exists(revoked_badges().filter(listing=OuterRef("pk"))),
            **certified(today.isoformat(), "pk"),
        )
        .select_related("supplier")
    )
    return {
        row.pk: ListingFacts(
            listing_id=row.pk,
            product_id=row.product_id,
            slug=row.slug,
            name_zh=row.name_zh,
            name_en=row.name_en,
            supplier_zh=row.supplier.name_zh,
            supplier_en=row.supplier.name_en,
            price_fen=row.price or 0,
            available=(row.left or 0) if _may_be_sold(row, today) else 0,
            is_live=row.state == ListingState.LIVE and row.supplier.is_active and bool(row.price),
            is_preorder=row.is_preorder,
            picture_key=row.picture or "",
            is_barred=not _is_certified(row, today),
            has_revoked=row.has_revoked,
        )
        for row in rows
    }


def _may_be_sold(row: Any, today: date) -> bool:
    """Tell whether the certificate that a listing is sold under is valid, and something is left of its year."""
    return _is_certified(row, today) and row.grams_left != 0


def _is_certified(row: Any, today: date) -> bool:
    return stands(row.certified_from, row.certified_until, row.is_revoked, today)


def listing_facts(listing_id: int) -> ListingFacts | None:
    """Return one listing as it is now, or None."""
    return listings_now([listing_id]).get(listing_id)


def listing_product_id(listing_id: int) -> int:
    """Return the Oscar product of a listing."""
    return Listing.objects.values_list("product_id", flat=True).get(pk=listing_id)


@dataclass(frozen=True)
class Waiting:
    """A reminder that somebody asked for."""

    reminder_id: int
    kind: str
    asked_at: datetime
    sent_at: datetime | None
    listing: ListingFacts


def reminders_of(user: Any) -> list[Waiting]:
    """Return the user's reminders, the open ones first, the latest first. Two queries."""
    rows = list(
        Reminder.objects.filter(user=user).order_by(F("sent_at").asc(nulls_first=True), "-created_at")[
            :REMINDERS_A_PAGE
        ]
    )
    listings = listings_now({row.listing_id for row in rows})
    return [Waiting(row.pk, row.kind, row.created_at, row.sent_at, listings[row.listing_id]) for row in rows]


def awaited_listing_ids(*, most: int = 500) -> list[int]:
    """Return the listings that somebody waits for. One query."""
    waiting = Reminder.objects.filter(sent_at__isnull=True).order_by("listing_id")
    return list(waiting.values_list("listing_id", flat=True).distinct()[:most])


def supplier_goods(supplier_id: int, page: Turned = 1) -> Page[Any]:
    """Return a page of a supplier's specifications with `picture_key`. Two queries; `queries.shelf` has their stock."""
    first_picture = ListingPicture.objects.filter(listing=OuterRef("listing_id")).order_by("position", "pk")
    rows = (
        Specification.objects.filter(listing__supplier_id=supplier_id)
        .annotate(
            picture_key=Subquery(first_picture.values("picture__key")[:1]), is_barred=barred(timezone.localdate())
        )
        .select_related("listing")
        .order_by("listing__state", "listing_id", "position", "pk")
    )
    return paged(rows, page, GOODS_A_PAGE)


def goods_of_supplier(supplier_id: int, specification_id: int) -> Specification | None:
    """Return one specification of a supplier, its listing and `stock_id` with it, or None when it is somebody else's."""
    stock = Stock.objects.filter(stockrecord=OuterRef("stockrecord_id"), pool="main")
    return (
        Specification.objects.filter(pk=specification_id, listing__supplier_id=supplier_id)
        .select_related("listing")
        .annotate(stock_id=Subquery(stock.values("pk")[:1]), is_barred=barred(timezone.localdate()))
        .first()
    )


@dataclass(frozen=True)
class RunningOut:
    """A live specification with few pieces left."""

    name_zh: str
    name_en: str
    left: int


def running_out(supplier_id: int, *, below: int = 10) -> list[RunningOut]:
    """Return a supplier's live specifications with fewer than `below` pieces left, the fewest first. One query."""
    rows = (
        Stock.objects.filter(
            pool="main",
            stockrecord__specification__listing__supplier_id=supplier_id,
            stockrecord__specification__listing__state=ListingState.LIVE,
            stockrecord__specification__listing__is_preorder=False,
            stockrecord__specification__is_offered=True,
            on_hand__lt=F("reserved") + below,
        )
        .annotate(left=F("on_hand") - F("reserved"))
        .order_by("left", "pk")
        .values_list(
            "stockrecord__specification__listing__name_zh", "stockrecord__specification__listing__name_en", "left"
        )
    )
    return [RunningOut(*row) for row in rows[:5]]


@dataclass(frozen=True)
class SupplierBrief:
    """A supplier by name."""

    pk: int
    slug: str
    name_zh: str
    name_en: str
    holiday_until: Any = None


def suppliers_of(user: Any) -> list[SupplierBrief]:
    """Return the active suppliers that `user` acts for, in order. One query."""
    rows = (
        Supplier.objects.filter(
            is_active=True, organisation__is_active=True, organisation__memberships__user_id=user.pk
        )
        .order_by("pk")
        .distinct()
        .values_list("pk", "slug", "name_zh", "name_en", "holiday_until")
    )
    return [SupplierBrief(*row) for row in rows]


def active_suppliers() -> list[SupplierBrief]:
    """Return the active suppliers, in order. One query."""
    rows = Supplier.objects.filter(is_active=True, organisation__is_active=True).order_by("pk")
    return [SupplierBrief(*row) for row in rows.values_list("pk", "slug", "name_zh", "name_en", "holiday_until")]


def is_active_supplier(supplier_id: int) -> bool:
    """Tell whether there is such a supplier, and it is active. One query."""
    return Supplier.objects.filter(pk=supplier_id, is_active=True, organisation__is_active=True).exists()


def live_listing(listing_id: int) -> Listing | None:
    """Return a listing that shoppers may see, or None."""
    return Listing.objects.filter(pk=listing_id, state=ListingState.LIVE).first()


def supplier_on_sale(listing_id: int) -> int | None:
    """Return the supplier of a listing that shoppers may buy, or None. One query."""
    rows = Listing.objects.filter(pk=listing_id, state=ListingState.LIVE, supplier__is_active=True)
    return rows.values_list("supplier_id", flat=True).first()


def goods_for_tray(
    supplier_id: int | None, *, query: str = "", without: Iterable[int] = (), limit: int = 40
) -> list[tuple[int, str, str]]:
    """Return (listing id, name, supplier's name) of live listings whose name has `query`, in the reader's language. One query."""
    rows = Listing.objects.filter(state=ListingState.LIVE, supplier__is_active=True, is_preorder=False)
    if supplier_id is not None:
        rows = rows.filter(supplier_id=supplier_id)
    if query:
        rows = rows.filter(Q(name_zh__icontains=query) | Q(name_en__icontains=query))
    rows = rows.exclude(pk__in=list(without)).select_related("supplier").order_by("name_zh", "pk")
    return [(row.pk, said(row, "name"), said(row.supplier, "name")) for row in rows[:limit]]


@dataclass(frozen=True)
class SpecBrief:
    """A specification with its price in 分 and the pieces left in the shop, in the reader's language.

    `lowest_fen`: what hosts who don't act for its supplier may sell it at live.
    """

    specification_id: int
    listing_id: int
    text: str
    price_fen: int
    left: int
    supplier_id: int
    supplier: str
    lowest_fen: int


def specifications_of(listing_ids: Iterable[int]) -> list[SpecBrief]:
    """Return the offered specifications of listings. One query."""
    stock = Stock.objects.filter(stockrecord=OuterRef("stockrecord_id"), pool="main")
    rows = (
        Specification.objects.filter(listing_id__in=list(listing_ids), is_offered=True)
        .annotate(left=Subquery(stock.annotate(left=F("on_hand") - F("reserved")).values("left")[:1]))
        .select_related("listing__supplier")
        .order_by("listing_id", "position", "pk")
    )
    return [
        SpecBrief(
            specification_id=row.pk,
            listing_id=row.listing_id,
            text=said(row, "text"),
            price_fen=row.price_fen,
            left=max(row.left or 0, 0),
            supplier_id=row.listing.supplier_id,
            supplier=said(row.listing.supplier, "name"),
            lowest_fen=lowest_live(list_fen=row.price_fen, floor_fen=row.live_floor_fen),
        )
        for row in rows
    ]


def own_listing(supplier_id: int, listing_id: int) -> Listing | None:
    """Return a listing of a supplier with its county, or None when it is somebody else's."""
    return Listing.objects.filter(pk=listing_id, supplier_id=supplier_id).select_related("county").first()


def listings_of(supplier_id: int, *, most: int = 60) -> list[Listing]:
    """Return a supplier's listings that are live or become so, by name in order of age. One query."""
    shown = Listing.objects.filter(supplier_id=supplier_id).exclude(state=ListingState.WITHDRAWN)
    return list(shown.order_by("pk")[:most])


def first_pictures(listing_ids: Iterable[int]) -> dict[int, Any]:
    """Return the first picture of each listing. One query."""
    rows = ListingPicture.objects.filter(listing_id__in=list(listing_ids)).select_related("picture")
    return {row.listing_id: row.picture for row in rows.order_by("-position", "-pk")}


class ActsForNone(NotAllowed):
    """The person acts for no supplier."""

    code = "no_supplier"


class NotTheirSupplier(DomainError):
    """The person does not act for this supplier."""

    code = "not_found"
    status = 404


def supplier_acting(user: Any, slug: str = "") -> SupplierBrief:
    """Return the supplier called `slug` that `user` acts for, the first one without a name. One query.

    Raises ActsForNone, NotTheirSupplier.
    """
    found = suppliers_of(user)
    if not found:
        raise ActsForNone(_("You act for no supplier."))
    own = next((each for each in found if slug in ("", each.slug)), None)
    if own is None:
        raise NotTheirSupplier(_("You do not act for this supplier."))
    return own


def supplier_names(ids: Iterable[int]) -> dict[str, str]:
    """Return suppliers' names in the reader's language, by id as text. One query."""
    rows = Supplier.objects.filter(pk__in=list(ids)).only("name_zh", "name_en")
    return {str(row.pk): said(row, "name") for row in rows}


def supplier_counties() -> QuerySet[Supplier]:
    """Return the suppliers, as a part of other queries: where goods come from."""
    return Supplier.objects.order_by()


def village_names(ids: Iterable[int]) -> dict[str, str]:
    """Return villages' names with their county in the reader's language, by id as text. One query."""
    rows = Village.objects.filter(pk__in=list(ids)).select_related("county__parent")
    return {
        str(row.pk): _("%(village)s, %(county)s") % {"village": said(row, "name"), "county": short(row.county)}
        for row in rows
    }
