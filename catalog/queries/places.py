"""Where things come from: villages, regional halls, suppliers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page
from django.db.models import Q, QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from catalog.cardpress import shown
from catalog.models import FacetCount, ListingCard, Picture, Supplier, Village
from catalog.pictures import Rendition, rendition
from catalog.places import place, short
from catalog.words import english, local, said
from shop.core.models import AssistancePairing, Division
from shop.core.paging import Pages, Turned, paged

PER_PAGE = 24
FOUND = 4


def shown_picture(picture: Picture | None) -> Rendition | None:
    """Return what draws a stored picture; None without one."""
    if picture is None:
        return None
    return rendition(
        picture.key,
        picture.widths,
        size=(picture.width, picture.height),
        ground=picture.ground,
        alt_zh=picture.alt_zh,
        alt_en=picture.alt_en,
    )


def village_card(village: Village) -> dict[str, Any]:
    """Return a village as the component `place_card` draws it. Needs county, its parent and the picture loaded."""
    households = _("%(n)s households") % {"n": village.households} if village.households else ""
    text = " · ".join(filter(None, [place(village.county), said(village, "specialty"), households]))
    name, specialty = said(village, "name"), said(village, "specialty")
    return {
        "url": local(f"/villages/{village.slug}/"),
        "title": said(village, "headline")
        or _("%(village)s, %(specialty)s") % {"village": name, "specialty": specialty},
        "text": text,
        "picture": shown_picture(village.picture),
    }


def _villages() -> QuerySet[Village]:
    return Village.objects.filter(is_published=True).select_related("county__parent", "picture")


def _suppliers() -> QuerySet[Supplier]:
    return Supplier.objects.filter(is_active=True).select_related("county__parent", "picture", "portrait", "village")


def _cards(cards: QuerySet[ListingCard], limit: int) -> list[SafeString]:
    column = "html_en" if english() else "html_zh"
    return shown(cards.order_by("-rank", "listing_id").values_list(column, flat=True)[:limit])


def places_called(query: str) -> list[dict[str, str]]:
    """Return villages and suppliers whose name has `query` in it: name, url, icon. Two queries, none without words."""
    if len(query) < 2:
        return []
    named = Q(name_zh__icontains=query) | Q(name_en__icontains=query)
    villages = _villages().filter(named).order_by("position", "pk")[:FOUND]
    suppliers = _suppliers().filter(named).order_by("pk")[:FOUND]
    found = [
        {"name": said(each, "name"), "url": local(f"/villages/{each.slug}/"), "icon": "village"} for each in villages
    ]
    return found + [
        {"name": said(each, "name"), "url": local(f"/suppliers/{each.slug}/"), "icon": "store"} for each in suppliers
    ]


@dataclass(slots=True)
class VillagePage:
    """All that a village's page shows."""

    village: Village
    place: str
    suppliers: list[Supplier]
    cards: list[SafeString]
    total: int
    others: list[dict[str, Any]]


def village_page(slug: str) -> VillagePage | None:
    """Return the page of a published village, or None. Five queries."""
    village = _villages().select_related("county__parent__parent", "picture").filter(slug=slug).first()
    if village is None:
        return None
    cards = ListingCard.objects.filter(village_id=village.pk)
    suppliers = list(_suppliers().filter(Q(village=village) | Q(listings__village=village)).distinct().order_by("pk"))
    others = _villages().exclude(pk=village.pk).order_by("position", "pk")
    near = list(others.filter(pk__gt=village.pk).order_by("pk")[:3])
    if len(near) < 3:
        near += [each for each in others[:4] if each not in near][: 3 - len(near)]
    return VillagePage(
        village=village,
        place=full_place(village),
        suppliers=suppliers,
        cards=_cards(cards, 9),
        total=cards.count(),
        others=[village_card(each) for each in near],
    )


def full_place(village: Village) -> str:
    """Return province, prefecture, county and township, short, in the reader's order. Needs them loaded."""
    names = [*(short(row) for row in above(village.county)), said(village, "township")]
    names = [name for name in names if name]
    return ", ".join(reversed(names)) if english() else " ".join(names)


def above(row: Division | None) -> list[Division]:
    """Return a division with everything above it, the province first. Parents must be loaded."""
    found: list[Division] = []
    while row is not None:
        found.insert(0, row)
        row = row.parent
    return found


def village_list(number: Turned) -> Page[Village]:
    """Return a page of the published villages. Two queries."""
    return paged(_villages().order_by("position", "pk"), number, PER_PAGE)


def latest_villages(limit: int) -> tuple[list[dict[str, Any]], int]:
    """Return the first villages as place cards, and how many there are. Two queries."""
    return [village_card(each) for each in _villages().order_by("position", "pk")[:limit]], _villages().count()


