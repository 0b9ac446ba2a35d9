"""Pieces that orders let go of: back into their pools, and held there where lots of the product were stopped."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from catalog.operations import stock
from catalog.states import StockReason
from traceability.operations.holding import lock_shelf, settle_holds

# Reasons of a supplier's cancellation that say the pieces are not there, or not sound, with what the shelf is told.
NOT_THERE = {"out_of_stock": StockReason.NOT_THERE, "damaged_harvest": StockReason.SPOILED}


def release_pieces(
    pools: Mapping[int, int],
    listing_ids: Collection[int],
    *,
    actor: Any,
    at: datetime,
    reason: str = "",
    reference: str = "",
) -> None:
    """Give reserved pieces back (stock id → pieces); what of them no sound lot covers is held in the same transaction.

    So nobody buys in between what an order could not be sent. Where `reason` says that they are not there
    (`NOT_THERE`), they leave the shelf instead; `reference` is the order. Locks: stock pools of the listings by id, lots.
    """
    lock_shelf(listing_ids, at=at)
    if reason in NOT_THERE:
        stock.write_off(pools, reason=NOT_THERE[reason], actor=actor, at=at, reference=reference)
    else:
        stock.release(pools)
    settle_holds(listing_ids, actor=actor, at=at)
