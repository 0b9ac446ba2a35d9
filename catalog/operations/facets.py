"""Counting the facets of every scope, so that an unfiltered list counts nothing itself."""

from collections import Counter
from datetime import datetime

from django.core.cache import cache
from django.db import transaction

from catalog.facets import FLAGS, TREE_KEY, price_bucket
from catalog.models import FacetCount, ListingCard
from catalog.places import place_en, place_zh
from shop.core.models import Division


def rebuild_facets(at: datetime) -> int:
    """Count every scope's facets again and put them in the place of the old. Return how many counts there are.

    Scopes are "all", "category:{id}" (top and leaf) and "county:{code}". One pass over the cards.
    """
    counts: Counter[tuple[str, str, str]] = Counter()
    suppliers: dict[str, set[int]] = {}
    rows = ListingCard.objects.order_by().values_list(
        "category_top_id", "category_id", "county_code", "province_code", "supplier_id", "jin_fen", *FLAGS
    )
    for top, category, county, province, supplier, jin_fen, *flags in rows.iterator(chunk_size=5000):
        facets = [("total", ""), ("category", str(category)), ("county", county)]
        if top != category:
            facets.append(("category", str(top)))
        if jin_fen is not None:
            facets.append(("price", str(price_bucket(jin_fen))))
        facets += [(name, "1") for name, on in zip(FLAGS, flags, strict=True) if on]
        scopes = {"all", f"category:{top}", f"category:{category}", f"county:{county}", f"county:{province}"}
        for scope in scopes:
            suppliers.setdefault(scope, set()).add(supplier)
            counts.update((scope, facet, value) for facet, value in facets)
    for scope, sellers in suppliers.items():
        counts[(scope, "suppliers", "")] = len(sellers)
    labels = _labels({value for _, facet, value in counts if facet == "county"})
    with transaction.atomic():
        FacetCount.objects.all().delete()
        FacetCount.objects.bulk_create(
            (
                FacetCount(
                    scope=scope,
                    facet=facet,
                    value=value,
                    count=count,
                    label_zh=labels.get(value, ("", ""))[0] if facet == "county" else "",
                    label_en=labels.get(value, ("", ""))[1] if facet == "county" else "",
                )
                for (scope, facet, value), count in sorted(counts.items())
            ),
            batch_size=1000,
        )
    cache.delete(TREE_KEY)
    return len(counts)


def _labels(codes: set[str]) -> dict[str, tuple[str, str]]:
    """Return counties' names with their prefecture's, short: 梅州 梅县, "Meixian, Meizhou"."""
    rows = Division.objects.filter(code__in=codes).select_related("parent")
    return {row.code: (place_zh(row), place_en(row)) for row in rows}
