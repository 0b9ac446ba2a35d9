"""What is sealed of a parcel's trace code: parcels without lots are in no event."""

from collections.abc import Iterator
from typing import Any

from shop.core.sealed import facts_of
from traceability.models import TracedParcel

TRACED_PARCEL = "traced_parcel"
_FACTS = ("pk", "supplier_id", "shipment_id", "code", "shipped_at")


def traced_facts(parcel: TracedParcel) -> dict[int, dict[str, Any]]:
    """Return what is sealed of a parcel that just got its code. No query."""
    return {parcel.pk: facts_of(parcel, _FACTS)}


def all_traced() -> Iterator[dict[str, Any]]:
    """Return what every traced parcel says, row by row. One query."""
    yield from TracedParcel.objects.order_by("pk").values(*_FACTS).iterator(2000)
