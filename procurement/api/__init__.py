"""Units and gifts by API."""

from . import deliveries, gifts, orders, payments, rates, requests, units

AREAS = (units.area, rates.area, requests.area, orders.area, gifts.area)

# `deliveries` and `payments` add to the area of `orders`.
__all__ = ["AREAS", "deliveries", "payments"]
