"""Lots by API: what a parcel's code tells everybody, and a supplier's own bases and lots with their events."""

from . import bases, lots  # noqa: F401  # the doors of `lots_area`, in this order
from .shared import lots_area
from .told import area

__all__ = ["area", "lots_area"]
