"""What a basket costs: list prices, then offers and coupon (Oscar's, run once over the whole basket), then freight.

A discount is apportioned to the lines in 分 so that the parts add up; each says who pays for it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from oscar.apps.basket.models import Basket, Line
from oscar.apps.catalogue.models import Product
from oscar.apps.offer.applicator import Applicator
from oscar.apps.offer.models import ConditionalOffer, Range
from oscar.apps.partner.availability import Available
from oscar.apps.partner.models import StockRecord
from oscar.apps.partner.prices import FixedPrice
from oscar.apps.partner.strategy import PurchaseInfo
from oscar.apps.voucher.models import Voucher

from catalog.queries import Freight, SpecForSale
from catalog.rules.freight import FreightQuote
from catalog.rules.freight import quote as quote_freight
from shop.core.errors import InvalidInput
from shop.core.money import apportion, to_fen, to_yuan
from shop.core.prepared import Prepared
from shop.sales.models import OfferFunding


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
    """One offer that applied: what it gave in all, and how often."""

    offer_id: int
    name: str
    voucher_id: int | None
    amount_fen: int
    frequency: int


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
    """Work out each supplier's freight to `destination` (a county code; "" = somewhere common), after discounts.

    A listing may have a template of its own; the goods of each template travel by its rules, and the amounts add up.
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
                    goods_fen=part.goods_fen - part.discount_fen,
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


def find_coupon(code: str, *, at: datetime) -> Voucher | None:
    """Return the voucher of a code a buyer typed; None for an empty code.

    Raises InvalidInput on field `coupon` when there is none, or it is not valid now.
    """
    code = code.strip().upper()
    if not code:
        return None
    voucher = Voucher.objects.filter(code__iexact=code).first()
    if voucher is None:
        raise InvalidInput(_("There is no such coupon. Check the code."), code="coupon_unknown", field="coupon")
    if voucher.start_datetime > at:
        raise InvalidInput(_("This coupon is not valid yet."), code="coupon_early", field="coupon")
    if voucher.end_datetime < at:
        raise InvalidInput(_("This coupon has expired."), code="coupon_expired", field="coupon")
    if voucher.usage == Voucher.SINGLE_USE and voucher.num_orders > 0:
        raise InvalidInput(_("This coupon has been used."), code="coupon_used", field="coupon")
    return voucher


_OPEN_OFFERS = Prepared(
    lambda: (
        ConditionalOffer.objects.filter(offer_type=ConditionalOffer.SITE, status=ConditionalOffer.OPEN)
        .select_related("condition", "benefit")
        .order_by("-priority", "pk")
    )
)


def _site_offers() -> list[ConditionalOffer]:
    """Return what Oscar's Applicator calls the site's offers: open to everybody, today. One query."""
    now = timezone.now()
    return [offer for offer in _OPEN_OFFERS() if (offer.start_datetime or now) <= now <= (offer.end_datetime or now)]


def apply_discounts(lines: Sequence[PricedLine], *, coupon: Voucher | None, user: Any = None) -> list[Applied]:
    """Apply the site's offers and the coupon to `lines` (their discounts are set); return what applied.

    Oscar's Applicator runs once over a basket that is never saved. One query where there is nothing to apply.
    Raises InvalidInput on field `coupon` when the coupon gives nothing for these lines.
    """
    if not lines:
        return []
    applicator = Applicator()
    offers = _site_offers()
    if coupon is not None:
        for offer in coupon.offers.select_related("condition", "benefit"):
            offer.set_voucher(coupon)
            offers.append(offer)
    if not offers:
        return []
    basket = _oscar_basket(lines, user)
    _know_ranges(offers, [line.spec.product_id for line in lines])
    offers.sort(key=lambda offer: offer.priority, reverse=True)
    applicator.apply_offers(basket, offers)
    return _take_over(basket, lines, coupon)


