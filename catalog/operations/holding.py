"""Stock of goods that must not be sold now, because a test of them failed: kept apart in pools that no door sells from.

What is held of the shop's pieces stands in `lot:<id>`, what is held of a drop's in `lot:<id>/drop:<id>`: each goes back
to where it came from. Whoever calls these has locked the pools first (`lock_pools`), then what is held; see the order
of locks.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import connection
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least

from catalog.models import Stock
from catalog.operations.listings import cards_changed
from catalog.operations.stock import MAIN_POOL, Moved, carve, move_held, note_changes, return_pieces
from catalog.queries.pools import ShelfPieces, pieces_of_listing
from catalog.queries.shelf import HELD_OF
from catalog.states import StockChangeKind

Held = Mapping[str, Mapping[int, int]]


def lock_pools(listing_ids: Iterable[int]) -> None:
    """Lock all pools of everything that these listings sell, in the order of ids, until the transaction ends."""
    rows = Stock.objects.filter(stockrecord__specification__listing__in=set(listing_ids)).order_by("pk")
    if connection.features.has_select_for_update:
        rows = rows.select_for_update(of=("self",))
    list(rows.values_list("pk", flat=True))


def held_pool(lot_pool: str, pool: str) -> str:
    """Return the name of the pool that holds pieces of `pool` for a lot."""
    return lot_pool if pool == MAIN_POOL else f"{lot_pool}{HELD_OF}{pool}"


def set_held(*, listing_id: int, shelf: Iterable[ShelfPieces], wanted: Held, actor: Any, at: datetime) -> None:
    """Have each lot's pools hold the pieces that are `wanted` (lot's pool → stock id → pieces), no more and no less.

    What one lot holds too many of is held for another that lacks some, the rest goes back to the pool it came from.
    Pieces that orders have reserved are never moved.
    """
    moved = False
    for row in shelf:
        kept = {pool: wanted.get(pool, {}).get(row.stock_id, 0) for pool in sorted({*row.held, *wanted})}
        less = {pool: row.held.get(pool, 0) - kept[pool] for pool in kept if row.held.get(pool, 0) > kept[pool]}
        more = {pool: kept[pool] - row.held.get(pool, 0) for pool in kept if kept[pool] > row.held.get(pool, 0)}
        for source, target in [(source, target) for source in less for target in more]:
            pieces = min(less[source], more[target])
            if pieces:
                move_held(
                    from_pool=held_pool(source, row.pool), to_pool=held_pool(target, row.pool),
                    record_id=row.record_id, pieces=pieces, actor=actor, at=at,
                )  # fmt: skip
                less[source] -= pieces
                more[target] -= pieces
        for lot_pool, pieces in less.items():
            if pieces:
                pool = held_pool(lot_pool, row.pool)
                return_pieces(to_id=row.stock_id, pool=pool, pieces=pieces, actor=actor, at=at)
                moved = True
        for lot_pool, pieces in more.items():
            if pieces:
                pool = held_pool(lot_pool, row.pool)
                carve(stock_id=row.stock_id, pool=pool, pieces=pieces, actor=actor, at=at)
                moved = True
    if moved:
        cards_changed([listing_id], at=at)


def write_off_held(*, pool: str, kind: StockChangeKind, actor: Any, at: datetime) -> int:
    """Take what a lot's pools hold off the shelf for good, it is gone (`kind` says how); return the grams."""
    of_lot = Q(pool=pool) | Q(pool__startswith=f"{pool}{HELD_OF}")
    rows = Stock.objects.filter(of_lot, on_hand__gt=F("reserved")).order_by("pk")
    found = list(rows.values_list("pk", "pool", F("on_hand") - F("reserved"), "stockrecord__specification__net_grams"))
    for stock_id, name, free, _net in found:
        Stock.objects.filter(pk=stock_id).update(on_hand=F("on_hand") - free)
        note_changes(
            [Moved(stock_id, -free)], kind=kind, actor=actor, at=at, reference=name
        )  # fmt: skip
    return sum(free * (net or 1) for _pk, _name, free, net in found)


def owe(
    shelf: Iterable[ShelfPieces],
    pieces: Mapping[int, int],
    *,
    pool: str,
    kind: StockChangeKind,
    actor: Any,
    at: datetime,
) -> None:
    """Note that pieces (stock id → pieces) which orders have reserved are not there: the lot of `pool` is gone."""
    owed = {row.stock_id: pieces[row.stock_id] for row in shelf if pieces.get(row.stock_id)}
    for stock_id, count in owed.items():
        Stock.objects.filter(pk=stock_id).update(owed=F("owed") + count)
    gone = [Moved(stock_id, -count) for stock_id, count in owed.items()]
    note_changes(gone, kind=kind, actor=actor, at=at, reference=pool)


