"""What a basket costs: list prices, less discounts (`shop.sales.offers`), plus freight. Amounts in 分.

A discount is apportioned to the lines so that the parts add up; each says who pays for it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from catalog.queries import Freight, SpecForSale
from catalog.rules.freight import FreightQuote
from catalog.rules.freight import quote as quote_freight


@dataclass
class PricedLine:
    """One line with its price. Amounts in 分."""

    spec: SpecForSale
    quantity: int
    unit_price_fen: int
    discount_fen: int = 0
    discount_supplier_fen: int = 0

    @property
    def goods_fen(self) -> int:
        """Pieces times price, before the discount."""
        return self.unit_price_fen * self.quantity


@dataclass(frozen=True)
class Applied:
    """One offer that applied, how often, and what it took off each specification's line (`parts`).

    `supplier_id` and `consent_id` name who pays and on which consent, where a supplier does.
    """

    offer_id: int
    name: str
    voucher_id: int | None
    frequency: int
    parts: tuple[tuple[int, int], ...]
    supplier_id: int | None = None
    consent_id: int | None = None

    @property
    def amount_fen(self) -> int:
        """What it took off in all."""
        return sum(part for _specification, part in self.parts)


@dataclass
class SupplierGroup:
    """One supplier's part: its lines and what sending them costs."""

    supplier_id: int
    name_zh: str
    name_en: str
    slug: str
    lines: list[PricedLine] = field(default_factory=list)
    freight: FreightQuote = field(default_factory=lambda: FreightQuote(fen=0, served=True, days_min=2, days_max=5))

    @property
    def goods_fen(self) -> int:
        """Goods before discounts."""
        return sum(line.goods_fen for line in self.lines)

    @property
    def discount_fen(self) -> int:
        """Discounts on these goods."""
        return sum(line.discount_fen for line in self.lines)

    @property
    def grams(self) -> dict[str, int]:
        """Gross weight by storage class."""
        weights: dict[str, int] = defaultdict(int)
        for line in self.lines:
            weights[line.spec.storage_class] += line.spec.gross_grams * line.quantity
        return dict(weights)


@dataclass
class Quote:
    """What all of it costs to one destination. total = goods - discount + freight."""

    groups: list[SupplierGroup]
    applied: list[Applied] = field(default_factory=list)

    @property
    def lines(self) -> list[PricedLine]:
        """Every line."""
        return [line for group in self.groups for line in group.lines]

    @property
    def goods_fen(self) -> int:
        """Goods before discounts."""
        return sum(group.goods_fen for group in self.groups)

    @property
    def discount_fen(self) -> int:
        """All discounts."""
        return sum(group.discount_fen for group in self.groups)

    @property
    def freight_fen(self) -> int:
        """All freight."""
        return sum(group.freight.fen for group in self.groups)

    @property
    def total_fen(self) -> int:
        """What is to be paid."""
        return self.goods_fen - self.discount_fen + self.freight_fen

    @property
    def pieces(self) -> int:
        """How many pieces."""
        return sum(line.quantity for line in self.lines)

    @property
    def served(self) -> bool:
        """Whether every supplier can send there."""
        return all(group.freight.served for group in self.groups)


def group_by_supplier(lines: Sequence[PricedLine]) -> list[SupplierGroup]:
    """Return the lines by supplier, in the order in which they came."""
    groups: dict[int, SupplierGroup] = {}
    for line in lines:
        spec = line.spec
        group = groups.setdefault(
            spec.supplier_id,
            SupplierGroup(spec.supplier_id, spec.supplier_name_zh, spec.supplier_name_en, spec.supplier_slug),
        )
        group.lines.append(line)
    return list(groups.values())


def add_freight(groups: Sequence[SupplierGroup], freights: dict[int | None, Freight], destination: str) -> None:
    """Work out each supplier's freight to `destination` (a county code; "" = somewhere common).

    What counts towards free freight is the goods before discounts: no coupon or offer makes freight dearer. A listing may have a template of its own; the goods of each template travel by its rules, and the amounts add up.
    """
    for group in groups:
        by_template: dict[int | None, list[PricedLine]] = defaultdict(list)
        for line in group.lines:
            by_template[line.spec.freight_template_id].append(line)
        quotes = []
        for template_id, lines in by_template.items():
            part = SupplierGroup(group.supplier_id, "", "", "", lines)
            freight = freights[template_id]
            quotes.append(
                quote_freight(
                    freight.rules,
                    destination=destination,
                    grams=part.grams,
                    goods_fen=part.goods_fen,
                    free_over_fen=freight.free_over_fen,
                )
            )
        group.freight = quotes[0] if len(quotes) == 1 else _sum(quotes)


def _sum(quotes: list[FreightQuote]) -> FreightQuote:
    return FreightQuote(
        fen=sum(quote.fen for quote in quotes),
        served=all(quote.served for quote in quotes),
        days_min=max(quote.days_min for quote in quotes),
        days_max=max(quote.days_max for quote in quotes),
        unserved=tuple(sorted({name for quote in quotes for name in quote.unserved})),
        full_fen=sum(quote.full_fen for quote in quotes),
    )