def village_cards(ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Return published villages as place cards by id. One query, none without ids."""
    wanted = list(ids)
    return {each.pk: village_card(each) for each in _villages().filter(pk__in=wanted)} if wanted else {}


@dataclass(slots=True)
class SupplierPage:
    """All that a storefront shows."""

    supplier: Supplier
    place: str
    cards: list[SafeString]
    page: Page[Any]
    picture: Rendition | None
    portrait: Rendition | None
    phone: str


def supplier_page(slug: str, number: str | int) -> SupplierPage | None:
    """Return the storefront of an active supplier, or None. Three queries."""
    supplier = (
        _suppliers()
        .select_related("county__parent__parent", "picture", "portrait", "village__picture", "organisation")
        .filter(slug=slug)
        .first()
    )
    if supplier is None:
        return None
    column = "html_en" if english() else "html_zh"
    cards = ListingCard.objects.filter(supplier_id=supplier.pk).order_by("-rank", "listing_id")
    page = Pages(cards.values_list(column, flat=True), PER_PAGE).get_page(number)
    village_picture = supplier.village.picture if supplier.village else None
    return SupplierPage(
        supplier=supplier,
        place=place(supplier.county),
        cards=shown(page.object_list),
        page=page,
        picture=shown_picture(supplier.picture or village_picture),
        portrait=shown_picture(supplier.portrait),
        phone=supplier.organisation.phone,
    )


def supplier_list(number: Turned) -> Page[Supplier]:
    """Return a page of the active suppliers. Two queries."""
    return paged(_suppliers().order_by("county_id", "pk"), number, PER_PAGE)


@dataclass(slots=True)
class Hall:
    """One hall on the list of halls."""

    code: str
    name: str
    count: int
    is_assisted: bool
    is_watched: bool


def hall_list() -> list[tuple[Hall, list[Hall]]]:
    """Return the provinces with a hall, each with its counties that have products or a village. Four queries."""
    counts = dict(FacetCount.objects.filter(scope="all", facet="county").values_list("value", "count"))
    codes = set(counts) | set(Village.objects.filter(is_published=True).values_list("county_id", flat=True))
    codes |= set(Supplier.objects.filter(is_active=True).values_list("county_id", flat=True))
    wanted = codes | {code[:2] for code in codes}
    rows = Division.objects.filter(code__in=wanted).order_by("code")
    halls = {
        row.code: Hall(row.code, short(row), counts.get(row.code, 0), row.is_assisted, row.is_watched) for row in rows
    }
    grouped: dict[str, list[Hall]] = defaultdict(list)
    for code, hall in halls.items():
        if len(code) > 2:
            grouped[code[:2]].append(hall)
    for code, counties in grouped.items():
        if code in halls:
            halls[code].count = sum(each.count for each in counties)
    return [(halls[code], counties) for code, counties in grouped.items() if code in halls]


@dataclass(slots=True)
class HallPage:
    """All that a regional hall shows."""

    division: Division
    trail: list[Division]
    pairings: list[str]
    villages: list[dict[str, Any]]
    suppliers: list[Supplier]
    cards: list[SafeString]
    total: int
    picture: Rendition | None
    households: int
    counties: list[Hall]


def hall_page(code: str) -> HallPage | None:
    """Return the hall of a province, prefecture or county, or None for an unknown one. At most eight queries."""
    division = Division.objects.select_related("parent__parent").filter(code=code).first()
    if division is None or division.level > Division.Level.COUNTY:
        return None
    rows = list(_villages().filter(county__code__startswith=code).order_by("position", "pk")[:12])
    suppliers = list(_suppliers().filter(county__code__startswith=code).order_by("pk")[:12])
    cards = ListingCard.objects.filter(**_within(code))
    own = {code[:length] for length in (2, 4, 6) if length <= len(code)}
    pairings = AssistancePairing.objects.select_related("assisting", "assisted").order_by("since_year", "pk")
    paired = pairings.filter(Q(assisted__in=own) | Q(assisting__in=own) | Q(assisted__code__startswith=code))
    counties = [hall for province, halls in hall_list() for hall in halls if hall.code.startswith(code)]
    picture = next((row.picture for row in rows if row.picture), None) or next(
        (each.picture for each in suppliers if each.picture), None
    )
    return HallPage(
        division=division,
        trail=above(division),
        pairings=list(dict.fromkeys(_paired(each) for each in paired[:6])),
        villages=[village_card(row) for row in rows],
        suppliers=suppliers,
        cards=_cards(cards, 20),
        total=cards.count(),
        picture=shown_picture(picture),
        households=sum(each.households for each in suppliers),
        counties=counties if len(code) < 6 else [],
    )


def _within(code: str) -> dict[str, str]:
    return {{2: "province_code", 6: "county_code"}.get(len(code), "county_code__startswith"): code}


def _paired(pairing: AssistancePairing) -> str:
    return _("%(assisting)s assists %(assisted)s since %(year)s") % {
        "assisting": short(pairing.assisting),
        "assisted": short(pairing.assisted),
        "year": pairing.since_year,
    }


def cards_of_villages(village_ids: Iterable[int], limit: int) -> list[SafeString]:
    """Return cards of these villages, the best first. One query."""
    return _cards(ListingCard.objects.filter(village_id__in=list(village_ids)), limit)
