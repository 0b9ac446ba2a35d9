"""Building the flat table behind every list, and the stored counts beside it.

The same facts always make the same card: nothing here looks at a clock but at `at`, for seasons and certificates. Where
the day alone will change a card, it holds both faces, and readers see that of their day.
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

from catalog.cardpress import CardFace, changing, press
from catalog.models import CertifiedListing, Listing, ListingCard, ListingPicture, Specification, Stock
from catalog.rules.badges import PROVEN, DayFace, Held, face_on, next_change, plain_kind
from catalog.rules.units import jin_fen
from catalog.search import also_called, tokens_of
from catalog.states import CertificateKind, ListingState
from catalog.units import unit_price_text
from shop.core import outbox, pagecache, periodic

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


@periodic.every("catalog.turn_cards", seconds=2)
def turn_cards(*, at: datetime) -> int:
    """Build anew what the day has changed since it was built (seasons, certificates); return how many cards.

    Readers see the right face without it: this brings filters, ranks and counts after the date, within seconds of
    midnight. Some hundreds at a time, so that the first of a month keeps nobody waiting.
    """
    due = ListingCard.objects.filter(changes_on__lte=timezone.localdate(at)).order_by("changes_on", "pk")
    ids = list(due.values_list("pk", flat=True)[:CHUNK])
    if ids:
        cards_changed(listing_ids=ids, at=at)
    return len(ids)


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
    certificates = _certificates(listing_ids)
    listing: Any
    for listing in listings:
        if specs.get(listing.pk):
            held = certificates.get(listing.pk, [])
            yield _card(listing, specs[listing.pk], pictures.get(listing.pk), tops, at, held)


def _certificates(listing_ids: list[int]) -> dict[int, list[Held]]:
    """Return the certificates of each listing that has some, valid or not. One query."""
    rows = CertifiedListing.objects.filter(listing__in=listing_ids).order_by("certificate_id")
    facts = [f"certificate__{name}" for name in ("kind", "valid_from", "valid_until", "is_revoked")]
    found: dict[int, list[Held]] = {}
    for pk, draws, kind, first, last, is_revoked in rows.values_list("listing_id", "draws", *facts):
        found.setdefault(pk, []).append(Held(kind, first, last, is_revoked=is_revoked, limits=draws))
    return found


def _category_tops(paths: set[str]) -> dict[str, Any]:
    """Return the top categories by the path of their root."""
    roots = {path[: Category.steplen] for path in paths}
    return {each.path: each for each in Category.objects.filter(path__in=roots).select_related("facts")}


def _card(
    listing: Any, specs: list[Any], picture: Any, tops: dict[str, Any], at: datetime, held: list[Held]
) -> ListingCard:
    today = timezone.localdate(at)
    when = {"held": held, "season": (listing.season_start, listing.season_end), "is_preorder": listing.is_preorder}
    now, later = face_on(today, **when), next_change(today, **when)
    buyable = _buyable(specs, now)
    shown = _shown_first(specs, now)
    top = tops.get(listing.category.path[: Category.steplen], listing.category)
    fresh = _freshest(listing)
    faces = {}
    for language, short in LANGUAGES:
        with override(language):
            faces[short] = press(_face(listing, shown, picture, now, in_stock=bool(buyable)))
            if later is not None:
                day, face = later
                then = _face(listing, _shown_first(specs, face), picture, face, in_stock=bool(_buyable(specs, face)))
                faces[short] = changing(faces[short], day, press(then))
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
        rank=_rank(listing, now, in_stock=bool(buyable)),
        sold_count=listing.sold_count,
        fresh_rank=fresh,
        in_stock=bool(buyable),
        certified=now.kind is not None,
        damage_covered=listing.damage_covered,
        within_48h=listing.ship_within_hours <= 48,
        is_preorder=now.waits,
        is_assisted=listing.county.is_assisted,
        storage_class=listing.storage_class,
        html_zh=faces["zh"],
        html_en=faces["en"],
        tokens=_tokens(listing, top, specs),
        changes_on=later[0] if later else None,
        built_at=at,
    )


def _buyable(specs: list[Any], day: DayFace) -> list[Any]:
    return [] if day.waits or day.is_lapsed else [spec for spec in specs if (spec.left or 0) > 0]


def _shown_first(specs: list[Any], day: DayFace) -> Any:
    return min(_buyable(specs, day) or specs, key=lambda spec: (spec.price_fen, spec.position, spec.pk))


def _freshest(listing: Any) -> int:
    """新批次: seconds since 1970 of the latest batch or, later, of the publication."""
    published = int(listing.published_at.timestamp()) if listing.published_at else 0
    batch = listing.produced_on
    return max(published, int(datetime(batch.year, batch.month, batch.day, tzinfo=UTC).timestamp()) if batch else 0)


def _rank(listing: Any, day: DayFace, *, in_stock: bool) -> int:
    """综合: what can be bought first, then what sells and pleases; ties are broken by the id."""
    liked = listing.review_good_count * 100 // listing.review_count if listing.review_count else 80
    stand = 2_000_000 if in_stock else 1_000_000 if day.waits else 0
    return stand + min(listing.sold_count, 50_000) * 10 + liked * 100 + (5_000 if day.kind else 0)


def _face(listing: Any, spec: Any, picture: Any, day: DayFace, *, in_stock: bool) -> CardFace:
    """Return what a card shows. What a certificate proves stands before what a supplier says."""
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
        badge_text=str(CertificateKind(day.kind).label) if day.kind else said(listing, "badge"),
        badge_kind=PROVEN if day.kind else plain_kind(listing.badge_kind),
        picture_key=shown.key if shown else "",
        picture_widths=tuple(shown.widths) if shown else (),
        ground=shown.ground if shown else "",
        can_add=in_stock,
        remind=day.waits or not in_stock,
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
