"""Units and gifts by API."""

from . import deliveries, gift_receipts, gifts, orders, payments, rates, request_lists, requests, units

AREAS = (units.area, rates.area, requests.area, orders.area, gifts.area)

# `deliveries` and `payments` add to the area of `orders`, `gift_receipts` to that of `gifts`, `request_lists` to that of
# `requests`.
__all__ = ["AREAS", "deliveries", "gift_receipts", "payments", "request_lists"]
