"""A product's page: everything on it, in few queries."""

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import F, OuterRef, Subquery
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from catalog import hooks
from catalog.models import Listing, ListingPicture, Specification, Stock
from catalog.pictures import Rendition, rendition
from catalog.places import short
from catalog.queries.certificates import CertificateShown, certificates_of, revoked_of
from catalog.queries.delivery import Delivery, days_left, delivery_of, division_code
from catalog.queries.neighbours import similar_cards
from catalog.queries.sale import MAIN_POOL, certified, pieces_for_sale, stands
from catalog.queries.tree import Node, category_tree
from catalog.rules.seasons import in_season, season_months
from catalog.rules.units import unit_fen
from catalog.states import ListingState
from catalog.units import unit_price_text
from catalog.words import english, said
from shop.core.models import Division
from shop.core.prepared import Prepared

REVIEWS_SHOWN = 3
REVIEWS_PER_PAGE = 10


@dataclass(slots=True)
class Choice:
    """One specification on the page. `reason` is empty when it can be bought."""

    pk: int
    labels: list[str]
    text: str
    price_fen: int
    was_fen: int | None
    unit_price: str
    available: int
    net: str
    picture: Rendition | None
    gross_grams: int
    unit_fen: int | None
    is_certified: bool = True
    is_revoked: bool = False
    net_grams: int = 0

    @property
    def can_buy(self) -> bool:
        """Tell whether a piece is left."""
        return self.available > 0


@dataclass(slots=True)
class ProductPage:
    """All that a product's page shows.

    `dates` are of the lot that a piece bought now comes from; without them `undated` says why (`states.Undated`), "" of
    a product that has no lots.
    """

    listing: Listing
    choices: list[Choice]
    chosen: Choice
    axes: list[dict[str, Any]]
    pictures: list[Rendition]
    delivery: Delivery
    reviews: list[hooks.Review]
    similar: list[SafeString]
    trail: list[Node]
    waits: bool
    months: list[int]
    month: int
    place: str
    farmers_fen: int | None
    good_percent: int | None
    most: int = 0
    dates: hooks.LotDates | None = None
    undated: str = ""
    certificates: list[CertificateShown] = field(default_factory=list)
    revoked: list[CertificateShown] = field(default_factory=list)

    @property
    def dated_pieces(self) -> int | None:
        """The pieces that the dates hold for, where that is not all that can be bought; else None."""
        return self.dates.pieces if self.dates is not None and self.dates.pieces < self.most else None

    @property
    def is_lapsed(self) -> bool:
        """Whether it can't be bought because the certificate that it is sold under is not valid today."""
        return not self.chosen.is_certified


_PLACE = ("name_zh", "name_en", "level", "is_assisted", "is_watched")
_PICTURE = ("key", "widths", "width", "height", "ground", "alt_zh", "alt_en")
# Only what the page shows: half of its cost would be columns that nobody reads.
_SHOWN = (
    *(field.attname for field in Listing._meta.concrete_fields if field.attname != "updated_at"),
    *(f"county__{name}" for name in ("parent_id", *_PLACE)),
    *(f"county__parent__{name}" for name in ("parent_id", *_PLACE)),
    *(f"village__{name}" for name in ("slug", "name_zh", "name_en", "township_zh", "township_en", "picture_id")),
    *(f"village__picture__{name}" for name in _PICTURE),
    *(
        f"supplier__{name}"
        for name in (
            *("slug", "name_zh", "name_en", "households", "county_recommended", "freight_template_id"),
            *("holiday_until", "is_active", "picture_id"),
        )
    ),
    *(f"supplier__picture__{name}" for name in _PICTURE),
)
_LISTINGS = Listing.objects.select_related("supplier__picture", "village__picture", "county__parent").only(*_SHOWN)


_listing_of = Prepared(lambda slug: _LISTINGS.filter(slug=slug))


def _listing(slug: str) -> Listing | None:
    return next(iter(_listing_of(slug)), None)


def _left() -> Subquery:
    """Return pieces left of a specification, as a column."""
    stock = Stock.objects.filter(stockrecord=OuterRef("stockrecord_id"), pool=MAIN_POOL)
    return Subquery(stock.annotate(left=F("on_hand") - F("reserved")).values("left")[:1])


