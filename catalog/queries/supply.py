"""What those who buy by the list need of the catalogue: goods found by words or by their codes."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.paginator import Page
from django.db.models import Q

from catalog.models import ListingCard, Specification
from catalog.queries.sale import SpecForSale, specifications_for_sale
from catalog.search import matching
from shop.core.paging import Pages

GOODS_A_PAGE = 24


@dataclass(frozen=True)
class Goods:
    """One listing with what of it can be had."""

    listing_id: int
    slug: str
    name_zh: str
    name_en: str
    supplier_zh: str
    supplier_en: str
    picture_key: str
    specifications: tuple[SpecForSale, ...]


def find_goods(words: str, page: str | int) -> tuple[Page, list[Goods]]:
    """Return a page of listings in stock that match `words` (the best ranked without any). At most four queries."""
    cards = ListingCard.objects.filter(is_preorder=False, in_stock=True)
    if words.strip():
        cards = matching(cards, words)
    found = Pages(cards.order_by("-rank", "listing_id").values_list("pk", flat=True), GOODS_A_PAGE).get_page(page)
    order = {pk: number for number, pk in enumerate(found.object_list)}
    ids = Specification.objects.filter(listing__in=list(order), is_offered=True).order_by("position", "pk")
    by_listing: dict[int, list[SpecForSale]] = {}
    for spec in specifications_for_sale(ids.values_list("pk", flat=True)).values():
        if spec.is_sellable and spec.available > 0:
            by_listing.setdefault(spec.listing_id, []).append(spec)
    goods = [
        Goods(
            listing_id=pk,
            slug=specs[0].slug,
            name_zh=specs[0].name_zh,
            name_en=specs[0].name_en,
            supplier_zh=specs[0].supplier_name_zh,
            supplier_en=specs[0].supplier_name_en,
            picture_key=specs[0].picture_key,
            specifications=tuple(sorted(specs, key=lambda spec: (spec.price_fen, spec.specification_id))),
        )
        for pk, specs in sorted(by_listing.items(), key=lambda item: order[item[0]])
    ]
    return found, goods


def specifications_by_code(codes: Iterable[str]) -> dict[str, SpecForSale]:
    """Return what upper-case codes (编码, our SKU) stand for; an unknown one is absent. Two queries."""
    wanted = {code.upper() for code in codes if code}
    if not wanted:
        return {}
    known = Q(stockrecord__partner_sku__in=wanted)
    ids = dict(Specification.objects.filter(known).values_list("pk", "stockrecord__partner_sku"))
    return {ids[pk].upper(): spec for pk, spec in specifications_for_sale(ids).items()}


def specifications_of_listing(slug: str) -> list[SpecForSale]:
    """Return what of a listing can be bought now, the cheapest first. Two queries."""
    ids = Specification.objects.filter(listing__slug=slug, is_offered=True).values_list("pk", flat=True)
    specs = [spec for spec in specifications_for_sale(ids).values() if spec.is_sellable and spec.available > 0]
    return sorted(specs, key=lambda spec: (spec.price_fen, spec.specification_id))
