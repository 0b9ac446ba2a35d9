"""What stands in the pools that sell goods of a product, and what was taken out of them for stopped lots."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import F

from catalog.models import Stock
from catalog.queries.sale import MAIN_POOL
from catalog.queries.shelf import HELD_OF, LOT_POOLS


@dataclass(frozen=True, slots=True)
class ShelfPieces:
    """What stands in one pool that sells. `held`: pieces that were taken out of it, by the pool of the lot (`lot:7`).

    `promised`: what orders have reserved of it, of which `owed` are not there; `free`: what it can still sell.
    `fresh`: pieces that were entered while a lot was stopped.
    """

    stock_id: int
    record_id: int
    pool: str
    net_grams: int
    free: int
    promised: int
    held: Mapping[str, int]
    owed: int = 0
    fresh: int = 0


def pieces_of_listing(listing_id: int) -> list[ShelfPieces]:
    """Return every pool that sells goods of a listing. One query.

    Those that were set apart for somebody (drops, quotes) come before the shop's: they are covered first.
    """
    return pieces_of_listings([listing_id])[listing_id]


def pieces_of_listings(listing_ids: Collection[int]) -> dict[int, list[ShelfPieces]]:
    """Return every pool that sells goods of listings, as `pieces_of_listing`, by listing. One query."""
    rows = (
        Stock.objects.filter(stockrecord__specification__listing__in=set(listing_ids))
        .annotate(net=F("stockrecord__specification__net_grams"), listing=F("stockrecord__specification__listing_id"))
        .order_by("pk")
        .values_list("listing", "pk", "stockrecord_id", "pool", "net", "on_hand", "reserved", "owed", "fresh")
    )
    held: dict[tuple[int, str], dict[str, int]] = {}
    selling = []
    for listing, stock_id, record_id, pool, net, on_hand, reserved, owed, fresh in rows:
        if pool.startswith(f"{LOT_POOLS}:"):
            lot_pool, _mark, source = pool.partition(HELD_OF)
            held.setdefault((record_id, source or MAIN_POOL), {})[lot_pool] = on_hand - reserved
        else:
            own = (stock_id, record_id, pool, net or 1, on_hand - reserved, reserved)
            selling.append((listing, own, owed, fresh))
    selling.sort(key=lambda row: row[1][2] == MAIN_POOL)
    found: dict[int, list[ShelfPieces]] = {pk: [] for pk in listing_ids}
    for listing, own, owed, fresh in selling:
        found[listing].append(ShelfPieces(*own, held.get((own[1], own[2]), {}), owed, fresh))
    return found
