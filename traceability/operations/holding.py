"""Holding stock of lots that nothing may be sent of: in every pool that sells, as long as no sound lot covers it.

What good lots don't cover leaves the shop's pool and each drop's for a pool of the stopped lot, and comes back by
itself once a sound lot covers it again: after a test, a packing, or when orders let go of their pieces.

What a lot's pieces are is settled once, when it is disposed of: those that nobody bought leave the books, those that
wait in orders are owed (`Stock.owed`). Pieces that come later, or came while it was stopped (`Stock.fresh`), are never
that lot's: the first of them take the place of what is owed, the others are sold. So the order of entries is all one.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.operations.holding import (
    forget_fresh,
    lock_pools,
    note_fresh,
    owe,
    set_held,
    settle_owed,
    write_off_held,
)
from catalog.queries.pools import ShelfPieces, pieces_of_listing
from shop.core import periodic
from shop.core.texts import sentences
from traceability.errors import OrdersWait
from traceability.hooks import Waiting
from traceability.models import ProduceLot
from traceability.operations.lot_rows import lock_lots
from traceability.queries.stopped import IS_STOPPED, on_shelf, own_shelf, pool_name, sound_lots
from traceability.queries.waiting import waiting_words
from traceability.rules.holding import Stopped, owed_of, promised_short, to_hold
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


def settle_came(listing_id: int, stockrecord_id: int, pieces: int, *, actor: Any, at: datetime) -> None:
    """Settle after pieces of a specification came: none of them is of a lot that was stopped before."""
    if ProduceLot.objects.filter(listing=listing_id, state__in=SUSPENDED).exists():
        note_fresh(stockrecord_id, pieces)
    settle_holds([listing_id], actor=actor, at=at)


def _concerned(listing_ids: Iterable[int]) -> set[int]:
    """Return the lots, open or stopped, of those listings of which a lot is stopped. Two queries, or one."""
    own = set(ProduceLot.objects.filter(IS_STOPPED, listing__in=set(listing_ids)).values_list("listing_id", flat=True))
    rows = ProduceLot.objects.filter(Q(state=LotState.OPEN) | IS_STOPPED, listing__in=own)
    return set(rows.values_list("pk", flat=True)) if own else set()


def hold(listing_id: int, lots: Collection[ProduceLot], *, actor: Any, at: datetime) -> None:
    """Have the pools of stopped lots hold what no sound lot of the product can be sent for, and nothing else.

    `lots` are all that are open or stopped, locked. Pieces that orders have reserved stay with them: they are sent from
    another lot, or not at all. What is owed to orders is covered before anything is held, and by what is let go.
    """
    stopped = [Stopped(lot.pk, lot.left_grams) for lot in lots if lot.state in SUSPENDED]
    _settle_owed(listing_id, lots, actor=actor, at=at)
    rows = pieces_of_listing(listing_id)
    _set_held(listing_id, rows, to_hold(on_shelf(rows), sound_lots(lots, at), stopped), actor=actor, at=at)
    _settle_owed(listing_id, lots, actor=actor, at=at)
    if not stopped and any(row.fresh for row in rows):
        forget_fresh(listing_id)


def take_off(lot: ProduceLot, lots: Collection[ProduceLot], *, actor: Any, at: datetime) -> None:
    """Settle what pieces of the shelf were those of a lot that was just disposed of; `lots` as for `hold`.

    What was held for it leaves the books, and is held for no other lot. Sets `owed_grams`: what it owes to orders.
    """
    rows = pieces_of_listing(lot.listing_id)
    sound = sound_lots(lots, at)
    shelf = own_shelf(rows)
    stopped = [Stopped(each.pk, each.left_grams) for each in lots if each.state in SUSPENDED and each.pk != lot.pk]
    wanted = to_hold(shelf, sound, [*stopped, Stopped(lot.pk, lot.left_grams)])
    _set_held(lot.listing_id, rows, wanted, actor=actor, at=at)
    left = lot.left_grams - write_off_held(pool=pool_name(lot.pk), actor=actor, at=at)
    owed = owed_of(shelf, promised_short(shelf, sound), left)
    owe(rows, owed, pool=pool_name(lot.pk), actor=actor, at=at)
    net = {row.stock_id: row.net_grams for row in rows}
    lot.owed_grams = sum(pieces * net[stock_id] for stock_id, pieces in owed.items())
    ProduceLot.objects.filter(pk=lot.pk).update(owed_grams=lot.owed_grams)
    hold(lot.listing_id, lots, actor=actor, at=at)


def refuse_unconfirmed(waiting: Waiting) -> None:
    """Raise OrdersWait: what is asked leaves orders without goods, and nobody confirmed that."""
    raise OrdersWait(
        sentences(waiting_words(waiting), _("Confirm it to go on.")),
        field="confirm", orders=waiting.orders, pieces=waiting.pieces, confirm="confirm",
    )  # fmt: skip


@periodic.every("traceability.expired_lots", seconds=60)
def settle_expired(*, at: datetime) -> int:
    """Hold what lots that expired overnight covered, where a lot of the same product is stopped; return the products.

    Settled again every time: what is right already stays.
    """
    day = timezone.localtime(at).date()
    expired = ProduceLot.objects.filter(state=LotState.OPEN, best_before__lt=day)
    own = expired.filter(packed_grams__gt=F("assigned_grams") + F("mixed_grams")).values("listing_id")
    listings = ProduceLot.objects.filter(IS_STOPPED, listing__in=own).order_by("listing_id")
    found = list(listings.values_list("listing_id", flat=True).distinct())
    for listing_id in found:
        with transaction.atomic():
            lock_shelf([listing_id])
            settle_holds([listing_id], actor=None, at=at)
    return len(found)


def _set_held(
    listing_id: int, rows: list[ShelfPieces], held: dict[int, dict[int, int]], *, actor: Any, at: datetime
) -> None:
    wanted = {pool_name(lot_id): pieces for lot_id, pieces in held.items()}
    set_held(listing_id=listing_id, shelf=rows, wanted=wanted, actor=actor, at=at)


def _settle_owed(listing_id: int, lots: Iterable[ProduceLot], *, actor: Any, at: datetime) -> None:
    """Let what lots that are gone owe follow the shelf, and write down what each still owes: the last one longest."""
    gone = sorted((lot for lot in lots if lot.state == LotState.DISPOSED and lot.owed_grams), key=lambda each: each.pk)
    if not gone:
        return
    names = [(pool_name(lot.pk), lot.owed_grams) for lot in gone]
    left = settle_owed(listing_id, lot_pools=names, actor=actor, at=at)
    for lot in reversed(gone):
        lot.owed_grams = min(lot.owed_grams, left)
        left -= lot.owed_grams
        ProduceLot.objects.filter(pk=lot.pk).update(owed_grams=lot.owed_grams)
