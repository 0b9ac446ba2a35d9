"""Products: found, looked at, reviewed."""

from datetime import date
from typing import Annotated, Any, Literal

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query
from pydantic import Field

from catalog.api.shared import CertificateOut, Named, certificate, named
from catalog.asked import MAX_CHOICES, Asked
from catalog.facets import FLAGS
from catalog.models import Listing
from catalog.queries import category_tree
from catalog.queries.delivery import Delivery, days_left
from catalog.queries.feed import card_slice
from catalog.queries.products import (
    Choice,
    ProductPage,
    product_page,
    review_page,
)
from catalog.queries.trade import ListingFacts
from catalog.words import said
from shop.core.api import Answer, Area, Id, Page, Parameters, Priced, Problem, Turn, YuanIn, fen_of, yuan
from shop.core.api.paging import Asked as TurnAsked
from shop.core.api.paging import cursor_at, follow, ours, place_of, start_of
from shop.core.api.routing import ApiRequest
from shop.core.templatetags.heqiao import local

area = Area(gettext_noop("Products"))


class Product(Priced):
    id: int
    slug: str
    name: str = Field(examples=["梅县金柚 2 个装"])
    supplier: str
    price: str = Field(examples=["32.80"], description=gettext_noop("The lowest of its specifications."))
    price_per_jin: str | None = Field(examples=["6.56"])
    available: int
    specification_id: int = Field(description=gettext_noop("What a basket takes: the cheapest one."))
    county: str = Field(examples=["441403"])
    is_certified: bool
    is_preorder: bool
    url: str = Field(examples=["/shop/p/meixian-pomelo/"])


class ProductsAsked(Turn):
    q: str = Field("", max_length=60, description=gettext_noop("Words, pinyin or initials."))
    category: list[Id] = Field([], max_length=MAX_CHOICES)
    county: list[Annotated[str, Field(pattern=r"^[0-9]{6}$")]] = Field([], max_length=MAX_CHOICES)
    flag: list[Literal["certified", "is_assisted", "damage_covered", "within_48h", "in_stock"]] = Field(
        [], max_length=len(FLAGS)
    )
    low: YuanIn | None = Field(None, description=gettext_noop("Least price per jin."))
    high: YuanIn | None = Field(None, description=gettext_noop("Highest price per jin."))
    sort: Literal["rank", "sales", "unit", "new"] = "rank"


def _product(row: tuple[Any, ListingFacts]) -> dict[str, Any]:
    card, facts = row
    english = local("/") == "/en/"
    return {
        "id": facts.listing_id,
        "slug": facts.slug,
        "name": (facts.name_en if english else "") or facts.name_zh,
        "supplier": (facts.supplier_en if english else "") or facts.supplier_zh,
        "price": yuan(facts.price_fen),
        "price_per_jin": None if card.jin_fen is None else yuan(card.jin_fen),
        "available": max(facts.available, 0),
        "specification_id": card.specification_id,
        "county": card.county_code,
        "is_certified": card.certified and (card.changes_on is None or card.changes_on > timezone.localdate()),
        "is_preorder": facts.is_preorder,
        "url": local(f"/shop/p/{facts.slug}/"),
    }


@area.reads("/products", Page[Product], summary=gettext_noop("List or search products"))
def list_products(request: ApiRequest, asked: Annotated[ProductsAsked, Query(...)]) -> dict[str, Any]:
    wanted = Asked(
        query=" ".join(asked.q.split()),
        categories=tuple(asked.category),
        counties=tuple(asked.county),
        flags=tuple(asked.flag),
        low_fen=fen_of(asked.low) if asked.low else None,
        high_fen=fen_of(asked.high) if asked.high else None,
        sort=asked.sort,
    )
    with ours():
        found = card_slice(wanted, after=place_of(asked), limit=asked.limit)
    return {"items": [_product(row) for row in found.rows], "next_cursor": cursor_at(found.after)}


class SpecificationOut(Priced):
    id: int
    text: str = Field(examples=["约 5 斤 · 一级"])
    labels: list[str]
    price: str = Field(examples=["32.80"])
    was: str | None
    unit_price: str = Field(examples=["6.56 元/斤"])
    available: int = Field(description=gettext_noop("Pieces that can be had now."))
    net: str = Field(examples=["2.5 kg"])


class DeliveryOut(Priced):
    to: str = Field(examples=["440106"])
    place: str
    is_served: bool
    freight: str | None = Field(examples=["6.00"])
    free_from: str | None
    arrives_by: date | None = Field(description=gettext_noop("Null for what can't be bought now."))


