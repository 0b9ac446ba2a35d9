"""Units and gifts by API."""

from . import gifts, orders, requests, units

AREAS = (units.area, requests.area, orders.area, gifts.area)

__all__ = ["AREAS"]
