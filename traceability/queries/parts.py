"""What mixes were made of, down to what was harvested."""

from collections.abc import Mapping, Sequence

from traceability.models import LotSource, ProduceLot


def products_in(sources: Mapping[int, Sequence[tuple[int, int]]]) -> dict[int, frozenset[int]]:
    """Return the products (ids) of all lots that went into each mix. `sources`: mix → its parts (lot, grams).

    Two queries for each time that something was mixed again, none without a mix.
    """
    inside = {mix: {lot_id for lot_id, _grams in parts} for mix, parts in sources.items()}
    known: dict[int, int] = {}
    while new := sorted(set().union(*inside.values()) - set(known)):
        known.update(ProduceLot.objects.filter(pk__in=new).values_list("pk", "listing_id"))
        deeper: dict[int, set[int]] = {}
        for lot_id, source_id in LotSource.objects.filter(lot__in=new).values_list("lot_id", "source_id"):
            deeper.setdefault(lot_id, set()).add(source_id)
        for parts in inside.values():
            parts.update(*(deeper[lot_id] for lot_id in parts & set(deeper)))
    return {mix: frozenset(known[lot_id] for lot_id in parts) for mix, parts in inside.items()}
