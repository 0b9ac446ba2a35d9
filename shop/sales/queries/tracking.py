"""What parcels' numbers said before they were put right."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shop.core import audit
from shop.sales.queries.carriers import carrier_name

CORRECTED = "tracking_corrected"


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction: when, from which carrier's number, and why."""

    at: datetime
    carrier: str
    old_carrier: str
    old_number: str
    reason: str


def corrections_of(shipment_ids: Iterable[int]) -> dict[int, list[Correction]]:
    """Return the corrections of each of these parcels that has some, the first first. One query."""
    found: dict[int, list[Correction]] = {}
    for entry in audit.entries(object_kind="shipment", object_ids=shipment_ids, action=CORRECTED):
        name = carrier_name(entry.data["old_carrier"], entry.at)
        found.setdefault(int(entry.object_id), []).append(
            Correction(entry.at, name, entry.data["old_carrier"], entry.data["old_number"], entry.data["reason"])
        )
    return found
