"""Synthetic products in bulk: what the world has, from more places and people. The same number makes the same goods."""

import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.db import transaction
from django.utils import timezone
from oscar.apps.partner.models import Partner

from catalog.models import Listing, ListingPicture, Supplier, Village
from catalog.operations.cards import rebuild_cards
from catalog.operations.facets import rebuild_facets
from catalog.operations.listing_rows import Draft, SpecDraft, create_listings, gross_grams
from catalog.states import ListingState
from shop.accounts.models import Organisation
from shop.core.models import Division
from shop.demo.loading.listings import shelves_opened
from shop.demo.loading.sellers import credit_code

BATCH = 1000
LISTINGS_A_SUPPLIER = 300
MOST_SUPPLIERS = 400
SLUG = "sample-"
FAMILIES = "陈林黄张李王吴刘蔡杨许郑谢郭洪曾韦蒙唐罗马吉余邓"
HEARTS = (
    "青禾",
    "山里",
    "晓霜",
    "云上",
    "溪口",
    "石坪",
    "向阳",
    "竹坑",
    "丰田",
    "金坡",
    "红土",
    "长岭",
    "大塘",
    "双河",
    "南坡",
    "梅岗",
)
KINDS = (
    ("一级", "grade 1", 100),
    ("精选", "selected", 112),
    ("统装", "mixed", 88),
    ("小果", "small", 80),
    ("大果", "large", 118),
)
PACKS = ((1500, "3 斤", "1.5 kg"), (2500, "5 斤", "2.5 kg"), (5000, "10 斤", "5 kg"))
PROVINCES = ("44", "45", "51", "52", "53")

Progress = Callable[[int, int], object]


@dataclass(frozen=True)
class Pattern:
    """A listing of the world that synthetic ones are modelled on."""

    name_zh: str
    name_en: str
    category_id: int
    jin_fen: int
    picture_ids: tuple[int, ...]
    facts: dict[str, object]


