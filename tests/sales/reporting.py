"""A small world of sales through every door, and random orders written as rows, for the tests of reports."""

from datetime import timedelta
from random import Random
from typing import Any

from oscar.apps.order.models import Line, Order

from catalog.models import Listing, Supplier
from shop.accounts import roles
from shop.accounts.models import User
from shop.accounts.operations.groups import give_role
from shop.core.models import AssistancePairing, Division
from shop.sales.deal import Attribution
from shop.sales.models import LineFacts, OrderAttribution, OrderFacts, Purchase
from shop.sales.operations.placing import Buyer, Extras, PlaceLine, ShipTo, place
from shop.sales.states import Terms
from tests.factories import AT, make_division, make_listing, make_supplier, make_user, make_village, spec_of
from tests.sales.selling import PHONE, taken_off

GRAMS = 2500
WATCHED = "451228"


def place_of(code: str, name: str, **facts: Any) -> Division:
    """Make a county with its own facts."""
    county = make_division(code, name)
    Division.objects.filter(pk=code).update(**facts)
    return county


def reader(role: str) -> User:
    """Make a person of a role, by e-mail."""
    user = make_user()
    give_role(user=user, role=role, actor=None, at=AT)
    return user


def staff() -> User:
    """Make campaign staff."""
    return reader(roles.CAMPAIGN_STAFF)


def two_counties() -> tuple[Listing, Listing]:
    """Make goods of 10 元: of a village in 梅县, that Guangzhou assists, and of 都安, that is watched."""
    make_division("440106")
    first = make_supplier("梅县社")
    second = make_supplier("都安社", county=place_of(WATCHED, "都安县", is_watched=True))
    AssistancePairing.objects.create(assisting_id="4401", assisted_id="4414", since_year=2013)
    AssistancePairing.objects.create(assisting_id="4401", assisted_id="4512", since_year=2016, until_year=2025)
    village = make_village()
    return (
        make_listing("金柚", supplier=first, price_fen=1000, stock=500, village=village),
        make_listing("山羊", supplier=second, price_fen=1000, stock=500),
    )


def sell(
    *wanted: tuple[Listing, int],
    key: str,
    channel: Attribution | None = None,
    also: tuple[Attribution, ...] = (),
    terms: str = Terms.ONLINE,
    discount_fen: int = 0,
    at: Any = AT,
) -> Purchase:
    """Place (listing, pieces); the discount is of the first line."""
    lines = [
        PlaceLine(spec_of(listing), pieces, spec_of(listing).price_fen, discount_fen=0 if n else discount_fen)
        for n, (listing, pieces) in enumerate(wanted)
    ]
    more = {"attribution": channel} if channel else {}
    applied = [taken_off({lines[0].spec.specification_id: discount_fen})] if discount_fen else []
    return place(
        actor=None, at=at, lines=lines, buyer=Buyer(phone=PHONE), key=key, terms=terms, also=also,
        ship_to=ShipTo("周敏不给看", PHONE, "440106", "龙口西路 8 号 1202"), extras=Extras(freight={}, applied=applied), **more,
    )  # fmt: skip


def order_of(purchase: Purchase, supplier: Supplier | None = None) -> OrderFacts:
    """Return its order, of one supplier where there are several."""
    orders = OrderFacts.objects.select_related("order", "purchase").filter(purchase=purchase)
    return orders.get(supplier=supplier) if supplier else orders.get()


def random_orders(seed: int, listings: list[Listing], how_many: int) -> None:
    """Write orders as rows, with any states and amounts that the constraints allow."""
    dice = Random(seed)
    kinds = ("shop", "campaign", "live", "unit", "pledge")
    for number in range(how_many):
        kind = dice.choice(kinds)
        purchase = Purchase.objects.create(
            number=f"R{seed}-{number}", key=f"R{seed}-{number}", goods_fen=1, total_fen=1, ship_name="周敏",
            ship_phone=PHONE, ship_division_id="440106", ship_street="龙口西路", placed_at=AT,
            attribution_kind=kind, attribution_ref=str(dice.randrange(3)), contact_phone=f"{dice.randrange(9)}",
        )  # fmt: skip
        for source in dice.sample(("campaign", "session", "need", "unit"), dice.randrange(4)):
            OrderAttribution.objects.create(purchase=purchase, kind=source, ref=str(dice.randrange(3)), label="某")
        for listing in dice.sample(listings, dice.randint(1, len(listings))):
            _random_order(dice, purchase, listing)


def _random_order(dice: Random, purchase: Purchase, listing: Listing) -> None:
    spec = spec_of(listing)
    state = dice.choice(("to_ship", "shipped", "completed", "cancelled"))
    order = Order.objects.create(
        number=f"{purchase.number}-{listing.pk}", site_id=1, currency="CNY", status=state, date_placed=AT,
        total_incl_tax=1, total_excl_tax=1,
    )  # fmt: skip
    placed = AT - timedelta(days=dice.randrange(400))
    sold = placed + timedelta(days=dice.randrange(40)) if dice.random() < 0.9 else None
    facts = OrderFacts.objects.create(
        order=order, purchase=purchase, supplier_id=spec.supplier_id, state=state, goods_fen=1, total_fen=1,
        placed_at=placed, sold_at=sold,
    )  # fmt: skip
    for _n in range(dice.randint(1, 3)):
        ordered = dice.randint(1, 9)
        shipped = dice.randint(0, ordered)
        price = dice.randint(1, 9999)
        discount = dice.randint(0, price * ordered)
        row = Line.objects.create(
            order=order, partner_name="", title=spec.name_zh, quantity=ordered, line_price_incl_tax=1,
            line_price_excl_tax=1, line_price_before_discounts_incl_tax=1, line_price_before_discounts_excl_tax=1,
            num_allocated=0,
        )  # fmt: skip
        LineFacts.objects.create(
            line=row, order=facts, listing_id=listing.pk, specification_id=spec.specification_id, stock_id=1,
            name_zh=spec.name_zh, unit_price_fen=price, discount_fen=discount, net_grams=dice.choice((0, 1, GRAMS)),
            ordered=ordered, shipped=shipped, cancelled=dice.randint(0, ordered - shipped),
            accepted=dice.randint(0, shipped), returned=dice.randint(0, shipped),
            refunded_fen=dice.randint(0, price * ordered - discount),
            county_code=dice.choice((spec.county_code, "")), village_id=dice.choice((spec.village_id, None)),
            pairing=dice.choice(("", "4401-4414")),
        )  # fmt: skip
