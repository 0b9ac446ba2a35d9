"""Holding stock of lots that nothing may be sent of: in every pool that sells, as long as no sound lot covers it.

What good lots don't cover leaves the shop's pool and each drop's for a pool of the stopped lot, and comes back by
itself once a sound lot covers it again: after a test, a packing, or when orders let go of their pieces.
What of a lot that is gone (disposed of) waits in orders is owed: it leaves the stock as soon as an order gives it back.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q

from catalog.operations.holding import lock_pools, pieces_of_listing, set_held, write_off_held
from traceability.models import ProduceLot
from traceability.operations.lot_rows import lock_lots
from traceability.queries.lots import can_be_sent
from traceability.queries.stopped import IS_STOPPED, pool_name
from traceability.rules.fefo import Candidate
from traceability.rules.holding import OnShelf, Stopped, promised_short, to_hold
from traceability.states import SUSPENDED, LotState


def settle_holds(listing_ids: Iterable[int], *, actor: Any, at: datetime) -> None:
    """Hold or let go what the lots of these listings require now; their pools are locked already (`lock_pools`).

    One query where no lot of theirs is stopped. Locks: lots by id.
    """
    lots = lock_lots(_concerned(listing_ids))
    for listing_id in sorted({lot.listing_id for lot in lots.values()}):
        hold(listing_id, [lot for lot in lots.values() if lot.listing_id == listing_id], actor=actor, at=at)


def lock_shelf(listing_ids: Collection[int], lot_ids: Iterable[int] = ()) -> None:
    """Lock every pool of these listings by id, then these lots and all that decide what has to be held, by id."""
    lock_pools(listing_ids)
    lock_lots({*lot_ids, *_concerned(listing_ids)})


def settle_counted(listing_id: int, *, actor: Any, at: datetime) -> None:
    """Settle after a count of the whole shelf: what was counted is there, so lots that are gone owe nothing more."""
    gone = {"listing": listing_id, "state": LotState.DISPOSED, "owed_grams__gt": 0}
    lots = lock_lots(ProduceLot.objects.filter(**gone).values_list("pk", flat=True))
    ProduceLot.objects.filter(pk__in=lots).update(owed_grams=0)
    settle_holds([listing_id], actor=actor, at=at)


def _concerned(listing_ids: Iterable[int]) -> set[int]:
    """Return the lots, open or stopped, of those listings of which a lot is stopped. Two queries, or one."""
    own = set(ProduceLot.objects.filter(IS_STOPPED, listing__in=set(listing_ids)).values_list("listing_id", flat=True))
    rows = ProduceLot.objects.filter(Q(state=LotState.OPEN) | IS_STOPPED, listing__in=own)
    return set(rows.values_list("pk", flat=True)) if own else set()


def hold(listing_id: int, lots: Collection[ProduceLot], *, actor: Any, at: datetime) -> None:
    """Have the pools of stopped lots hold what no sound lot of the product can be sent for, and nothing else.

    `lots` are all that are open or stopped, locked. Pieces that orders have reserved stay with them: they are sent from
    another lot, or not at all.
    """
    rows = pieces_of_listing(listing_id)
    shelf = [OnShelf(row.stock_id, row.net_grams, row.free + sum(row.held.values()), row.promised) for row in rows]
    sound = [
        Candidate(lot.pk, lot.best_before, lot.harvested_on, lot.left_grams) for lot in lots if can_be_sent(lot, at)
    ]
    gone = [lot for lot in lots if lot.state == LotState.DISPOSED]
    stopped = [Stopped(lot.pk, lot.left_grams) for lot in lots if lot.state in SUSPENDED]
    stopped += [Stopped(lot.pk, lot.owed_grams, is_gone=True) for lot in gone]
    held = to_hold(shelf, sound, stopped)
    wanted = {pool_name(lot_id): pieces for lot_id, pieces in held.items()}
    set_held(listing_id=listing_id, shelf=rows, wanted=wanted, actor=actor, at=at)
    lacking = promised_short(shelf, sound)
    for lot in sorted(gone, key=lambda each: each.pk):
        owed = lot.owed_grams - write_off_held(pool=pool_name(lot.pk), actor=actor, at=at)
        lot.owed_grams = min(owed, lacking)
        lacking -= lot.owed_grams
        ProduceLot.objects.filter(pk=lot.pk).update(owed_grams=lot.owed_grams)
