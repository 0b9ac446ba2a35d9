"""The rows of a placed order: Oscar's and our facts about them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils import timezone
from oscar.apps.order.models import Line, Order

from catalog.rules.arrival import ship_by
from shop.core.money import to_yuan
from shop.core.regions import pairings_of
from shop.sales.deal import Extras, PlaceLine
from shop.sales.models import LineFacts, OrderFacts, Purchase
from shop.sales.numbers import new_number
from shop.sales.queries.promises import promises_for
from shop.sales.states import OrderState
from traceability.rules.fefo import Dates


def write_orders(
    purchase: Purchase, groups: Mapping[int, list[PlaceLine]], extras: Extras, state: str, at: datetime
) -> list[tuple[OrderFacts, list[LineFacts]]]:
    """Write one order per supplier (`groups`: supplier id → lines) in bulk; return them with their lines.

    Those that are worked on from the start (`state` TO_SHIP) get their ship-by from what is known of the goods.
    """
    facts, orders, order_lines, line_facts = [], [], [], []
    flat_lines = [line for lines in groups.values() for line in lines]
    promised = dict(zip(map(id, flat_lines), promises_for(flat_lines, at=at), strict=True))
    pairings = pairings_of({line.spec.county_code for lines in groups.values() for line in lines}, at)
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
                ship_by=_ship_by(lines, at) if state == OrderState.TO_SHIP else None,
            )
        )
        order_lines.append([_order_line(line) for line in lines])
        line_facts.append([_line_facts(line, pairings, promised.get(id(line))) for line in lines])
    Order.objects.bulk_create(orders)
    for order, fact, its_lines, its_facts in zip(orders, facts, order_lines, line_facts, strict=True):
        fact.order = order
        for line, line_fact in zip(its_lines, its_facts, strict=True):
            line.order = order
            line_fact.order = fact
    OrderFacts.objects.bulk_create(facts)
    flat = [line for its_lines in order_lines for line in its_lines]
    Line.objects.bulk_create(flat)
    flat_facts = [fact for its_facts in line_facts for fact in its_facts]
    for line, line_fact in zip(flat, flat_facts, strict=True):
        line_fact.line = line
    LineFacts.objects.bulk_create(flat_facts)
    return list(zip(facts, line_facts, strict=True))


def _ship_by(lines: Sequence[PlaceLine], at: datetime) -> datetime:
    slowest = max(line.spec.ship_within_hours for line in lines)
    return ship_by(timezone.localtime(at), slowest, lines[0].spec.holiday_until)


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


def _line_facts(line: PlaceLine, pairings: Mapping[str, str], promised: Dates | None) -> LineFacts:
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
        pairing=pairings.get(spec.county_code, ""),
        certificate_id=spec.certificate_id,
        is_fresh=spec.is_fresh,
        damage_covered=spec.damage_covered,
        is_weighed=spec.is_weighed and spec.net_grams > 0,
        promised_until=promised.best_before if promised else None,
        promised_from=promised.harvested_on if promised else None,
    )
