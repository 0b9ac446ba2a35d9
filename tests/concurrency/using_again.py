"""Purchases give their use of a coupon back while others want it: by being cancelled, paid or not, or by expiring."""

import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from shop.accounts.models import User
from shop.core.errors import DomainError
from shop.sales.deal import Buyer, Extras, PlaceLine, ShipTo
from shop.sales.models import OrderFacts, Purchase
from shop.sales.offers import apply_discounts, find_coupon
from shop.sales.operations import placing
from shop.sales.operations.closing import cancel_order, cancel_purchase, expire_purchase
from shop.sales.pricing import PricedLine
from shop.sales.whose import NOBODY, Whose
from tests.concurrency.buying import spec_of_id
from tests.concurrency.meeting import LONGEST_SECONDS, NobodyCame
from tests.factories import AT


def come(job: dict[str, Any], number: int) -> str:
    """The first give their uses back, the others buy: until they have it, or had a try after all were given back.

    Those of the control try once: they met who gives back when both had read.
    """
    given, until = job["given"], time.monotonic() + LONGEST_SECONDS
    if number < len(given):
        give_back(job["how"], given[number])
        _told(job, number).touch()
        return "given back"
    for tries in range(LONGEST_SECONDS * 100):
        is_last = not job["lock"] or all(_told(job, each).exists() for each in range(len(given)))
        try:
            outcome = _buy(job, number, tries)
        except DomainError as error:
            outcome = f"refused {error.code}"
        if outcome == "placed" or is_last:
            return outcome
        if time.monotonic() > until:
            break
        time.sleep(0.01)
    raise NobodyCame("given back")


def give_back(how: str, purchase_id: int) -> None:
    """Let a purchase be cancelled before it is paid, or after, or expire."""
    if how == "expired":
        assert expire_purchase(purchase_id=purchase_id, at=AT + timedelta(days=2))
    elif how == "paid":
        for order in OrderFacts.objects.filter(purchase=purchase_id):
            cancel_order(order_id=order.pk, actor=None, at=AT)
    else:
        cancel_purchase(purchase=Purchase.objects.get(pk=purchase_id), actor=None, at=AT)


def _told(job: dict[str, Any], number: int) -> Path:
    return Path(job["folder"]) / f"given-{number}"


def _buy(job: dict[str, Any], number: int, tries: int) -> str:
    """Place one piece of goods of one's own with what the coupon takes off."""
    spec = spec_of_id(job["specifications"][number - len(job["given"])])
    priced = [PricedLine(spec, 1, spec.price_fen)]
    user = User.objects.get(pk=job["user"]) if job["user"] else None
    phone = user.phone if user and user.phone else f"+86138{number:08d}"
    coupon = find_coupon(job["coupon"], at=AT, whose=Whose.of(user) if user else NOBODY)
    applied = apply_discounts(priced, at=AT, coupon=coupon).applied
    if not applied:
        return "nothing off"
    placing.place(
        actor=user, at=AT, lines=[PlaceLine(spec, 1, spec.price_fen, discount_fen=priced[0].discount_fen)],
        buyer=Buyer(user=user, phone=phone), key=f"{job['prefix']}-{number}-{tries}",
        ship_to=ShipTo("周敏", phone, "440106", "龙口西路 8 号"),
        extras=Extras(applied=applied, coupon_code=job["coupon"]),
    )  # fmt: skip
    return "placed"
