"""The one door: whatever sells places its lines here. One purchase, one Oscar order per supplier."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from oscar.apps.basket.models import Basket
from oscar.apps.basket.models import Line as BasketLine
from oscar.apps.order.models import Line, Order

from catalog.operations import stock
from catalog.operations.listings import lock_listings
from catalog.queries import SpecForSale
from shop.core.errors import DomainError
from shop.core.money import to_yuan
from shop.sales import rules
from shop.sales.errors import BasketChanged, OverLimit
from shop.sales.models import LineFacts, OrderFacts, Purchase
from shop.sales.numbers import new_number
from shop.sales.operations.discounts import claim_uses
from shop.sales.pricing import Applied
from shop.sales.states import OrderState, PurchaseState, Terms
from shop.sales.texts import in_reader_language
from shop.sales.visitors import token_hash


@dataclass(frozen=True)
class PlaceLine:
    """What is bought of one specification. Amounts in 分; `discount_fen` is for the whole line."""

    spec: SpecForSale
    quantity: int
    unit_price_fen: int
    price_source: str = "list"
    discount_fen: int = 0
    discount_supplier_fen: int = 0
    stock_id: int | None = None

    @property
    def pool(self) -> int:
        """The stock row that the pieces come from: the main pool unless a door says another."""
        return self.stock_id or self.spec.stock_id


@dataclass(frozen=True)
class Buyer:
    """Who buys: a user, or a guest reached by phone with a token that opens the orders."""

    user: Any = None
    phone: str = ""
    email: str = ""
    guest_token: str = ""


@dataclass(frozen=True)
class ShipTo:
    """Where the parcels go. `division_code` is a county."""

    name: str
    phone: str
    division_code: str
    street: str
    postcode: str = ""


@dataclass(frozen=True)
class Invoice:
    """What the invoice says; an empty title asks for none."""

    title: str = ""
    tax_no: str = ""
    email: str = ""


@dataclass(frozen=True)
class Attribution:
    """Where the order came from, as it was then."""

    kind: str = "shop"
    ref: str = ""
    label: str = ""


@dataclass(frozen=True)
class Extras:
    """What goes with a purchase besides its lines: notes and freight (分) by supplier id, coupon, invoice."""

    notes: Mapping[int, str] = field(default_factory=dict)
    freight: Mapping[int, int] = field(default_factory=dict)
    invoice: Invoice = Invoice()
    coupon_code: str = ""
    applied: Sequence[Applied] = ()


def place(
    *,
    actor: Any,
    at: datetime,
    lines: Sequence[PlaceLine],
    buyer: Buyer,
    ship_to: ShipTo,
    key: str,
    terms: str = Terms.ONLINE,
    attribution: Attribution = Attribution(),
    extras: Extras = Extras(),
    basket_id: int | None = None,
    leaves_some: bool = False,
) -> Purchase:
    """Reserve stock and write one purchase with an order per supplier, all or nothing; nothing is paid yet.

    The same `key` again returns the first purchase. With `basket_id`, that basket goes from Open to Submitted; where
    it `leaves_some` lines that are not bought now, only the bought ones go, the others wait in it.
    Raises OutOfStock, OverLimit, CouponGone, or BasketChanged when the basket was ordered or changed meanwhile.
    Locks: basket, limited listings, stock pools by id.
    """
    if not lines:
        raise BasketChanged(_("Your basket is empty."))
    try:
        with transaction.atomic():
            if basket_id is not None:
                _take_from_basket(basket_id, lines, leaves_some, at)
            _check_limits(lines, buyer)
            wanted: dict[int, int] = defaultdict(int)
            for line in lines:
                wanted[line.pool] += line.quantity
            stock.reserve(wanted)
            purchase = _write(at, lines, buyer, ship_to, key, terms, attribution, extras, basket_id)
            claim_uses(purchase=purchase, applied=extras.applied, user=buyer.user)
            return purchase
    except (IntegrityError, DomainError):
        # The same key before, or at the same moment: that attempt stands, everything of this one is rolled back.
        placed = Purchase.objects.filter(key=key).first()
        if placed is None:
            raise
        return placed


def _take_from_basket(basket_id: int, lines: Sequence[PlaceLine], leaves_some: bool, at: datetime) -> None:
    """Close the basket, or take the bought lines out of it; both are compare-and-set: a second order finds nothing."""
    opened = Basket.objects.filter(pk=basket_id, status=Basket.OPEN)
    if not leaves_some:
        taken = opened.update(status=Basket.SUBMITTED, date_submitted=at) == 1
    else:
        bought = [str(line.spec.specification_id) for line in lines]
        done = Basket.objects.create(status=Basket.SUBMITTED, date_submitted=at)
        moved = BasketLine.objects.filter(basket__in=opened, line_reference__in=bought).update(basket=done)
        taken = moved == len(bought)
    if not taken:
        raise BasketChanged(_("This basket has been ordered already. Look at your orders."))


def _check_limits(lines: Sequence[PlaceLine], buyer: Buyer) -> None:
    """Count what the buyer has of limited listings; their rows are locked, so that two checkouts count each other."""
    limits = {line.spec.listing_id: line.spec for line in lines if line.spec.purchase_limit is not None}
    if not limits:
        return
    lock_listings(limits)
    whose = Q(order__purchase__user=buyer.user) if buyer.user else Q(order__purchase__contact_phone=buyer.phone)
    rows = (
        LineFacts.objects.filter(whose, listing_id__in=limits)
        .exclude(order__state=OrderState.CANCELLED)
        .values_list("listing_id")
        .annotate(ordered=Sum("ordered"), cancelled=Sum("cancelled"))
    )
    had = {listing_id: ordered - cancelled for listing_id, ordered, cancelled in rows}
    for listing_id, spec in limits.items():
        now = sum(line.quantity for line in lines if line.spec.listing_id == listing_id)
        limit = spec.purchase_limit or 0
        if had.get(listing_id, 0) + now > limit:
            left = max(0, limit - had.get(listing_id, 0))
            text = ngettext(
                "%(name)s: each buyer may have %(limit)d; you can take %(left)d more.",
                "%(name)s: each buyer may have %(limit)d; you can take %(left)d more.",
                limit,
            )
            raise OverLimit(
                text % {"name": in_reader_language(spec.name_zh, spec.name_en), "limit": limit, "left": left},
                specification_id=spec.specification_id,
                left=left,
            )


def _write(
    at: datetime,
    lines: Sequence[PlaceLine],
    buyer: Buyer,
    ship_to: ShipTo,
    key: str,
    terms: str,
    attribution: Attribution,
    extras: Extras,
    basket_id: int | None,
) -> Purchase:
    groups: dict[int, list[PlaceLine]] = defaultdict(list)
    for line in lines:
        groups[line.spec.supplier_id].append(line)
    goods = sum(line.unit_price_fen * line.quantity for line in lines)
    discount = sum(line.discount_fen for line in lines)
    freight = sum(extras.freight.get(supplier_id, 0) for supplier_id in groups)
    purchase = Purchase.objects.create(
        number=new_number("HQ", at),
        key=key,
        user=buyer.user,
        contact_phone=buyer.phone,
        contact_email=buyer.email,
        guest_token_hash=token_hash(buyer.guest_token),
        state=PurchaseState.UNPAID,
        terms=terms,
        goods_fen=goods,
        discount_fen=discount,
        freight_fen=freight,
        total_fen=goods - discount + freight,
        ship_name=ship_to.name,
        ship_phone=ship_to.phone,
        ship_division_id=ship_to.division_code,
        ship_street=ship_to.street,
        ship_postcode=ship_to.postcode,
        invoice_title=extras.invoice.title,
        invoice_tax_no=extras.invoice.tax_no,
        invoice_email=extras.invoice.email,
        coupon_code=extras.coupon_code,
        attribution_kind=attribution.kind,
        attribution_ref=attribution.ref,
        attribution_label=attribution.label,
        basket_id=basket_id,
        placed_at=at,
        pay_by=rules.pay_by(terms, at),
    )
    state = OrderState.TO_SHIP if terms == Terms.POSTPAID else OrderState.UNPAID
    _write_orders(purchase, groups, extras, state, at)
    return purchase


def _write_orders(
    purchase: Purchase, groups: Mapping[int, list[PlaceLine]], extras: Extras, state: str, at: datetime
) -> None:
    facts, orders, order_lines, line_facts = [], [], [], []
    for supplier_id, lines in groups.items():
        goods = sum(line.unit_price_fen * line.quantity for line in lines)
        discount = sum(line.discount_fen for line in lines)
        freight = extras.freight.get(supplier_id, 0)
        total = goods - discount + freight
        order = Order(
            number=new_number("DD", at),
            site_id=1,
            # One Oscar basket belongs to one Oscar order; a purchase has several, so the purchase keeps it.
            basket_id=None,
            user_id=purchase.user_id,
            currency="CNY",
            total_incl_tax=to_yuan(total),
            total_excl_tax=to_yuan(total),
            shipping_incl_tax=to_yuan(freight),
            shipping_excl_tax=to_yuan(freight),
            status=state,
            guest_email=purchase.contact_email,
            date_placed=at,
        )
        orders.append(order)
        facts.append(
            OrderFacts(
                purchase=purchase,
                supplier_id=supplier_id,
                state=state,
                goods_fen=goods,
                discount_fen=discount,
                discount_supplier_fen=sum(line.discount_supplier_fen for line in lines),
                freight_fen=freight,
                total_fen=total,
                note=extras.notes.get(supplier_id, ""),
                placed_at=at,
            )
        )
        order_lines.append([_order_line(line) for line in lines])
        line_facts.append([_line_facts(line) for line in lines])
    Order.objects.bulk_create(orders)
    for order, fact, its_lines, its_facts in zip(orders, facts, order_lines, line_facts, strict=True):
        fact.order = order
        for line, line_fact in zip(its_lines, its_facts, strict=True):
            line.order = order
            line_fact.order_id = order.pk
    OrderFacts.objects.bulk_create(facts)
    flat = [line for its_lines in order_lines for line in its_lines]
    Line.objects.bulk_create(flat)
    flat_facts = [fact for its_facts in line_facts for fact in its_facts]
    for line, line_fact in zip(flat, flat_facts, strict=True):
        line_fact.line = line
    LineFacts.objects.bulk_create(flat_facts)


def _order_line(line: PlaceLine) -> Line:
    before = to_yuan(line.unit_price_fen * line.quantity)
    after = to_yuan(line.unit_price_fen * line.quantity - line.discount_fen)
    unit = to_yuan(line.unit_price_fen)
    spec = line.spec
    return Line(
        partner_id=spec.partner_id,
        partner_name=spec.supplier_name_zh,
        partner_sku=spec.sku,
        stockrecord_id=spec.stockrecord_id,
        product_id=spec.product_id,
        title=spec.name_zh,
        quantity=line.quantity,
        line_price_incl_tax=after,
        line_price_excl_tax=after,
        line_price_before_discounts_incl_tax=before,
        line_price_before_discounts_excl_tax=before,
        unit_price_incl_tax=unit,
        unit_price_excl_tax=unit,
        num_allocated=0,
    )


def _line_facts(line: PlaceLine) -> LineFacts:
    spec = line.spec
    return LineFacts(
        listing_id=spec.listing_id,
        specification_id=spec.specification_id,
        stock_id=line.pool,
        name_zh=spec.name_zh,
        name_en=spec.name_en,
        spec_zh=spec.spec_zh,
        spec_en=spec.spec_en,
        picture_key=spec.picture_key,
        unit_price_fen=line.unit_price_fen,
        discount_fen=line.discount_fen,
        price_source=line.price_source,
        net_grams=spec.net_grams,
        ordered=line.quantity,
        county_code=spec.county_code,
        village_id=spec.village_id,
        is_fresh=spec.is_fresh,
    )
