"""Units and gifts by API."""

from . import gifts, orders, rates, requests, units

AREAS = (units.area, rates.area, requests.area, orders.area, gifts.area)

__all__ = ["AREAS"]
