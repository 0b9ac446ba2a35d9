"""Units and gifts by API."""

from . import gifts, orders, payments, rates, requests, units

AREAS = (units.area, rates.area, requests.area, orders.area, gifts.area)

# `payments` adds to the area of `orders`.
__all__ = ["AREAS", "payments"]