def _oscar_basket(lines: Sequence[PricedLine], user: Any) -> Basket:
    """Return a basket in memory that holds `lines` at our prices."""
    basket = Basket(owner=user)
    products = Product.objects.select_related("product_class", "parent__product_class").in_bulk(
        [line.spec.product_id for line in lines]
    )
    rows = []
    for line in lines:
        row = Line(
            pk=line.spec.specification_id,
            basket=basket,
            line_reference=str(line.spec.specification_id),
            product=products[line.spec.product_id],
            stockrecord=StockRecord(pk=line.spec.stockrecord_id),
            quantity=line.quantity,
            price_currency="CNY",
            price_excl_tax=to_yuan(line.unit_price_fen),
            price_incl_tax=to_yuan(line.unit_price_fen),
        )
        # What Oscar's strategy would fetch, one query a line.
        price = FixedPrice(currency="CNY", excl_tax=row.price_excl_tax, tax=0)
        row._info = PurchaseInfo(price=price, availability=Available(), stockrecord=None)
        rows.append(row)
    basket.all_lines = lambda: rows
    basket._lines = rows
    return basket


def _know_ranges(offers: Sequence[ConditionalOffer], product_ids: Sequence[int]) -> None:
    """Find once which of the products each offer's ranges contain; Oscar would ask for each line and each offer."""
    users = [part for offer in offers for part in (offer.condition, offer.benefit) if part.range_id]
    ranges = Range.objects.in_bulk({part.range_id for part in users})
    for each in ranges.values():
        if not each.proxy_class:
            held = set(each.product_queryset.filter(pk__in=product_ids).values_list("pk", flat=True))
            each.contains_product = lambda product, held=held: product.pk in held
    for part in users:
        # Oscar makes a new object of the fitting class at each step, which would ask for the range again.
        made = part.proxy()
        made.range = ranges[part.range_id]
        part.proxy = lambda made=made: made


def _take_over(basket: Basket, lines: Sequence[PricedLine], coupon: Voucher | None) -> list[Applied]:
    applied = [
        Applied(
            offer_id=application["offer"].pk,
            name=application["name"],
            voucher_id=application["voucher"].pk if application["voucher"] else None,
            amount_fen=to_fen(application["discount"]),
            frequency=application["freq"],
        )
        for application in basket.offer_applications
        if application["discount"] > 0
    ]
    if coupon is not None and not any(each.voucher_id for each in applied):
        raise InvalidInput(
            _("This coupon does not fit what is in your basket."), code="coupon_not_fitting", field="coupon"
        )
    if not applied:
        return []
    by_reference = {int(row.line_reference): row for row in basket.all_lines()}
    weights = [to_fen(by_reference[line.spec.specification_id].discount_value) for line in lines]
    total = min(sum(each.amount_fen for each in applied), sum(line.goods_fen for line in lines))
    if not any(weights):
        weights = [line.goods_fen for line in lines]
    from_suppliers = _funded_by_suppliers(applied)
    for line, part in zip(lines, _capped(total, weights, [line.goods_fen for line in lines]), strict=True):
        line.discount_fen = part
    supplier_parts = apportion(min(from_suppliers, total), [line.discount_fen for line in lines]) if total else []
    for line, part in zip(lines, supplier_parts, strict=False):
        line.discount_supplier_fen = min(part, line.discount_fen)
    return applied


def _capped(total: int, weights: list[int], most: list[int]) -> list[int]:
    """Apportion `total` by `weights`, no part above its line's price; what is too much goes to the other lines."""
    parts = [min(part, cap) for part, cap in zip(apportion(total, weights), most, strict=True)]
    missing = total - sum(parts)
    for i, cap in enumerate(most):
        extra = min(missing, cap - parts[i])
        parts[i] += extra
        missing -= extra
    return parts


def _funded_by_suppliers(applied: Sequence[Applied]) -> int:
    ids = set(
        OfferFunding.objects.filter(
            offer_id__in=[each.offer_id for each in applied], funded_by=OfferFunding.FundedBy.SUPPLIER
        ).values_list("offer_id", flat=True)
    )
    return sum(each.amount_fen for each in applied if each.offer_id in ids)
