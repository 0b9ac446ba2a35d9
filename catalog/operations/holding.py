"""Stock of goods that must not be sold now, because a test of them failed: kept apart in a pool that no door sells from.

Whoever calls these has locked the main pools first (`lock_main_pools`), then what is held; see the order of locks.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F

from catalog.models import Stock
from catalog.operations.listings import cards_changed
from catalog.operations.stock import MAIN_POOL, Moved, carve, note_changes, return_pool
from catalog.states import StockChangeKind, StockReason


def lock_main_pools(listing_ids: Iterable[int]) -> None:
    """Lock the main pools of everything that these listings sell, in the order of ids, until the transaction ends."""
    rows = Stock.objects.filter(stockrecord__specification__listing__in=set(listing_ids), pool=MAIN_POOL)
    rows = rows.order_by("pk")
    if connection.features.has_select_for_update:
        rows = rows.select_for_update(of=("self",))
    list(rows.values_list("pk", flat=True))


def hold_pieces(*, listing_id: int, grams: int, pool: str, actor: Any, at: datetime) -> int:
    """Move free pieces that weigh up to `grams` out of a listing's main pools into `pool`; return how many moved.

    Of several specifications the ones with most goods free go first. A part of a piece holds the whole piece. Pieces
    that orders have reserved stay with them: they are sent from another lot, or not at all.
    """
    rows = (
        Stock.objects.filter(stockrecord__specification__listing=listing_id, pool=MAIN_POOL, on_hand__gt=F("reserved"))
        .annotate(net=F("stockrecord__specification__net_grams"))
        .values_list("pk", "net", F("on_hand") - F("reserved"))
    )
    moved = 0
    for stock_id, net, free in sorted(rows, key=lambda row: (-(row[1] or 1) * row[2], row[0])):
        if grams <= 0:
            break
        pieces = min(free, -(-grams // max(net or 1, 1)))
        carve(stock_id=stock_id, pool=pool, pieces=pieces, actor=actor, at=at)
        grams -= pieces * max(net or 1, 1)
        moved += pieces
    if moved:
        cards_changed([listing_id], at=at)
    return moved


def release_held(*, pool: str, actor: Any, at: datetime) -> int:
    """Move what `pool` holds back into the main pools; return how many pieces."""
    rows = Stock.objects.filter(pool=pool, on_hand__gt=F("reserved")).order_by("pk")
    found = list(rows.values_list("pk", "stockrecord__specification__listing_id"))
    moved = sum(return_pool(stock_id=stock_id, actor=actor, at=at) for stock_id, _listing in found)
    if moved:
        cards_changed([listing_id for _stock, listing_id in found], at=at)
    return moved


def write_off_held(*, pool: str, actor: Any, at: datetime) -> None:
    """Take what `pool` holds off the shelf for good: it was disposed of."""
    rows = Stock.objects.filter(pool=pool, on_hand__gt=F("reserved")).order_by("pk")
    gone = [Moved(pk, -free) for pk, free in rows.values_list("pk", F("on_hand") - F("reserved"))]
    for each in gone:
        Stock.objects.filter(pk=each.stock_id).update(on_hand=F("on_hand") + each.pieces)
    note_changes(gone, kind=StockChangeKind.ADJUSTED, reason=StockReason.SPOILED, actor=actor, at=at, reference=pool)
