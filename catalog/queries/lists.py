"""Lists of products: one query for the cards, one or two for the facets, whatever the number of products."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, QuerySet, Value, When
from django.utils.functional import cached_property
from django.utils.safestring import SafeString

from catalog.asked import Asked
from catalog.cardpress import shown
from catalog.facets import FLAGS, price_bucket
from catalog.models import FacetCount, ListingCard
from catalog.queries.tree import Node, category_tree
from catalog.search import matching
from catalog.words import english
from shop.core.prepared import Prepared

PER_PAGE = 24
MAX_PAGES = 100
FACETS_READ = 100
CAP = 1000  # A filtered list counts no further than this: "1000+".

ORDERS = {
    "rank": ("-rank", "listing_id"),
    "sales": ("-sold_count", "listing_id"),
    "unit": ("jin_fen", "listing_id"),
    "new": ("-fresh_rank", "listing_id"),
}


@dataclass(frozen=True, slots=True)
class Scope:
    """What a list is a list of: everything, a category, a county, a supplier or a village."""

    name: str = "all"
    category: Node | None = None
    county_code: str = ""

    @classmethod
    def of_category(cls, node: Node) -> Scope:
        """Return the scope of a category."""
        return cls(name=f"category:{node.pk}", category=node)

    def cards(self) -> QuerySet[ListingCard]:
        """Return the scope's cards. No query runs yet."""
        cards = ListingCard.objects.all()
        if self.category is not None:
            column = "category_top_id" if self.category.is_top else "category_id"
            cards = cards.filter(**{column: self.category.pk})
        if self.county_code:
            cards = cards.filter(county_code=self.county_code)
        return cards


class KnownPaginator(Paginator):
    """A paginator that is told how many there are."""

    def __init__(self, total: int, per_page: int = PER_PAGE) -> None:
        super().__init__([], per_page)
        self.total = total

    @cached_property
    def count(self) -> int:
        """How many there are, as far as pages go."""
        return min(self.total, MAX_PAGES * self.per_page)


@dataclass(slots=True)
class FacetValue:
    """One box to tick, with how many it would show (None: not counted)."""

    value: str
    label: str
    count: int | None
    on: bool


@dataclass(slots=True)
class ListPage:
    """A page of a list: finished cards, how many there are, and what it can be narrowed by."""

    asked: Asked
    cards: list[SafeString]
    total: int
    capped: bool
    suppliers: int | None
    page: Page[str]
    categories: list[FacetValue]
    counties: list[FacetValue]
    flags: dict[str, FacetValue]
    prices: list[int]


def _facets(scope: str) -> QuerySet[Any]:
    """Return the stored facets of a scope, those of places last, with most first."""
    rows = FacetCount.objects.filter(scope=scope).order_by(
        Case(When(facet="county", then=Value(1)), default=Value(0)), "-count", "value"
    )
    return rows.values_list("facet", "value", "count", "label_zh", "label_en")


_ALL_FACETS = Prepared(_facets)
_FIRST_FACETS = Prepared(lambda scope: _facets(scope)[:FACETS_READ])


def card_page(scope: Scope, asked: Asked) -> ListPage:
    """Return the page of `scope` that is asked for; a page beyond the last is the last.

    Unfiltered: two queries. Filtered or searched: three or four, of which the counting ones read at most 1,000 rows.
    """
    plain = not asked.count and not asked.query
    # An unfiltered list offers the places with most; reading all of them would cost more with each new county.
    stored = (_FIRST_FACETS if plain else _ALL_FACETS)(scope.name)
    base = scope.cards()
    if asked.query:
        base = matching(base, asked.query)
    if plain:
        counts = Counter({(facet, value): count for facet, value, count, *_ in stored})
        total, capped, counted = counts["total", ""], False, True
        suppliers: int | None = counts["suppliers", ""]
    else:
        counts, total, capped = _count(narrow(base, replace(asked, categories=(), counties=())), asked)
        counted = not capped
        if capped and (asked.categories or asked.counties):
            counts, total, capped = _count(narrow(base, asked), asked)
        suppliers = None if capped else counts["suppliers", ""]
    paginator = KnownPaginator(total)
    page = paginator.get_page(asked.page)
    asked = replace(asked, page=page.number)
    start = (page.number - 1) * PER_PAGE
    found = narrow(base, asked).order_by(*ORDERS[asked.sort])
    html = found.values_list("html_en" if english() else "html_zh", flat=True)[start : start + PER_PAGE]
    labels = {value: (english() and en) or zh for facet, value, _, zh, en in stored if facet == "county"}
    return ListPage(
        asked=asked,
        cards=shown(html),
        total=total,
        capped=capped,
        suppliers=suppliers,
        page=page,
        categories=_categories(scope, asked, counts, counted),
        counties=_counties(asked, counts, labels, counted),
        flags={
            flag: FacetValue(flag, "", counts[flag, "1"] if counted else None, flag in asked.flags) for flag in FLAGS
        },
        prices=_prices(counts, stored),
    )


