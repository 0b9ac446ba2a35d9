"""The catalogue by API, for everybody."""

from . import places, products

AREAS = (products.area, places.area)

__all__ = ["AREAS"]
