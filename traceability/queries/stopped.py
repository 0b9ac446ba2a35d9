"""Lots that nothing may be sent of, and what of them was on the shelf."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import F, Q

from traceability.models import ProduceLot
from traceability.states import SUSPENDED, LotState

# Lots whose goods may have to be held: suspended ones, and those that are gone while orders wait for what was theirs.
IS_STOPPED = Q(state__in=SUSPENDED) | Q(state=LotState.DISPOSED, owed_grams__gt=0)


def pool_name(lot_id: int) -> str:
    """Return the name of the stock pool in which a held lot's pieces of the shop stay."""
    return f"lot:{lot_id}"


@dataclass(frozen=True, slots=True)
class StoppedLot:
    """A lot of which nothing is sent, and the grams of it that were on the shelf."""

    lot_id: int
    code: str
    listing_id: int
    state: str
    grams: int


def stopped_lots(supplier_id: int, listing_ids: Collection[int] | None = None) -> list[StoppedLot]:
    """Return a supplier's lots that stop goods on the shelf, of all its products or some. One query."""
    rows = ProduceLot.objects.filter(IS_STOPPED, supplier_id=supplier_id)
    if listing_ids is not None:
        rows = rows.filter(listing__in=listing_ids)
    rows = rows.filter(packed_grams__gt=F("assigned_grams") + F("mixed_grams")).order_by("pk")
    return [
        StoppedLot(
            lot.pk, lot.code, lot.listing_id, lot.state,
            lot.owed_grams if lot.state == LotState.DISPOSED else lot.left_grams,
        )
        for lot in rows
    ]  # fmt: skip
