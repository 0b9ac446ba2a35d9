"""Live rooms by API."""

from . import hosting, rooms

AREAS = (rooms.area, hosting.area)

__all__ = ["AREAS"]