def load_scale(*, total: int, at: datetime, progress: Progress) -> int:
    """Add products until there are `total` listings; return how many were added. The world must be loaded.

    Each batch is committed with its cards, so an interrupted load goes on where it stopped.
    """
    there = Listing.objects.count()
    first = Listing.objects.filter(slug__startswith=SLUG).count()
    wanted = max(0, total - there)
    if not wanted:
        return 0
    patterns = list(_patterns())
    suppliers = _suppliers(min(MOST_SUPPLIERS, -(-total // LISTINGS_A_SUPPLIER)))
    # Millions of short-lived rows, none in a cycle: looking for garbage among them would take a fifth of the time.
    gc.disable()
    try:
        for start in range(first, first + wanted, BATCH):
            numbers = range(start, min(start + BATCH, first + wanted))
            with transaction.atomic():
                drafts = [_draft(number, patterns, suppliers, at) for number in numbers]
                listings = create_listings(drafts, at=shelves_opened(at))
            rebuild_cards(listing_ids=[listing.pk for listing in listings], at=at)
            progress(there + numbers.stop - first, total)
            if start % (10 * BATCH) == 0:
                gc.collect()
    finally:
        gc.enable()
    rebuild_facets(at=at)
    return wanted


def _patterns() -> Iterator[Pattern]:
    pictures: dict[int, list[int]] = {}
    for row in ListingPicture.objects.filter(listing__is_preorder=False).order_by("listing_id", "position"):
        pictures.setdefault(row.listing_id, []).append(row.picture_id)
    rows = Listing.objects.filter(is_preorder=False, sale_unit="jin").exclude(slug__startswith=SLUG)
    for listing in rows.prefetch_related("specifications").order_by("pk"):
        spec = listing.specifications.all()[0]
        yield Pattern(
            name_zh=listing.name_zh.split(" ")[0],
            name_en=listing.name_en.split(",")[0],
            category_id=listing.category_id,
            jin_fen=max(50, spec.price_fen * 500 // spec.net_grams),
            picture_ids=(pictures[listing.pk][0],),
            facts={
                "storage_class": listing.storage_class,
                "storage_note_zh": listing.storage_note_zh,
                "storage_note_en": listing.storage_note_en,
                "shelf_life_days": listing.shelf_life_days,
                "min_days_left": listing.min_days_left,
                "is_fresh": listing.is_fresh,
                "sale_unit": listing.sale_unit,
            },
        )


def _suppliers(wanted: int) -> list[Supplier]:
    """Return the synthetic suppliers, made up to `wanted`; each has a village of its own."""
    known = list(Supplier.objects.filter(slug__startswith=SLUG).order_by("pk"))
    counties = list(
        Division.objects.filter(level=Division.Level.COUNTY, code__regex=f"^({'|'.join(PROVINCES)})").order_by("code")
    )
    template = Supplier.objects.exclude(freight_template=None).order_by("pk")[0].freight_template
    landscape = Village.objects.order_by("pk")[0].picture
    with transaction.atomic():
        for number in range(len(known), wanted):
            dice = Random(f"supplier-{number}")
            county = counties[number * 37 % len(counties)]
            heart = HEARTS[number % len(HEARTS)]
            place = county.name_zh.removesuffix("县").removesuffix("市").removesuffix("区")
            village = Village.objects.create(
                slug=f"{SLUG}village-{number:04d}",
                county=county,
                name_zh=f"{heart}村",
                name_en=f"Sample village {number + 1}",
                specialty_zh="农产品",
                specialty_en="Produce",
                headline_zh=f"{place}{heart}村（合成示例）",
                headline_en=f"Sample village {number + 1} (synthetic)",
                households=dice.randint(30, 300),
                picture=landscape,
                position=10_000 + number,
            )
            name_zh, name_en = f"{place}{heart}合作社{number + 1}社", f"Sample cooperative {number + 1}"
            known.append(
                Supplier.objects.create(
                    organisation=Organisation.objects.create(
                        kind=Organisation.Kind.SUPPLIER,
                        name_zh=name_zh,
                        name_en=name_en,
                        credit_code=credit_code(county.code, 1000 + number),
                        division=county,
                    ),
                    partner=Partner.objects.create(name=name_zh, code=f"{SLUG}{number:04d}"),
                    slug=f"{SLUG}{number:04d}",
                    name_zh=name_zh,
                    name_en=name_en,
                    county=county,
                    village=village,
                    head_name=dice.choice(FAMILIES) + "示例",
                    founded_year=dice.randint(2010, 2022),
                    households=village.households,
                    freight_template=template,
                )
            )
    return known


def _draft(number: int, patterns: list[Pattern], suppliers: list[Supplier], at: datetime) -> Draft:
    dice = Random(number)
    pattern = patterns[number % len(patterns)]
    supplier = suppliers[dice.randrange(len(suppliers))]
    kind_zh, kind_en, percent = KINDS[dice.randrange(len(KINDS))]
    name_zh = f"{pattern.name_zh} {kind_zh} {number + 1:06d}"
    name_en = f"{pattern.name_en}, {kind_en}, no. {number + 1:06d}"
    jin_fen = pattern.jin_fen * percent * dice.randint(85, 118) // 10_000
    packs = PACKS[: 2 if number % 5 == 0 else 1]
    fields = {
        **pattern.facts,
        "supplier_id": supplier.pk,
        "village_id": supplier.village_id,
        "county_id": supplier.county_id,
        "category_id": pattern.category_id,
        "slug": f"{SLUG}{number:06d}",
        "state": ListingState.LIVE,
        "name_zh": name_zh,
        "name_en": name_en,
        "summary_zh": f"{supplier.name_zh}的{pattern.name_zh}，{kind_zh}，合成示例",
        "summary_en": f"{pattern.name_en}, {kind_en}, from {supplier.name_en} (synthetic)",
        "description_zh": f"这是为测量规模而合成的示例商品，第 {number + 1} 号。\n\n产地{supplier.name_zh}，{kind_zh}。",
        "description_en": f"A synthetic product for measuring, number {number + 1}.\n\nFrom {supplier.name_en}, {kind_en}.",
        "axes": [{"zh": "装量", "en": "Pack"}] if len(packs) > 1 else [],
        "badge_zh": "示例" if number % 3 else "帮扶产品",
        "badge_en": "Sample" if number % 3 else "Assisted produce",
        "badge_kind": "neutral",
        "damage_covered": number % 5 > 0,
        "ship_within_hours": (24, 48, 72)[number % 3],
        "produced_on": timezone.localdate(at) - timedelta(days=number % 9),
        "farmers_share_percent": 52 + number % 14,
        "published_at": at - timedelta(minutes=number % 86_400),
    }
    return Draft(
        fields=fields,
        partner_id=supplier.partner_id,
        specs=[
            SpecDraft(
                fields={
                    "labels": [{"zh": zh, "en": en}] if len(packs) > 1 else [],
                    "text_zh": f"{zh} · {kind_zh}",
                    "text_en": f"{en} · {kind_en}",
                    "price_fen": max(100, jin_fen * grams // 500 // 10 * 10),
                    "net_grams": grams,
                    "gross_grams": gross_grams(grams),
                },
                sku=f"S{number:06d}-{position}",
                on_hand=dice.randint(20, 600),
            )
            for position, (grams, zh, en) in enumerate(packs, start=1)
        ],
        pictures=list(pattern.picture_ids),
    )
