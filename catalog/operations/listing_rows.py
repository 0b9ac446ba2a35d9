"""Making the rows of products: Oscar's products and stock records in bulk, our facts beside them.

One place for all who list something: an approved proposal, the sample world, a bulk upload.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from oscar.apps.catalogue.models import Product, ProductCategory, ProductClass
from oscar.apps.partner.models import StockRecord

from catalog.models import Listing, ListingPicture, Specification, Stock, StockChange
from catalog.states import StockChangeKind
from shop.core.money import to_yuan

BATCH = 1000
MAIN_POOL = "main"


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


def gross_grams(net_grams: int) -> int:
    """Return what a parcel of so much weighs: carton and padding are a twentieth and a little more."""
    return net_grams * 21 // 20 + 150


def create_listings(drafts: list[Draft], *, at: datetime, actor: Any = None) -> list[Listing]:
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
    put_pictures({listing.pk: draft.pictures for listing, draft in zip(listings, drafts, strict=True)})
    _create_specifications(listings, drafts, actor, at)
    return listings


def put_pictures(pictures: dict[int, list[int]]) -> None:
    """Give listings their pictures (listing id → picture ids, the first for the card)."""
    ListingPicture.objects.bulk_create(
        [
            ListingPicture(listing_id=listing_id, picture_id=picture_id, position=position)
            for listing_id, ids in pictures.items()
            for position, picture_id in enumerate(ids)
        ],
        batch_size=BATCH,
    )


def _product(draft: Draft, produce: ProductClass, slug: str) -> Product:
    several = len(draft.specs) > 1
    return Product(
        structure=Product.PARENT if several else Product.STANDALONE,
        product_class=produce,
        title=draft.fields["name_zh"],
        slug=slug,
    )


def _child(listing: Listing, text: str, slug: str) -> Product:
    return Product(
        structure=Product.CHILD, parent=listing.product, title=f"{listing.name_zh} {text}", slug=slug.lower()
    )


def _create_specifications(listings: list[Listing], drafts: list[Draft], actor: Any, at: datetime) -> None:
    products, records, specifications = [], [], []
    for listing, draft in zip(listings, drafts, strict=True):
        for position, spec in enumerate(draft.specs):
            product = listing.product
            if len(draft.specs) > 1:
                product = _child(listing, spec.fields["text_zh"], spec.sku)
                products.append(product)
            records.append((_record(draft.partner_id, spec), product, spec))
            specifications.append(Specification(listing=listing, position=position, **spec.fields))
    _write(products, records, specifications, actor, at)


def _record(partner_id: int, spec: SpecDraft) -> StockRecord:
    return StockRecord(
        partner_id=partner_id,
        partner_sku=spec.sku,
        price_currency="CNY",
        price=to_yuan(spec.fields["price_fen"]),
    )


def _write(
    products: list[Product],
    records: list[tuple[StockRecord, Product, SpecDraft]],
    specifications: list[Specification],
    actor: Any,
    at: datetime,
) -> None:
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
    StockChange.objects.bulk_create(
        [
            StockChange(
                stockrecord=record, pool=MAIN_POOL, kind=StockChangeKind.OPENING, pieces=spec.on_hand, before=0,
                after=spec.on_hand, actor_id=getattr(actor, "pk", None), at=at,
            )
            for record, _product_, spec in records
            if spec.on_hand
        ],
        batch_size=BATCH,
    )  # fmt: skip


def add_specifications(
    listing: Listing, specs: list[tuple[int, SpecDraft]], *, at: datetime, actor: Any = None
) -> None:
    """Add specifications (position, draft) to a listing that is there. Those it has keep their stock and reservations.

    A listing with one specification becomes Oscar's parent: its product stays (favourites and reviews hang on it),
    the specification gets a child of its own.
    """
    if not specs:
        return
    if listing.product.structure == Product.STANDALONE:
        _become_parent(listing)
    products = [_child(listing, spec.fields["text_zh"], spec.sku) for _position, spec in specs]
    records = [
        (_record(listing.supplier.partner_id, spec), product, spec)
        for product, (_position, spec) in zip(products, specs, strict=True)
    ]
    rows = [Specification(listing=listing, position=position, **spec.fields) for position, spec in specs]
    _write(products, records, rows, actor, at)


def _become_parent(listing: Listing) -> None:
    Product.objects.filter(pk=listing.product_id).update(structure=Product.PARENT)
    listing.product.structure = Product.PARENT
    for spec in Specification.objects.filter(listing=listing, product_id=listing.product_id).select_related(
        "stockrecord"
    ):
        child = _child(listing, spec.text_zh, spec.stockrecord.partner_sku)
        child.save()
        StockRecord.objects.filter(pk=spec.stockrecord_id).update(product=child)
        Specification.objects.filter(pk=spec.pk).update(product=child)
