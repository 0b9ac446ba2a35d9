"""One person at several tabs, with one phone that it proved: what may be had once is had once."""

from typing import Any

from shop.accounts.models import User
from shop.sales.deal import Buyer, Extras, PlaceLine, ShipTo
from shop.sales.offers import apply_discounts, find_coupon
from shop.sales.operations import placing
from shop.sales.pricing import PricedLine
from shop.sales.whose import Whose
from tests.concurrency.buying import dropped, spec_of_id
from tests.factories import AT


def come(job: dict[str, Any], number: int) -> str:
    """Place one piece: limited by its listing, of a drop, or with a coupon for once."""
    user = User.objects.get(pk=job["user"])
    applied: Any = []
    if job.get("drop"):
        line = dropped(job["drop"], AT)
    else:
        spec = spec_of_id(job["specifications"][number % len(job["specifications"])])
        priced = [PricedLine(spec, 1, spec.price_fen)]
        coupon = job.get("coupon", "")
        applied = (
            apply_discounts(priced, at=AT, coupon=find_coupon(coupon, at=AT, whose=Whose.of(user))).applied
            if coupon
            else []
        )
        line = PlaceLine(spec, 1, spec.price_fen, discount_fen=priced[0].discount_fen)
    placing.place(
        actor=user, at=AT, lines=[line], buyer=Buyer(user=user, phone=job["phone"]), key=f"{job['prefix']}-{number}",
        ship_to=ShipTo("周敏", job["phone"], "440106", "龙口西路 8 号"),
        extras=Extras(applied=applied, coupon_code=job.get("coupon", "")),
    )  # fmt: skip
    return "placed"