_version_of = Prepared(
    lambda slug, day: (
        Specification.objects.filter(
            listing__slug=slug, is_offered=True, listing__state=ListingState.LIVE, listing__supplier__is_active=True
        )
        .order_by("position", "pk")
        .annotate(left=_left(), **certified(day))
        .values_list(
            *("pk", "price_fen", "was_fen", "left", "grams_left", "listing__card__built_at", "listing__updated_at"),
            *("certificate", "certified_from", "certified_until", "is_revoked"),
            *("listing__review_count", "listing__sold_count", "listing__supplier__holiday_until"),
            *("listing_id", "net_grams"),
        )
    )
)


def product_version(slug: str, *, to: str | None, chosen: str | None, at: datetime) -> str | None:
    """Return a name for exactly what a product's page shows now; None when it is not on sale. One query, and the lots'.

    It changes with every price and piece of stock, with the lots that will ship, with the listing (whose card is built again when it changes),
    the reader's language, the place of delivery and the day. What is kept under it can be old only in freight and in
    the other products shown: by as long as it is kept.
    """
    rows = _version_of(slug, timezone.localdate(at).isoformat())
    if not rows:
        return None
    wanted = chosen if any(str(row[0]) == chosen for row in rows) else ""
    lots = hooks.lots_of(rows[0][-2], {row[-1] for row in rows}, at)
    facts = repr((slug, get_language(), division_code(to), wanted, timezone.localtime(at).date(), rows, lots))
    return f"catalog:product:{hashlib.sha256(facts.encode()).hexdigest()[:40]}"


def product_page(slug: str, *, to: str | None, chosen: str | None, at: datetime) -> ProductPage | Listing | None:
    """Return a product's page; the bare listing when it is not on sale any more, None when there never was one.

    `to` is a division code, `chosen` a specification's id as text; either may be nonsense. Eight queries, one less
    without reviews.
    """
    listing = _listing(slug)
    if listing is None:
        return None
    if listing.state != ListingState.LIVE or not listing.supplier.is_active:
        return listing if listing.state in {ListingState.WITHDRAWN, ListingState.LIVE} else None
    month = timezone.localtime(at).month
    waits = listing.is_preorder or not in_season(month, listing.season_start, listing.season_end)
    choices = _choices(listing, at)
    if not choices:
        return listing
    choice = _pick(choices, chosen)
    lots = hooks.LotsNow() if waits else hooks.lots_of(listing.pk, [choice.net_grams], at)
    most = choice.available if listing.purchase_limit is None else min(choice.available, listing.purchase_limit)
    pictures = _pictures(listing)
    if not pictures and choice.picture:
        pictures = [choice.picture]
    tree = category_tree()
    node = tree.by_pk.get(listing.category_id)
    trail = [tree.by_pk[node.top_pk], node] if node and not node.is_top else [node] if node else []
    return ProductPage(
        listing=listing,
        choices=choices,
        chosen=choice,
        axes=_axes(listing, choices, choice),
        pictures=pictures,
        delivery=delivery_of(listing, choice, lots, to=to, at=at),
        reviews=hooks.reviews_of(listing.pk, REVIEWS_SHOWN),
        similar=similar_cards(listing),
        trail=trail,
        waits=waits,
        months=season_months(listing.season_start, listing.season_end),
        month=month,
        place=_origin(listing),
        farmers_fen=_share(choice.price_fen, listing.farmers_share_percent),
        good_percent=_percent(listing.review_good_count, listing.review_count),
        most=0 if waits else most,
        dates=lots.dates.get(choice.net_grams),
        undated=lots.undated.get(choice.net_grams, ""),
        certificates=certificates_of(listing.pk, timezone.localdate(at)),
        revoked=revoked_of(listing.pk, timezone.localdate(at)) if choice.is_revoked else [],
    )


def _share(price_fen: int, percent: int | None) -> int | None:
    return price_fen * percent // 100 if percent else None


def _percent(part: int, whole: int) -> int | None:
    """Return a percentage, truncated: never rounded up to 100."""
    return part * 100 // whole if whole else None


def _origin(listing: Listing) -> str:
    rows = [listing.county]
    if listing.county.parent and listing.county.parent.level > Division.Level.PROVINCE:
        rows.insert(0, listing.county.parent)
    names = [short(row) for row in rows]
    if listing.village:
        names += [said(listing.village, "township"), said(listing.village, "name")]
    names = [name for name in names if name]
    return ", ".join(reversed(names)) if english() else " ".join(names)


_specifications_of = Prepared(
    lambda pk, day: (
        Specification.objects.filter(listing=pk, is_offered=True)
        .select_related("picture")
        .annotate(left=_left(), **certified(day))
        .order_by("position", "pk")
    )
)
_pictures_of = Prepared(
    lambda pk: ListingPicture.objects.filter(listing=pk).select_related("picture").order_by("position", "pk")
)


