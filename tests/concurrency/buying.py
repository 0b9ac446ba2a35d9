"""One piece bought by a guest, as races do it."""

from datetime import datetime
from typing import Any

from catalog.queries import SpecForSale, specifications_for_sale
from livestream.queries.drops import drop_price
from shop.sales.operations.placing import Buyer, PlaceLine, ShipTo, place
from tests.factories import AT


def spec_of_id(pk: int) -> SpecForSale:
    """Return a specification as it is on sale."""
    return specifications_for_sale([pk])[pk]


def dropped(drop_id: int, at: datetime) -> PlaceLine:
    """Return one piece of a drop."""
    price = drop_price(str(drop_id), at)
    return PlaceLine(price.spec, 1, price.spec.price_fen, price_source=price.source, stock_id=price.spec.stock_id)


def buy_one(job: dict[str, Any], number: int, line: PlaceLine | None = None, at: datetime = AT) -> str:
    """Place an order of one piece of the job's specification, or of `line`, as guest `number`."""
    if line is None:
        spec = spec_of_id(job["specification"])
        line = PlaceLine(spec, 1, spec.price_fen)
    phone = f"+86138{number:08d}"
    place(
        actor=None, at=at, lines=[line], buyer=Buyer(phone=phone), key=f"{job['prefix']}-{number}",
        ship_to=ShipTo("周敏", phone, "440106", "龙口西路 8 号"),
    )  # fmt: skip
    return "placed"
