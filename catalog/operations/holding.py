"""Stock of goods that must not be sold now, because a test of them failed: kept apart in pools that no door sells from.

What is held of the shop's pieces stands in `lot:<id>`, what is held of a drop's in `lot:<id>/drop:<id>`: each goes back
to where it came from. Whoever calls these has locked the pools first (`lock_pools`), then what is held; see the order
of locks.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F, Q

from catalog.models import Stock
from catalog.operations.listings import cards_changed
from catalog.operations.stock import MAIN_POOL, Moved, carve, note_changes, return_pieces
from catalog.queries.shelf import HELD_OF, LOT_POOLS
from catalog.states import StockChangeKind

Held = Mapping[str, Mapping[int, int]]


@dataclass(frozen=True, slots=True)
class ShelfPieces:
    """What stands in one pool that sells. `held`: pieces that were taken out of it, by the pool of the lot (`lot:7`).

    `promised`: what orders have reserved of it; `free`: what it can still sell.
    """

    stock_id: int
    pool: str
    net_grams: int
    free: int
    promised: int
    held: Mapping[str, int]


def lock_pools(listing_ids: Iterable[int]) -> None:
    """Lock all pools of everything that these listings sell, in the order of ids, until the transaction ends."""
    rows = Stock.objects.filter(stockrecord__specification__listing__in=set(listing_ids)).order_by("pk")
    if connection.features.has_select_for_update:
        rows = rows.select_for_update(of=("self",))
    list(rows.values_list("pk", flat=True))


def held_pool(lot_pool: str, pool: str) -> str:
    """Return the name of the pool that holds pieces of `pool` for a lot."""
    return lot_pool if pool == MAIN_POOL else f"{lot_pool}{HELD_OF}{pool}"


def pieces_of_listing(listing_id: int) -> list[ShelfPieces]:
    """Return every pool that sells goods of a listing. One query.

    Those that were set apart for somebody (drops, quotes) come before the shop's: they are covered first.
    """
    rows = (
        Stock.objects.filter(stockrecord__specification__listing=listing_id)
        .annotate(net=F("stockrecord__specification__net_grams"))
        .order_by("pk")
        .values_list("pk", "stockrecord_id", "pool", "net", "on_hand", "reserved")
    )
    held: dict[tuple[int, str], dict[str, int]] = {}
    selling = []
    for stock_id, record_id, pool, net, on_hand, reserved in rows:
        if pool.startswith(f"{LOT_POOLS}:"):
            lot_pool, _mark, source = pool.partition(HELD_OF)
            held.setdefault((record_id, source or MAIN_POOL), {})[lot_pool] = on_hand - reserved
        else:
            selling.append((stock_id, record_id, pool, net or 1, on_hand - reserved, reserved))
    selling.sort(key=lambda row: row[2] == MAIN_POOL)
    return [
        ShelfPieces(stock_id, pool, net, free, reserved, held.get((record_id, pool), {}))
        for stock_id, record_id, pool, net, free, reserved in selling
    ]


def set_held(*, listing_id: int, shelf: Iterable[ShelfPieces], wanted: Held, actor: Any, at: datetime) -> None:
    """Have each lot's pools hold the pieces that are `wanted` (lot's pool → stock id → pieces), no more and no less.

    What is too much goes back to the pool it came from first. Pieces that orders have reserved are never moved.
    """
    moved = False
    for row in shelf:
        kept = {pool: wanted.get(pool, {}).get(row.stock_id, 0) for pool in {*row.held, *wanted}}
        changes = sorted((kept[pool] - row.held.get(pool, 0), pool) for pool in kept)
        for pieces, lot_pool in changes:
            pool = held_pool(lot_pool, row.pool)
            if pieces < 0:
                return_pieces(to_id=row.stock_id, pool=pool, pieces=-pieces, actor=actor, at=at)
            elif pieces:
                carve(stock_id=row.stock_id, pool=pool, pieces=pieces, actor=actor, at=at)
            moved = moved or bool(pieces)
    if moved:
        cards_changed([listing_id], at=at)


def write_off_held(*, pool: str, actor: Any, at: datetime) -> int:
    """Take what a lot's pools hold off the shelf for good, it was disposed of; return the grams."""
    of_lot = Q(pool=pool) | Q(pool__startswith=f"{pool}{HELD_OF}")
    rows = Stock.objects.filter(of_lot, on_hand__gt=F("reserved")).order_by("pk")
    found = list(rows.values_list("pk", "pool", F("on_hand") - F("reserved"), "stockrecord__specification__net_grams"))
    for stock_id, name, free, _net in found:
        Stock.objects.filter(pk=stock_id).update(on_hand=F("on_hand") - free)
        note_changes(
            [Moved(stock_id, -free)], kind=StockChangeKind.DISPOSED, actor=actor, at=at, reference=name
        )  # fmt: skip
    return sum(free * (net or 1) for _pk, _name, free, net in found)