def _available(row: Any, today: date) -> int:
    """Return the pieces that can be sold: none while the certificate that limits the sale is not valid."""
    if not stands(row.certified_from, row.certified_until, row.is_revoked, today):
        return 0
    return pieces_for_sale(max(row.left or 0, 0), row.grams_left, row.net_grams)


def _choices(listing: Listing, at: datetime) -> list[Choice]:
    today = timezone.localdate(at)
    return [
        Choice(
            pk=row.pk,
            labels=[_label(label) for label in row.labels],
            text=said(row, "text"),
            price_fen=row.price_fen,
            was_fen=row.was_fen if row.was_fen and row.was_fen > row.price_fen else None,
            unit_price=unit_price_text(listing.sale_unit, row),
            available=_available(row, today),
            is_certified=stands(row.certified_from, row.certified_until, row.is_revoked, today),
            is_revoked=bool(row.is_revoked),
            net=net_text(row),
            picture=_rendition(row.picture) if row.picture else None,
            gross_grams=row.gross_grams,
            net_grams=row.net_grams,
            unit_fen=unit_fen(
                listing.sale_unit, row.price_fen, net_grams=row.net_grams, net_ml=row.net_ml, pieces=row.pieces
            ),
        )
        for row in _specifications_of(listing.pk, today.isoformat())
    ]


def _label(label: dict[str, str]) -> str:
    """Return an axis' or a value's name in the reader's language."""
    return (english() and label.get("en")) or label.get("zh", "")


def net_text(spec: Specification) -> str:
    """Return 净含量 as a label says it: 2.5 kg, 500 g, 500 ml."""
    if spec.net_ml:
        return f"{spec.net_ml / 1000:g} L" if spec.net_ml >= 1000 else f"{spec.net_ml} ml"
    return f"{spec.net_grams / 1000:g} kg" if spec.net_grams >= 1000 else f"{spec.net_grams} g"


def _rendition(picture: Any) -> Rendition:
    return rendition(
        picture.key,
        picture.widths,
        size=(picture.width, picture.height),
        ground=picture.ground,
        alt_zh=picture.alt_zh,
        alt_en=picture.alt_en,
    )


def _pick(choices: list[Choice], chosen: str | None) -> Choice:
    """Return the choice asked for, else the cheapest that can be bought, as on the card."""
    wanted = next((choice for choice in choices if str(choice.pk) == chosen), None)
    buyable = [choice for choice in choices if choice.can_buy]
    return wanted or min(buyable or choices, key=lambda choice: choice.price_fen)


def _axes(listing: Listing, choices: list[Choice], shown: Choice) -> list[dict[str, Any]]:
    """Return the axes with their values in order of appearance; one axis of texts where labels are missing."""
    count = len(listing.axes)
    if not count or any(len(choice.labels) != count for choice in choices):
        if len(choices) == 1:
            return []
        for choice in choices:
            choice.labels = [choice.text]
        names = [""]
    else:
        names = [_label(axis) for axis in listing.axes]
    return [
        {
            "name": name,
            "values": [
                {"label": label, "on": shown.labels[i] == label}
                for label in dict.fromkeys(choice.labels[i] for choice in choices)
            ],
        }
        for i, name in enumerate(names)
    ]


def _pictures(listing: Listing) -> list[Rendition]:
    return [_rendition(row.picture) for row in _pictures_of(listing.pk)]


def delivery_to(slug: str, *, to: str | None, chosen: str | None, at: datetime) -> tuple[Delivery, int | None] | None:
    """Return what sending a product of this slug takes and the days left on arrival; None when it is not on sale.

    At most six queries.
    """
    listing = _listing(slug)
    if listing is None or listing.state != ListingState.LIVE:
        return None
    choices = _choices(listing, at)
    if not choices:
        return None
    choice = _pick(choices, chosen)
    lots = hooks.lots_of(listing.pk, [choice.net_grams], at)
    delivery = delivery_of(listing, choice, lots, to=to, at=at)
    return delivery, days_left(lots.dates.get(choice.net_grams), delivery)


def review_page(slug: str, start: int, limit: int) -> tuple[Listing, list[hooks.Review], int] | None:
    """Return a listing, `limit` of its reviews from the one at `start`, and how many there are. At most three queries."""
    listing = _listing(slug)
    if listing is None or listing.state != ListingState.LIVE:
        return None
    return listing, hooks.reviews_of(listing.pk, limit, start), listing.review_count
