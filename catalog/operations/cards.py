"""Building the flat table behind every list, and the stored counts beside it.

The same facts always make the same card: nothing here looks at a clock but the season, told by `at`.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import get_language, override
from oscar.apps.catalogue.models import Category

from catalog.cardpress import CardFace, press
from catalog.models import CertifiedListing, Listing, ListingCard, ListingPicture, Specification, Stock
from catalog.rules.seasons import in_season
from catalog.rules.units import jin_fen
from catalog.search import also_called, tokens_of
from catalog.states import CertificateKind, ListingState
from catalog.units import unit_price_text
from shop.core import outbox, pagecache

from .facets import rebuild_facets

CHUNK = 500
MAIN_POOL = "main"
LANGUAGES = (("zh-hans", "zh"), ("en", "en"))
CARD_FIELDS = [field.attname for field in ListingCard._meta.concrete_fields if not field.primary_key]

Progress = Callable[[int, int], None]


def rebuild_cards(*, listing_ids: Iterable[int] | None = None, at: datetime, progress: Progress | None = None) -> int:
    """Build the cards of `listing_ids`, or of every listing, and drop those no longer on sale. Return how many stand.

    Works in chunks, each its own transaction, so it can run beside the shop; `progress(done, total)` after each.
    Facets are not rebuilt. Kept pages of visitors go stale.
    """
    wanted = sorted(set(listing_ids)) if listing_ids is not None else None
    live = _live_listings()
    if wanted is None:
        ids: list[int] = list(live.order_by("pk").values_list("pk", flat=True))
        _drop_stale()
    else:
        ids = list(live.filter(pk__in=wanted).order_by("pk").values_list("pk", flat=True))
        ListingCard.objects.filter(pk__in=set(wanted) - set(ids)).delete()
    built = 0
    for chunk in _chunks(ids, CHUNK):
        with transaction.atomic():
            cards = list(_cards(chunk, at))
            built += len(cards)
            ListingCard.objects.bulk_create(
                cards, update_conflicts=True, unique_fields=["listing_id"], update_fields=CARD_FIELDS, batch_size=CHUNK
            )
            missing = set(chunk) - {card.listing_id for card in cards}
            if missing:
                ListingCard.objects.filter(pk__in=missing).delete()
        if progress:
            progress(min(built, len(ids)), len(ids))
    pagecache.bump()
    return built


@outbox.register("catalog.rebuild_cards")
def cards_changed(*, listing_ids: list[int], at: datetime) -> None:
    """Outbox task: build these cards, and the facets within half a minute, once for all that changed meanwhile."""
    rebuild_cards(listing_ids=listing_ids, at=at)
    minute = int(at.timestamp()) // 30
    outbox.enqueue(task="catalog.rebuild_facets", args={}, key=f"facets:{minute}", at=at)


@outbox.register("catalog.rebuild_facets")
def facets_changed(*, at: datetime) -> None:
    """Outbox task: count the facets again."""
    rebuild_facets(at=at)


def _live_listings() -> Any:
    return Listing.objects.filter(state=ListingState.LIVE, supplier__is_active=True)


def _drop_stale() -> None:
    ListingCard.objects.exclude(listing__state=ListingState.LIVE, listing__supplier__is_active=True).delete()


def _chunks(ids: Iterable[int], size: int) -> Iterator[list[int]]:
    source = iter(ids)
    while chunk := list(islice(source, size)):
        yield chunk


def _cards(listing_ids: list[int], at: datetime) -> Iterator[ListingCard]:
    """Make the cards of a chunk in four queries. A listing without an offered specification has none."""
    listings = (
        Listing.objects.filter(pk__in=listing_ids)
        .select_related("supplier", "village", "county__parent__parent", "category__facts")
        .order_by("pk")
    )
    stock = Stock.objects.filter(stockrecord=OuterRef("stockrecord_id"), pool=MAIN_POOL)
    specs: dict[int, list[Any]] = {}
    for spec in (
        Specification.objects.filter(listing__in=listing_ids, is_offered=True)
        .select_related("picture")
        .annotate(left=Subquery(stock.annotate(left=F("on_hand") - F("reserved")).values("left")[:1]))
        .order_by("listing_id", "position", "pk")
    ):
        specs.setdefault(spec.listing_id, []).append(spec)
    pictures: dict[int, Any] = {}
    for row in (
        ListingPicture.objects.filter(listing__in=listing_ids)
        .select_related("picture")
        .order_by("listing_id", "position", "pk")
    ):
        pictures.setdefault(row.listing_id, row.picture)
    tops = _category_tops({listing.category.path for listing in listings})
    certificates = _certificates(listing_ids, at)
    listing: Any
    for listing in listings:
        # What a certificate proves stands before what a supplier says.
        listing.certificate_kind = certificates.get(listing.pk)
        if specs.get(listing.pk):
            yield _card(listing, specs[listing.pk], pictures.get(listing.pk), tops, at)


def _certificates(listing_ids: list[int], at: datetime) -> dict[int, CertificateKind]:
    """Return the kind of the first valid certificate of each listing that has one. One query."""
    today = timezone.localdate(at)
    valid = CertifiedListing.objects.filter(
        listing__in=listing_ids,
        certificate__is_revoked=False,
        certificate__valid_from__lte=today,
        certificate__valid_until__gte=today,
    ).order_by("-certificate_id")
    return {pk: CertificateKind(kind) for pk, kind in valid.values_list("listing_id", "certificate__kind")}


def _category_tops(paths: set[str]) -> dict[str, Any]:
    """Return the top categories by the path of their root."""
    roots = {path[: Category.steplen] for path in paths}
    return {each.path: each for each in Category.objects.filter(path__in=roots).select_related("facts")}


def _card(listing: Any, specs: list[Any], picture: Any, tops: dict[str, Any], at: datetime) -> ListingCard:
    month = timezone.localtime(at).month
    waits = listing.is_preorder or not in_season(month, listing.season_start, listing.season_end)
    buyable = [spec for spec in specs if (spec.left or 0) > 0] if not waits else []
    shown = min(buyable or specs, key=lambda spec: (spec.price_fen, spec.position, spec.pk))
    top = tops.get(listing.category.path[: Category.steplen], listing.category)
    fresh = _freshest(listing)
    faces = {}
    for language, short in LANGUAGES:
        with override(language):
            faces[short] = press(_face(listing, shown, picture, in_stock=bool(buyable), waits=waits))
    prices_per_jin = [fen for spec in buyable or specs if (fen := jin_fen(spec.price_fen, spec.net_grams)) is not None]
    return ListingCard(
        listing_id=listing.pk,
        specification_id=shown.pk,
        category_top_id=top.pk,
        category_id=listing.category_id,
        supplier_id=listing.supplier_id,
        village_id=listing.village_id,
        county_code=listing.county_id[:6],
        province_code=listing.county_id[:2],
        price_fen=shown.price_fen,
        jin_fen=min(prices_per_jin, default=None),
        rank=_rank(listing, in_stock=bool(buyable), waits=waits),
        sold_count=listing.sold_count,
        fresh_rank=fresh,
        in_stock=bool(buyable),
        certified=listing.certificate_kind is not None or listing.badge_kind == "proven",
        damage_covered=listing.damage_covered,
        within_48h=listing.ship_within_hours <= 48,
        is_preorder=waits,
        is_assisted=listing.county.is_assisted,
        storage_class=listing.storage_class,
        html_zh=faces["zh"],
        html_en=faces["en"],
        tokens=_tokens(listing, top, specs),
        built_at=at,
    )


def _freshest(listing: Any) -> int:
    """新批次: seconds since 1970 of the latest batch or, later, of the publication."""
    published = int(listing.published_at.timestamp()) if listing.published_at else 0
    batch = listing.produced_on
    return max(published, int(datetime(batch.year, batch.month, batch.day, tzinfo=UTC).timestamp()) if batch else 0)


def _rank(listing: Any, *, in_stock: bool, waits: bool) -> int:
    """综合: what can be bought first, then what sells and pleases; ties are broken by the id."""
    liked = listing.review_good_count * 100 // listing.review_count if listing.review_count else 80
    stand = 2_000_000 if in_stock else 1_000_000 if waits else 0
    return stand + min(listing.sold_count, 50_000) * 10 + liked * 100 + (5_000 if listing.badge_kind == "proven" else 0)


def _face(listing: Any, spec: Any, picture: Any, *, in_stock: bool, waits: bool) -> CardFace:
    english = get_language() == "en"

    def said(row: Any, name: str) -> str:
        return (english and getattr(row, f"{name}_en")) or getattr(row, f"{name}_zh")

    shown = spec.picture or picture
    return CardFace(
        listing_id=listing.pk,
        specification_id=spec.pk,
        slug=listing.slug,
        name=said(listing, "name"),
        spec=said(spec, "text"),
        supplier_name=said(listing.supplier, "name"),
        price_fen=spec.price_fen,
        unit_price_text=unit_price_text(listing.sale_unit, spec),
        badge_text=str(listing.certificate_kind.label) if listing.certificate_kind else said(listing, "badge"),
        badge_kind="proven" if listing.certificate_kind else listing.badge_kind,
        picture_key=shown.key if shown else "",
        picture_widths=tuple(shown.widths) if shown else (),
        ground=shown.ground if shown else "",
        can_add=in_stock,
        remind=waits or not in_stock,
    )


def _tokens(listing: Any, top: Any, specs: list[Any]) -> str:
    county = listing.county
    places = [county, *(filter(None, [county.parent, getattr(county.parent, "parent", None)]))]
    village = listing.village
    names = [
        listing.name_zh,
        listing.name_en,
        *also_called(listing.name_zh),
        listing.supplier.name_zh,
        listing.supplier.name_en,
        top.name,
        listing.category.name,
        *(each.name_zh for each in places),
        *(each.name_en for each in places),
        *([village.name_zh, village.name_en] if village else []),
    ]
    facts = [getattr(each, "facts", None) for each in {top, listing.category}]
    plain = [
        listing.summary_zh,
        listing.badge_zh,
        listing.badge_en,
        *(each.name_en for each in facts if each),
        *(spec.text_zh for spec in specs),
    ]
    return tokens_of(names, plain)