class ProductDetail(Priced):
    id: int
    slug: str
    name: str
    summary: str
    description: str
    category: list[str]
    supplier: Named
    village: Named | None
    origin: str = Field(examples=["梅州 梅县 松口镇 松源村"])
    county: str
    specifications: list[SpecificationOut]
    purchase_limit: int | None
    can_buy: bool
    season_months: list[int]
    is_fresh: bool = Field(description=gettext_noop("Fresh produce has no seven-day free return."))
    damage_covered: bool
    ship_within_hours: int
    produced_on: date | None = Field(
        description=gettext_noop(
            "Of the lot that ships next: bought now, it is of this day or later. Null without lots."
        )
    )
    best_before: date | None = Field(description=gettext_noop("Of that lot: this day or later."))
    dated_pieces: int | None = Field(
        description=gettext_noop("These dates hold for so many pieces; nothing is promised of the dates of more.")
    )
    undated: str = Field(
        examples=["harvest_to_come"],
        description=gettext_noop(
            "Why no production date can be promised: harvest_to_come or not_packed. Empty where one is, and of a product without lots."
        ),
    )
    days_left: int | None = Field(description=gettext_noop("On arrival, at the least."))
    shelf_life_days: int | None
    farmers_share: str | None = Field(description=gettext_noop("What of the price reaches the farmers."))
    review_count: int
    good_percent: int | None
    sold_count: int
    certificates: list[CertificateOut]
    revoked_certificates: list[CertificateOut] = Field(
        description=gettext_noop("Those that were revoked, while it can't be bought for that.")
    )
    delivery: DeliveryOut
    pictures: list[str]
    url: str


class Destination(Parameters):
    to: str = Field("", max_length=6, examples=["440106"], description=gettext_noop("Where to: a county's code."))


def _specification(choice: Choice) -> dict[str, Any]:
    return {
        "id": choice.pk,
        "text": choice.text,
        "labels": choice.labels,
        "price": yuan(choice.price_fen),
        "was": yuan(choice.was_fen) if choice.was_fen else None,
        "unit_price": choice.unit_price,
        "available": choice.available,
        "net": choice.net,
    }


def _delivery(found: Delivery) -> dict[str, Any]:
    served = found.quote.served
    return {
        "to": found.to,
        "place": found.place,
        "is_served": served,
        "freight": yuan(found.quote.full_fen) if served else None,
        "free_from": None if found.free_over_fen is None else yuan(found.free_over_fen),
        "arrives_by": found.arrives_by,
    }


def _detail(page: ProductPage) -> dict[str, Any]:
    row = page.listing
    same = ("id", "slug", "purchase_limit", "is_fresh", "damage_covered", "ship_within_hours")
    return {name: getattr(row, name) for name in (*same, "shelf_life_days", "review_count", "sold_count")} | {
        "name": said(row, "name"),
        "summary": said(row, "summary"),
        "description": said(row, "description"),
        "category": [node.name for node in page.trail],
        "supplier": named(row.supplier),
        "village": named(row.village),
        "origin": page.place,
        "county": row.county_id,
        "specifications": [_specification(each) for each in page.choices],
        "can_buy": page.most > 0,
        "produced_on": page.dates.harvested_on if page.dates else None,
        "best_before": page.dates.best_before if page.dates else None,
        "dated_pieces": page.dates.pieces if page.dates else None,
        "undated": page.undated,
        "days_left": days_left(page.dates, page.delivery),
        "season_months": page.months,
        "farmers_share": None if page.farmers_fen is None else yuan(page.farmers_fen),
        "good_percent": page.good_percent,
        "certificates": [certificate(each) for each in page.certificates],
        "revoked_certificates": [certificate(each) for each in page.revoked],
        "delivery": _delivery(page.delivery),
        "pictures": [each.src for each in page.pictures],
        "url": local(f"/shop/p/{row.slug}/"),
    }


@area.reads(
    "/products/{slug}", ProductDetail, summary=gettext_noop("A product with its specifications, stock and origin")
)
def get_product(request: ApiRequest, slug: str, asked: Annotated[Destination, Query(...)]) -> dict[str, Any]:
    page = product_page(slug, to=asked.to, chosen=None, at=timezone.now())
    if page is None:
        raise Http404
    if isinstance(page, Listing):
        raise Problem(410, "withdrawn", _("Taken off sale."))
    return _detail(page)


class ReviewOut(Answer):
    id: int
    name: str = Field(examples=["周*"])
    stars: int
    text: str
    reply: str
    written_on: date


@area.reads("/products/{slug}/reviews", Page[ReviewOut], summary=gettext_noop("The reviews of a product"))
def list_reviews(request: ApiRequest, slug: str, turn: TurnAsked) -> dict[str, Any]:
    start = start_of(turn)
    found = review_page(slug, start, turn.limit)
    if found is None:
        raise Http404
    _listing, rows, total = found
    items = [
        {
            "id": row.pk,
            "name": row.name,
            "stars": row.stars,
            "text": row.text,
            "reply": row.reply,
            "written_on": timezone.localtime(row.at).date(),
        }
        for row in rows
    ]
    return {"items": items, "next_cursor": cursor_at(follow(turn, start, total))}


class CategoryOut(Answer):
    id: int
    name: str
    slug: str
    count: int
    children: list["CategoryOut"]


class CategoriesOut(Answer):
    items: list[CategoryOut]


@area.reads("/categories", CategoriesOut, summary=gettext_noop("The categories, in two levels"))
def list_categories(request: ApiRequest) -> dict[str, Any]:
    def show(node: Any) -> dict[str, Any]:
        children = [show(each) for each in node.children]
        return {"id": node.pk, "name": node.name, "slug": node.slug, "count": node.count, "children": children}

    return {"items": [show(node) for node in category_tree().tops]}
