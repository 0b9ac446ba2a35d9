"""What goods cost at list prices, for doors that have no basket."""

from collections.abc import Sequence

from catalog.queries import SpecForSale, freight_of
from shop.sales.pricing import PricedLine, Quote, add_freight, group_by_supplier

__all__ = ["Quote", "list_quote"]


def list_quote(wanted: Sequence[tuple[SpecForSale, int]], *, destination: str) -> Quote:
    """Return goods and freight of (specification, pieces) to a county, without the shop's offers. One query."""
    lines = [PricedLine(spec, pieces, spec.price_fen) for spec, pieces in wanted]
    groups = group_by_supplier(lines)
    if groups:
        add_freight(groups, freight_of(line.spec.freight_template_id for line in lines), destination)
    return Quote(groups)
