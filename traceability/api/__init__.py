"""Lots by API: what a parcel's code tells everybody, and a supplier's own lots with their events."""

from .lots import lots_area
from .told import area

__all__ = ["area", "lots_area"]
