"""Stock of goods that must not be sold now, because a test of them failed: kept apart in a pool that no door sells from.

Whoever calls these has locked the main pools first (`lock_main_pools`), then what is held; see the order of locks.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F

from catalog.models import Stock
from catalog.operations.listings import cards_changed
from catalog.operations.stock import MAIN_POOL, Moved, carve, note_changes, return_pieces
from catalog.states import StockChangeKind

Held = Mapping[str, Mapping[int, int]]


@dataclass(frozen=True, slots=True)
class ShelfPieces:
    """What of one specification stands on the shelf. `held`: free pieces by pool, of the pools that were asked about.

    `promised`: what orders, drops and quotes have; `free`: what the shop can sell.
    """

    stock_id: int
    net_grams: int
    free: int
    promised: int
    held: Mapping[str, int]


def lock_main_pools(listing_ids: Iterable[int]) -> None:
    """Lock the main pools of everything that these listings sell, in the order of ids, until the transaction ends."""
    rows = Stock.objects.filter(stockrecord__specification__listing__in=set(listing_ids), pool=MAIN_POOL)
    rows = rows.order_by("pk")
    if connection.features.has_select_for_update:
        rows = rows.select_for_update(of=("self",))
    list(rows.values_list("pk", flat=True))


def pieces_of_listing(listing_id: int, pools: Iterable[str]) -> list[ShelfPieces]:
    """Return what stands on the shelf of each specification of a listing; `pools` are those of held goods. One query."""
    wanted = set(pools)
    rows = (
        Stock.objects.filter(stockrecord__specification__listing=listing_id)
        .annotate(net=F("stockrecord__specification__net_grams"))
        .order_by("pk")
        .values_list("pk", "stockrecord_id", "pool", "net", "on_hand", "reserved")
    )
    main: dict[int, tuple[int, int]] = {}
    promised: dict[int, int] = {}
    held: dict[int, dict[str, int]] = {}
    nets: dict[int, int] = {}
    for stock_id, record_id, pool, net, on_hand, reserved in rows:
        nets[record_id] = net or 1
        free = on_hand - reserved
        promised[record_id] = promised.get(record_id, 0) + reserved
        if pool == MAIN_POOL:
            main[record_id] = (stock_id, free)
        elif pool in wanted:
            held.setdefault(record_id, {})[pool] = free
        else:
            promised[record_id] += free
    return [
        ShelfPieces(stock_id, nets[record_id], free, promised[record_id], held.get(record_id, {}))
        for record_id, (stock_id, free) in main.items()
    ]


def set_held(*, listing_id: int, shelf: Iterable[ShelfPieces], wanted: Held, actor: Any, at: datetime) -> None:
    """Have each pool of held goods hold the pieces that are `wanted` (pool → stock id → pieces), no more and no less.

    What is too much goes back to the shop first. Pieces that orders have reserved are never moved.
    """
    moved = False
    for row in shelf:
        kept = {pool: wanted.get(pool, {}).get(row.stock_id, 0) for pool in {*row.held, *wanted}}
        changes = sorted((kept[pool] - row.held.get(pool, 0), pool) for pool in kept)
        for pieces, pool in changes:
            if pieces < 0:
                return_pieces(main_id=row.stock_id, pool=pool, pieces=-pieces, actor=actor, at=at)
            elif pieces:
                carve(stock_id=row.stock_id, pool=pool, pieces=pieces, actor=actor, at=at)
            moved = moved or bool(pieces)
    if moved:
        cards_changed([listing_id], at=at)


def write_off_held(*, pool: str, actor: Any, at: datetime) -> None:
    """Take what `pool` holds off the shelf for good: it was disposed of."""
    rows = Stock.objects.filter(pool=pool, on_hand__gt=F("reserved")).order_by("pk")
    gone = [Moved(pk, -free) for pk, free in rows.values_list("pk", F("on_hand") - F("reserved"))]
    for each in gone:
        Stock.objects.filter(pk=each.stock_id).update(on_hand=F("on_hand") + each.pieces)
    note_changes(gone, kind=StockChangeKind.DISPOSED, actor=actor, at=at, reference=pool)
