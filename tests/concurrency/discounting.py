"""Checkouts that use one offer or coupon at once, while its campaign may end; tabs that fill one basket."""

import time
from pathlib import Path
from typing import Any

from django.test import Client
from oscar.apps.offer.models import ConditionalOffer

from shop.sales.deal import Buyer, Extras, PlaceLine, ShipTo
from shop.sales.offers import apply_discounts, find_coupon
from shop.sales.operations import placing
from shop.sales.pricing import PricedLine
from tests.concurrency.buying import spec_of_id
from tests.concurrency.meeting import LONGEST_SECONDS, NobodyCame
from tests.factories import AT


def come(job: dict[str, Any], number: int) -> str:
    """Place one piece of goods of one's own with what the offer takes off; where it `suspends`, the first ends the offer."""
    if job.get("suspends") and number == 0:
        return _suspend(job)
    spec = spec_of_id(job["specifications"][number])
    priced = [PricedLine(spec, 1, spec.price_fen)]
    coupon, phone = job.get("coupon", ""), f"+86138{number:08d}"
    applied = apply_discounts(priced, at=AT, coupon=find_coupon(coupon, at=AT) if coupon else None).applied
    if not applied:
        return "nothing off"
    placing.place(
        actor=None, at=AT, lines=[PlaceLine(spec, 1, spec.price_fen, discount_fen=priced[0].discount_fen)],
        buyer=Buyer(phone=phone), key=f"{job['prefix']}-{number}",
        ship_to=ShipTo("周敏", phone, "440106", "龙口西路 8 号"), extras=Extras(applied=applied, coupon_code=coupon),
    )  # fmt: skip
    return "placed"


def _suspend(job: dict[str, Any]) -> str:
    """End the offer; say how often it had applied by then. The control waits until its buyers have looked at it."""
    met = Path(job["folder"]) / "met-offer"
    until = time.monotonic() + LONGEST_SECONDS
    while not job["lock"] and not (met.exists() and len(list(met.iterdir())) == job["size"] - 1):
        if time.monotonic() > until:
            raise NobodyCame("offer")
        time.sleep(0.002)
    offers = ConditionalOffer.objects.filter(pk=job["offer"])
    offers.update(status=ConditionalOffer.SUSPENDED)
    seen = offers.values_list("num_applications", flat=True).get()
    if not job["lock"]:
        (met / "suspended").touch()
    return f"suspended after {seen}"


def add_at_page(job: dict[str, Any], number: int) -> str:
    """Add one piece at the product's page, in one of many tabs of one browser."""
    client = Client(headers={"host": "localhost", "accept": "application/json"})
    for name, value in job["cookies"].items():
        client.cookies[name] = value
    answer = client.post("/shop/basket/add/", {"spec": job["specification"], "quantity": 1})
    return f"{answer.status_code}"
