"""Goods that a buyer's list calls by their names instead of our codes."""

from collections.abc import Iterable
from dataclasses import dataclass

from catalog.models import ListingCard, Specification
from catalog.queries.sale import SpecForSale, specifications_for_sale
from catalog.rules.naming import plain_name, says, wider_names
from catalog.search import matching

# Names of one list that are looked for, at most three searches each; more of them want codes.
MOST_NAMES = 60
LISTINGS_A_NAME = 5
MOST_CANDIDATES = 8


@dataclass(frozen=True, slots=True)
class NameMatch:
    """What a name may mean, the likeliest first, and what it says word for word, if that is one thing alone."""

    candidates: tuple[SpecForSale, ...] = ()
    certain: SpecForSale | None = None


def specifications_by_name(names: Iterable[tuple[str, str]]) -> dict[tuple[str, str], NameMatch]:
    """Return what pairs of (name, specification) may mean among the goods that can be bought now.

    At most MOST_NAMES different names are looked for. At most three queries for each, and two.
    """
    wanted: dict[str, list[tuple[str, str]]] = {}
    for pair in names:
        if plain_name(pair[0]) and (pair[0] in wanted or len(wanted) < MOST_NAMES):
            wanted.setdefault(pair[0], []).append(pair)
    listings = {name: _listings(name) for name in wanted}
    ids = Specification.objects.filter(listing__in={pk for found in listings.values() for pk in found}, is_offered=True)
    by_listing: dict[int, list[SpecForSale]] = {}
    for spec in specifications_for_sale(ids.order_by("position", "pk").values_list("pk", flat=True)).values():
        if spec.is_sellable and not spec.is_preorder and spec.available > 0:
            by_listing.setdefault(spec.listing_id, []).append(spec)
    return {
        pair: _match(pair, [by_listing[pk] for pk in listings[name] if pk in by_listing])
        for name, pairs in wanted.items()
        for pair in pairs
    }


def _listings(name: str) -> list[int]:
    """Return the listings that the closest reading of a name finds, the best ranked first."""
    cards = ListingCard.objects.filter(is_preorder=False, in_stock=True)
    for wider in wider_names(name):
        found = matching(cards, wider).order_by("-rank", "listing_id").values_list("pk", flat=True)
        if pks := list(found[:LISTINGS_A_NAME]):
            return pks
    return []


def _match(pair: tuple[str, str], listings: list[list[SpecForSale]]) -> NameMatch:
    """Return a pair's match among the specifications of the listings that its name found."""
    name, spec = pair
    specs = [each for found in listings for each in found]
    only = {found[0].listing_id for found in listings if len(found) == 1}
    word_for_word = [
        each
        for each in specs
        if any(
            says(name, spec, known_name=known_name, known_spec=known_spec, is_only=each.listing_id in only)
            for known_name, known_spec in ((each.name_zh, each.spec_zh), (each.name_en, each.spec_en))
            if known_name
        )
    ]
    # What the typed specification says stands first; the order is otherwise that of the search.
    wanted = plain_name(spec)
    specs.sort(key=lambda each: not (wanted and wanted in plain_name(f"{each.spec_zh} {each.spec_en}")))
    certain = word_for_word[0] if len(word_for_word) == 1 else None
    return NameMatch(tuple(specs[:MOST_CANDIDATES]), certain)