def take_off_sale(
    *,
    listing_id: int,
    free: Mapping[int, int],
    owed: Mapping[int, int],
    kind: StockChangeKind,
    pool: str,
    actor: Any,
    at: datetime,
    none_stays: bool = False,
) -> None:
    """Take pieces that are gone with the lot of `pool` off the shelf, one row for each pool (stock id → pieces).

    `free` ones can't be sold any more; `owed` ones wait in orders, which new pieces serve first. `none_stays`: they had
    stayed when the lot was finished (`keep_on_sale`), and don't any more.
    """
    gone = {pk: free.get(pk, 0) + owed.get(pk, 0) for pk in sorted({*free, *owed})}
    for stock_id in gone:
        count = free.get(stock_id, 0)
        Stock.objects.filter(pk=stock_id).update(
            on_hand=F("on_hand") - count, owed=F("owed") + owed.get(stock_id, 0),
            fresh=F("fresh") - Least(F("fresh"), count),
        )  # fmt: skip
    rows = [Moved(stock_id, -count) for stock_id, count in gone.items() if count]
    told: dict[str, Any] = {"counted": 0} if none_stays else {}
    note_changes(rows, kind=kind, actor=actor, at=at, reference=pool, **told)
    if rows:
        cards_changed([listing_id], at=at)


def keep_on_sale(
    *, free: Mapping[int, int], owed: Mapping[int, int], pool: str, note: str, actor: Any, at: datetime
) -> None:
    """Write down that pieces stay (stock id → pieces) though the lot of `pool` is finished: they are of another harvest.

    `free` ones are of no lot that is stopped, either; some of them may be known to be new already.
    """
    for stock_id in sorted({*free, *owed}):
        Stock.objects.filter(pk=stock_id).update(fresh=Greatest(F("fresh"), free.get(stock_id, 0)))
        kept, count = [Moved(stock_id, 0)], free.get(stock_id, 0) + owed.get(stock_id, 0)
        note_changes(
            kept, kind=StockChangeKind.KEPT, actor=actor, at=at, reference=pool, counted=count, note=note
        )  # fmt: skip


def settle_owed(listing_id: int, *, lot_pools: Sequence[tuple[str, int]], actor: Any, at: datetime) -> int:
    """Let what is owed to orders follow what stands there now; return the grams that are owed still.

    Where orders gave owed pieces back, nothing changes on the shelf: they left it when their lot did. Free pieces of
    the shop take the place of those that are owed: a row says which pool they left, another which one they stand in.
    `lot_pools`: pools and grams of the lots that owe, to be named.
    """
    names = list(lot_pools)
    left = 0
    for _record, rows in groupby(sorted(pieces_of_listing(listing_id), key=_by_record), key=_by_record):
        pools = list(rows)
        free = {row.stock_id: row.free for row in pools}
        main = next((row.stock_id for row in pools if row.pool == MAIN_POOL), 0)
        owed = {row.stock_id: row.owed for row in pools if row.owed}
        for row in pools:
            gone = max(0, row.owed - row.promised)
            if gone:
                Stock.objects.filter(pk=row.stock_id).update(owed=F("owed") - gone, on_hand=F("on_hand") - gone)
                owed[row.stock_id] -= gone
                free[row.stock_id] -= gone
                list(_named(names, gone, row.net_grams))
        for stock_id in sorted(owed):
            came = min(free.get(main, 0), owed[stock_id])
            if came:
                owed[stock_id] -= came
                free[main] -= came
                for name, pieces in _named(names, came, pools[0].net_grams):
                    _cover(main, stock_id, pieces, reference=name, actor=actor, at=at)
        left += sum(owed.values()) * pools[0].net_grams
    return left


def _cover(main: int, stock_id: int, pieces: int, *, reference: str, actor: Any, at: datetime) -> None:
    """Have free pieces of the shop stand for those that the pool `stock_id` owes to its orders."""
    Stock.objects.filter(pk=main).update(on_hand=F("on_hand") - pieces)
    Stock.objects.filter(pk=stock_id).update(owed=F("owed") - pieces)
    told = {"kind": StockChangeKind.COVERED, "actor": actor, "at": at, "reference": reference}
    note_changes([Moved(main, -pieces)], to_come={stock_id: pieces}, **told)
    note_changes([Moved(stock_id, pieces)], **told)


def _by_record(row: ShelfPieces) -> int:
    return row.record_id


def _named(names: list[tuple[str, int]], pieces: int, net_grams: int) -> list[tuple[str, int]]:
    """Part pieces among the lots that owe them, the first lot first; what no lot is known for is the last one's."""
    found: list[tuple[str, int]] = []
    for number, (name, grams) in enumerate(names):
        own = pieces if number == len(names) - 1 else min(pieces, grams // net_grams)
        if own:
            found.append((name, own))
            names[number] = (name, max(0, grams - own * net_grams))
            pieces -= own
    return found


def note_fresh(stockrecord_id: int, pieces: int) -> None:
    """Note that pieces came while a lot of these goods is stopped: they are not that lot's."""
    Stock.objects.filter(stockrecord=stockrecord_id, pool=MAIN_POOL).update(fresh=F("fresh") + pieces)


def forget_fresh(listing_id: int) -> None:
    """Forget which pieces came while lots were stopped: none is any more."""
    Stock.objects.filter(stockrecord__specification__listing=listing_id, fresh__gt=0).update(fresh=0)