def narrow(cards: QuerySet[ListingCard], asked: Asked) -> QuerySet[ListingCard]:
    """Return those of `cards` that the chosen filters leave. No query runs yet."""
    if asked.categories:
        tree = category_tree()
        tops = [pk for pk in asked.categories if pk in tree.by_pk and tree.by_pk[pk].is_top]
        leaves = [pk for pk in asked.categories if pk not in tops]
        if tops and not leaves:
            cards = cards.filter(category_top_id__in=tops)
        elif leaves and not tops:
            cards = cards.filter(category_id__in=leaves)
        else:
            cards = cards.filter(category_top_id__in=tops) | cards.filter(category_id__in=leaves)
    if asked.counties:
        cards = cards.filter(county_code__in=asked.counties)
    for flag in asked.flags:
        cards = cards.filter(**{flag: True})
    if asked.low_fen is not None:
        cards = cards.filter(jin_fen__gte=asked.low_fen)
    if asked.high_fen is not None:
        cards = cards.filter(jin_fen__lte=asked.high_fen)
    return cards


def _count(cards: QuerySet[ListingCard], asked: Asked) -> tuple[Counter[tuple[str, str]], int, bool]:
    """Count the facets of `cards`, in which categories and counties are still open, reading at most CAP rows.

    A category is counted under the chosen counties and the other way round, so that one more tick adds what it says.
    """
    rows = list(
        cards.order_by().values_list("category_top_id", "category_id", "county_code", "supplier_id", "jin_fen", *FLAGS)[
            : CAP + 1
        ]
    )
    capped = len(rows) > CAP
    counts: Counter[tuple[str, str]] = Counter()
    sellers = set()
    for top, category, county, supplier, jin_fen, *flags in rows:
        in_category = not asked.categories or category in asked.categories or top in asked.categories
        in_county = not asked.counties or county in asked.counties
        if in_county:
            counts.update({("category", str(pk)): 1 for pk in {top, category}})
        if in_category:
            counts["county", county] += 1
        if in_category and in_county:
            counts["total", ""] += 1
            sellers.add(supplier)
            counts.update(("flag", name) for name, on in zip(FLAGS, flags, strict=True) if on)
            if jin_fen is not None:
                counts["price", str(price_bucket(jin_fen))] += 1
    for flag in FLAGS:
        counts[flag, "1"] = counts.pop(("flag", flag), 0)
    counts["suppliers", ""] = len(sellers)
    return counts, CAP if capped else counts["total", ""], capped


def _categories(scope: Scope, asked: Asked, counts: Counter[tuple[str, str]], counted: bool) -> list[FacetValue]:
    nodes = category_tree().tops if scope.category is None else scope.category.children
    values = [
        FacetValue(str(node.pk), node.name, counts["category", str(node.pk)] if counted else None, on)
        for node in nodes
        for on in [node.pk in asked.categories]
        if on or not counted or counts["category", str(node.pk)]
    ]
    known = {value.value for value in values}
    others = [pk for pk in asked.categories if str(pk) not in known]
    if others:
        names = category_tree().by_pk
        values += [FacetValue(str(pk), names[pk].name, None, on=True) for pk in others if pk in names]
    return values


def _counties(
    asked: Asked, counts: Counter[tuple[str, str]], labels: dict[str, str], counted: bool
) -> list[FacetValue]:
    codes = set(labels) if not counted else {value for facet, value in counts if facet == "county"}
    codes |= {code for code in asked.counties if code in labels}
    values = [
        FacetValue(code, labels.get(code, code), counts["county", code] if counted else None, code in asked.counties)
        for code in codes
    ]
    return sorted(values, key=lambda each: (not each.on, -(each.count or 0), each.value))


def _prices(counts: Counter[tuple[str, str]], stored: list[tuple]) -> list[int]:
    """Return the scope's histogram; a filtered list shows the shape of what it was cut from."""
    whole = {value: count for facet, value, count, *_ in stored if facet == "price"}
    source = whole or {value: count for (facet, value), count in counts.items() if facet == "price"}
    return [source.get(str(step), 0) for step in range(12)]


def cards_of(listing_ids: Iterable[int]) -> dict[int, SafeString]:
    """Return the finished cards of listings that are on sale, by id; others are absent. One query, none without ids."""
    wanted = set(listing_ids)
    if not wanted:
        return {}
    column = "html_en" if english() else "html_zh"
    rows = list(ListingCard.objects.filter(pk__in=wanted).values_list("pk", column))
    return dict(zip([pk for pk, _html in rows], shown(html for _pk, html in rows), strict=True))
