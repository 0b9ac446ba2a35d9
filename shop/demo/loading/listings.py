"""Categories and listings: Oscar's products and stock records in bulk, our facts beside them."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from oscar.apps.catalogue.models import Category, Product, ProductCategory, ProductClass
from oscar.apps.partner.models import StockRecord

from catalog.models import CategoryFacts, Listing, ListingPicture, Picture, Specification, Stock, Supplier
from catalog.states import ListingState
from shop.core.money import to_yuan
from shop.demo.world import Row, pair, read, rows

BATCH = 1000
REFERENCE = ("示例：产地合作社与广州商超同级抽样价", "Sample: same grade, growers and Guangzhou supermarkets")


@dataclass
class SpecDraft:
    """A specification before it has rows: our fields, SKU and the pieces there are."""

    fields: dict[str, Any]
    sku: str
    on_hand: int


@dataclass
class Draft:
    """A listing before it has rows. `pictures` are ids, the first is on the card."""

    fields: dict[str, Any]
    partner_id: int
    specs: list[SpecDraft]
    pictures: list[int] = field(default_factory=list)


def product_class() -> ProductClass:
    """Return the class of all produce, made when absent. Oscar keeps no stock of it: `catalog.Stock` does."""
    return ProductClass.objects.get_or_create(
        slug="produce", defaults={"name": "农产品", "requires_shipping": True, "track_stock": False}
    )[0]


def load_categories(pictures: dict[str, Picture]) -> dict[str, Category]:
    """Create the category tree; return every category by slug."""
    made = {}
    for row in read("categories")["category"]:
        name_zh, name_en = pair(row["name"])
        root = Category.add_root(name=name_zh, slug=row["slug"])
        CategoryFacts.objects.create(
            category=root, name_en=name_en, picture=pictures[row["picture"]], in_navigation=row["slug"] != "gifts"
        )
        made[root.slug] = root
        for slug, names, picture in row["children"]:
            child_zh, child_en = pair(names)
            child = root.add_child(name=child_zh, slug=slug)
            CategoryFacts.objects.create(category=child, name_en=child_en, picture=pictures[picture])
            made[slug] = child
    return made


def load_listings(
    *, suppliers: dict[str, Supplier], categories: dict[str, Category], pictures: dict[str, Picture], at: datetime
) -> list[Listing]:
    """Create every listing of the world, on sale."""
    codes = {row["slug"]: row["code"] for row in rows("suppliers", "supplier")}
    hours = {row["slug"]: row["ship_hours"] for row in rows("suppliers", "supplier")}
    drafts = []
    for number, row in enumerate(rows("listings", "listing"), start=1):
        supplier = suppliers[row["supplier"]]
        draft = _draft(row, number, codes[row["supplier"]], supplier, at)
        draft.fields["category_id"] = categories[row["category"]].pk
        draft.fields.setdefault("ship_within_hours", hours[row["supplier"]])
        draft.pictures = [pictures[name].pk for name in row["pictures"]]
        drafts.append(draft)
    return create_listings(drafts)


def _draft(row: Row, number: int, code: str, supplier: Supplier, at: datetime) -> Draft:
    name, summary = pair(row["name"]), pair(row["summary"])
    badge = [part.strip() for part in row.get("badge", " |  | neutral").split(" | ")]
    keep = pair(row.get("keep", ""))
    today = timezone.localdate(at)
    fields: dict[str, Any] = {
        "supplier_id": supplier.pk,
        "village_id": supplier.village_id,
        "county_id": supplier.county_id,
        "slug": row["slug"],
        "state": ListingState.LIVE,
        "name_zh": name[0],
        "name_en": name[1],
        "summary_zh": summary[0],
        "summary_en": summary[1],
        "description_zh": row["zh"].strip(),
        "description_en": row["en"].strip(),
        "axes": [dict(zip(("zh", "en"), pair(axis), strict=True)) for axis in row.get("axes", [])],
        "badge_zh": badge[0],
        "badge_en": badge[1],
        "badge_kind": badge[2],
        "sale_unit": row.get("unit", "jin"),
        "storage_class": row.get("storage", "ambient"),
        "storage_note_zh": keep[0],
        "storage_note_en": keep[1],
        "produced_on": _day(today, row.get("made")),
        "shelf_life_days": row.get("shelf"),
        "min_days_left": row.get("left"),
        "is_fresh": row.get("fresh", True),
        "damage_covered": row.get("damage", True),
        "purchase_limit": row.get("limit"),
        "season_start": row.get("season", [None, None])[0],
        "season_end": row.get("season", [None, None])[1],
        "is_preorder": row.get("preorder", False),
        "farmers_share_percent": row["share"],
        "published_at": at - timedelta(days=number * 37 % 60, hours=number * 5 % 24),
    }
    if "ship" in row:
        fields["ship_within_hours"] = row["ship"]
    if "ref" in row:
        low, high = row["ref"]
        fields |= {
            "reference_low_fen": round(low * 100),
            "reference_high_fen": round(high * 100),
            "reference_source_zh": REFERENCE[0],
            "reference_source_en": REFERENCE[1],
            "reference_on": today - timedelta(days=1),
        }
    return Draft(
        fields=fields,
        partner_id=supplier.partner_id,
        specs=[_spec(spec, f"{code}-{number:03d}-{i:02d}") for i, spec in enumerate(row["specs"], start=1)],
    )


def _day(today: date, days_ago: int | None) -> date | None:
    return None if days_ago is None else today - timedelta(days=days_ago)


def _spec(spec: Row, sku: str) -> SpecDraft:
    text_zh, text_en = pair(spec["t"])
    was = spec.get("was")
    fields = {
        "labels": [dict(zip(("zh", "en"), pair(label), strict=True)) for label in spec.get("at", [])],
        "text_zh": text_zh,
        "text_en": text_en,
        "price_fen": round(spec["y"] * 100),
        "was_fen": round(was * 100) if was else None,
        "net_grams": spec["g"],
        "net_ml": spec.get("ml"),
        # Carton and padding: a twentieth and a little more than what is inside.
        "gross_grams": spec["g"] * 21 // 20 + 150,
        "pieces": spec.get("n"),
    }
    return SpecDraft(fields=fields, sku=sku, on_hand=spec["s"])


def create_listings(drafts: list[Draft]) -> list[Listing]:
    """Write the listings and everything below them, a table at a time. One specification makes a standalone product."""
    produce = product_class()
    parents = [_product(draft, produce, draft.fields["slug"]) for draft in drafts]
    Product.objects.bulk_create(parents, batch_size=BATCH)
    ProductCategory.objects.bulk_create(
        [
            ProductCategory(product=product, category_id=draft.fields["category_id"])
            for product, draft in zip(parents, drafts, strict=True)
        ],
        batch_size=BATCH,
    )
    listings = [Listing(product=product, **draft.fields) for product, draft in zip(parents, drafts, strict=True)]
    Listing.objects.bulk_create(listings, batch_size=BATCH)
    ListingPicture.objects.bulk_create(
        [
            ListingPicture(listing=listing, picture_id=picture_id, position=position)
            for listing, draft in zip(listings, drafts, strict=True)
            for position, picture_id in enumerate(draft.pictures)
        ],
        batch_size=BATCH,
    )
    _create_specifications(listings, drafts)
    return listings


def _product(draft: Draft, produce: ProductClass, slug: str) -> Product:
    several = len(draft.specs) > 1
    return Product(
        structure=Product.PARENT if several else Product.STANDALONE,
        product_class=produce,
        title=draft.fields["name_zh"],
        slug=slug,
    )


def _create_specifications(listings: list[Listing], drafts: list[Draft]) -> None:
    products, records, specifications = [], [], []
    for listing, draft in zip(listings, drafts, strict=True):
        for position, spec in enumerate(draft.specs):
            product = listing.product
            if len(draft.specs) > 1:
                product = Product(
                    structure=Product.CHILD,
                    parent=listing.product,
                    title=f"{listing.name_zh} {spec.fields['text_zh']}",
                    slug=spec.sku.lower(),
                )
                products.append(product)
            record = StockRecord(
                partner_id=draft.partner_id,
                partner_sku=spec.sku,
                price_currency="CNY",
                price=to_yuan(spec.fields["price_fen"]),
            )
            records.append((record, product, spec))
            specifications.append(Specification(listing=listing, position=position, **spec.fields))
    Product.objects.bulk_create(products, batch_size=BATCH)
    for record, product, _spec_draft in records:
        record.product = product
    StockRecord.objects.bulk_create([record for record, _product_, _spec_ in records], batch_size=BATCH)
    for specification, (record, product, _spec_draft) in zip(specifications, records, strict=True):
        specification.product = product
        specification.stockrecord = record
    Specification.objects.bulk_create(specifications, batch_size=BATCH)
    Stock.objects.bulk_create(
        [Stock(stockrecord=record, on_hand=spec.on_hand) for record, _product_, spec in records], batch_size=BATCH
    )
