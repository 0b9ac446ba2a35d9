"""Categories and listings, read from the world's files; the rows are made as an approved proposal makes them."""

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from oscar.apps.catalogue.models import Category

from catalog.models import CategoryFacts, Listing, Picture, Supplier
from catalog.operations.listing_rows import Draft, SpecDraft, create_listings, gross_grams
from catalog.states import ListingState
from shop.demo.world import Row, pair, read, rows

# Before the first parcels of the shop's orders were sent.
OPENED_DAYS_AGO = 120
REFERENCE = ("示例：产地合作社与广州商超同级抽样价", "Sample: same grade, growers and Guangzhou supermarkets")


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
    return create_listings(drafts, at=shelves_opened(at))


def shelves_opened(at: datetime) -> datetime:
    """Return when the first stock was put on the shelves: the morning before the first parcels of the world's past."""
    return timezone.localtime(at - timedelta(days=OPENED_DAYS_AGO)).replace(hour=8, minute=0, second=0, microsecond=0)


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
        "gross_grams": gross_grams(spec["g"]),
        "pieces": spec.get("n"),
    }
    return SpecDraft(fields=fields, sku=sku, on_hand=spec["s"])
