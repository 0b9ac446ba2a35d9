"""Pieces that orders let go of: back into their pools, and held there where lots of the product were stopped."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from catalog.operations import stock
from traceability.operations.holding import lock_shelf, settle_holds


def release_pieces(pools: Mapping[int, int], listing_ids: Collection[int], *, actor: Any, at: datetime) -> None:
    """Give reserved pieces back (stock id → pieces); what of them no sound lot covers is held in the same transaction.

    So nobody buys in between what an order could not be sent. Locks: stock pools of the listings by id, lots by id.
    """
    lock_shelf(listing_ids)
    stock.release(pools)
    settle_holds(listing_ids, actor=actor, at=at)
