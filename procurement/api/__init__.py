"""Units and gifts by API."""

from . import deliveries, gifts, orders, payments, rates, request_lists, requests, units

AREAS = (units.area, rates.area, requests.area, orders.area, gifts.area)

# `deliveries` and `payments` add to the area of `orders`, `request_lists` to that of `requests`.
__all__ = ["AREAS", "deliveries", "payments", "request_lists"]
