"""Holding stock of lots that nothing may be sent of: in every pool that sells, as long as no sound lot covers it.

What good lots don't cover leaves the shop's pool and each drop's for a pool of the stopped lot, and comes back by
itself once a sound lot covers it again: after a test, a packing, or when orders let go of their pieces.

What a lot's pieces are is settled once, when it is disposed of: those that nobody bought leave the books, those that
wait in orders are owed (`Stock.owed`). Pieces that come later, or came while it was stopped (`Stock.fresh`), are never
that lot's: the first of them take the place of what is owed, the others are sold. So the order of entries is all one.

A lot that is finished with a rest, or expires, is settled the same way, by what was on sale of it.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from catalog.operations import holding as stock
from catalog.operations.holding import lock_pools
from catalog.queries.pools import ShelfPieces, pieces_of_listing
from catalog.states import StockChangeKind
from shop.core import audit, periodic
from shop.core.errors import InvalidInput
from shop.core.texts import sentences
from traceability.errors import OrdersWait
from traceability.hooks import Waiting, lot_expired
from traceability.models import ProduceLot
from traceability.operations.lot_rows import lock_lots
from traceability.queries.lots import is_expired
from traceability.queries.stopped import (
    has_expired,
    is_stopped,
    on_sale,
    on_shelf,
    own_shelf,
    pool_name,
    sound_lots,
)
from traceability.queries.waiting import waiting_words
from traceability.rules.holding import Rest, Stopped, owed_of, promised_short, rest_of_lot, to_hold
from traceability.states import SUSPENDED, LotState


def settle_holds(listing_ids: Iterable[int], *, actor: Any, at: datetime) -> None:
    """Hold or let go what the lots of these listings require now; their pools are locked already (`lock_pools`).

    One query where no lot of theirs is stopped. Locks: lots by id.
    """
    lots = lock_lots(_concerned(listing_ids, at))
    for listing_id in sorted({lot.listing_id for lot in lots.values()}):
        hold(listing_id, [lot for lot in lots.values() if lot.listing_id == listing_id], actor=actor, at=at)


def lock_shelf(listing_ids: Collection[int], lot_ids: Iterable[int] = (), *, at: datetime) -> dict[int, ProduceLot]:
    """Lock every pool of these listings by id, then these lots and all that decide what has to be held, by id.

    Return the lots. What expired leaves the shelf first: nothing that comes afterwards is taken for it.
    """
    lock_pools(listing_ids)
    lots = lock_lots({*lot_ids, *_concerned(listing_ids, at)})
    for listing_id in sorted({lot.listing_id for lot in lots.values() if is_expired(lot, at) and lot.left_grams}):
        hold(listing_id, [lot for lot in lots.values() if lot.listing_id == listing_id], actor=None, at=at)
    return lots


def settle_came(listing_id: int, stockrecord_id: int, pieces: int, *, actor: Any, at: datetime) -> None:
    """Settle after pieces of a specification came: none of them is of a lot that was stopped before."""
    if ProduceLot.objects.filter(listing=listing_id, state__in=SUSPENDED).exists():
        stock.note_fresh(stockrecord_id, pieces)
    settle_holds([listing_id], actor=actor, at=at)


def _concerned(listing_ids: Iterable[int], at: datetime) -> set[int]:
    """Return the lots, open or stopped, of those listings of which a lot is stopped. Two queries, or one."""
    stopped = ProduceLot.objects.filter(is_stopped(at), listing__in=set(listing_ids))
    own = set(stopped.values_list("listing_id", flat=True))
    return lots_on_shelf(own, at) if own else set()


def lots_on_shelf(listing_ids: Iterable[int], at: datetime) -> set[int]:
    """Return the lots of listings that are open or stopped: they decide what has to be held. One query."""
    rows = ProduceLot.objects.filter(Q(state=LotState.OPEN) | is_stopped(at), listing__in=set(listing_ids))
    return set(rows.values_list("pk", flat=True))


def hold(listing_id: int, lots: Collection[ProduceLot], *, actor: Any, at: datetime) -> None:
    """Have the pools of stopped lots hold what no sound lot of the product can be sent for, and nothing else.

    `lots` are all that are open or stopped, locked. Pieces that orders have reserved stay with them: they are sent from
    another lot, or not at all. What is owed to orders is covered before anything is held, and by what is let go.
    What lots that expired have left is gone: it leaves the shelf before anything is held.
    """
    for lot in sorted((lot for lot in lots if is_expired(lot, at) and lot.left_grams), key=lambda each: each.pk):
        _expire(lot, lots, at=at)
    stopped = [Stopped(lot.pk, lot.left_grams) for lot in lots if lot.state in SUSPENDED]
    _settle_owed(listing_id, lots, actor=actor, at=at)
    rows = pieces_of_listing(listing_id)
    _set_held(listing_id, rows, to_hold(on_shelf(rows), sound_lots(lots, at), stopped), actor=actor, at=at)
    _settle_owed(listing_id, lots, actor=actor, at=at)
    if not stopped and any(row.fresh for row in rows):
        stock.forget_fresh(listing_id)


def take_off(lot: ProduceLot, lots: Collection[ProduceLot], *, actor: Any, at: datetime) -> None:
    """Settle what pieces of the shelf were those of a lot that was just disposed of; `lots` as for `hold`.

    What was held for it leaves the books, and is held for no other lot. Sets `owed_grams`: what it owes to orders.
    """
    _take_off_held(lot, lots, kind=StockChangeKind.DISPOSED, actor=actor, at=at)
    hold(lot.listing_id, lots, actor=actor, at=at)


def take_off_sale_of(
    lot: ProduceLot, lots: Iterable[ProduceLot], *, kind: StockChangeKind, actor: Any, at: datetime
) -> int:
    """Settle what pieces of the shelf are those of a lot that was on sale until now: they are gone (`kind` says how).

    `lots` are those of the product that are open or stopped, locked as its pools are. Pieces that another sound lot
    can be sent for stay, and what is held of other lots. Sets `owed_grams` and `gone_grams`; returns the pieces.
    """
    rows = pieces_of_listing(lot.listing_id)
    rest = _rest(lot, lots, rows, at)
    stock.take_off_sale(
        listing_id=lot.listing_id, free=rest.free, owed=rest.owed, kind=kind, pool=pool_name(lot.pk), actor=actor, at=at
    )
    _write_gone(lot, rows, rest.owed)
    return rest.pieces


def keep_on_sale_of(lot: ProduceLot, lots: Iterable[ProduceLot], *, reason: str, actor: Any, at: datetime) -> int:
    """Write down that what stands where a finished lot's rest would is of another harvest: it stays. Returns the pieces.

    `lots` as for `take_off_sale_of`. What waits in orders waits for that harvest to be recorded. Sets `gone_grams`.
    Raises InvalidInput (field `reason`) where something stays and no reason is given.
    """
    rows = pieces_of_listing(lot.listing_id)
    rest = _rest(lot, lots, rows, at)
    if rest.pieces and not reason:
        raise InvalidInput(_("Say which harvest they are of."), field="reason")
    stock.keep_on_sale(free=rest.free, owed=rest.owed, pool=pool_name(lot.pk), note=reason, actor=actor, at=at)
    _write_gone(lot, rows, {})
    return rest.pieces


def _rest(lot: ProduceLot, lots: Iterable[ProduceLot], rows: Iterable[ShelfPieces], at: datetime) -> Rest:
    others = sound_lots([each for each in lots if each.pk != lot.pk and each.listing_id == lot.listing_id], at)
    return rest_of_lot(on_sale(rows), others, lot.left_grams)


def _expire(lot: ProduceLot, lots: Collection[ProduceLot], *, at: datetime) -> None:
    """Take what an expired lot has left off the shelf, and have its supplier told what left and what waits."""
    rows = pieces_of_listing(lot.listing_id)
    if any(row.held.get(pool_name(lot.pk)) for row in rows):
        # It was stopped, and nothing stands against it any more but its age.
        pieces = _take_off_held(lot, lots, kind=StockChangeKind.EXPIRED, actor=None, at=at)
    else:
        pieces = take_off_sale_of(lot, lots, kind=StockChangeKind.EXPIRED, actor=None, at=at)
    audit.record(action="lot_expired", object_kind="lot", object_id=lot.pk, actor=None, at=at, pieces=pieces)
    if pieces:
        lot_expired(lot.pk, pieces, at)


def _take_off_held(
    lot: ProduceLot, lots: Collection[ProduceLot], *, kind: StockChangeKind, actor: Any, at: datetime
) -> int:
    """Take off what is held of a lot, and what waits in orders of it; return the pieces."""
    rows = pieces_of_listing(lot.listing_id)
    sound = sound_lots(lots, at)
    shelf = own_shelf(rows)
    stopped = [Stopped(each.pk, each.left_grams) for each in lots if each.state in SUSPENDED and each.pk != lot.pk]
    wanted = to_hold(shelf, sound, [*stopped, Stopped(lot.pk, lot.left_grams)])
    _set_held(lot.listing_id, rows, wanted, actor=actor, at=at)
    pool = pool_name(lot.pk)
    left = lot.left_grams - stock.write_off_held(pool=pool, kind=kind, actor=actor, at=at)
    owed = owed_of(shelf, promised_short(shelf, sound), left)
    stock.owe(rows, owed, pool=pool, kind=kind, actor=actor, at=at)
    _write_gone(lot, rows, owed)
    return sum(wanted[lot.pk].values()) + sum(owed.values())


def _write_gone(lot: ProduceLot, rows: Iterable[ShelfPieces], owed: Mapping[int, int]) -> None:
    """Write down that all that was left of a lot is gone, and what of that it owes to orders (stock id → pieces)."""
    net = {row.stock_id: row.net_grams for row in rows}
    lot.owed_grams += sum(pieces * net[stock_id] for stock_id, pieces in owed.items())
    lot.gone_grams += lot.left_grams
    ProduceLot.objects.filter(pk=lot.pk).update(owed_grams=lot.owed_grams, gone_grams=lot.gone_grams)


def refuse_unconfirmed(waiting: Waiting) -> None:
    """Raise OrdersWait: what is asked leaves orders without goods, and nobody confirmed that."""
    raise OrdersWait(
        sentences(waiting_words(waiting), _("Confirm it to go on.")),
        field="confirm", confirm="confirm", **waiting.facts,
    )  # fmt: skip


@periodic.every("traceability.expired_lots", seconds=60)
def settle_expired(*, at: datetime) -> int:
    """Take what lots that expired overnight have left off the shelf, of the shop and of drops; return the products.

    Their suppliers are told. Where the worker was away, the next order or change of such a shelf has done it before.
    """
    rows = ProduceLot.objects.filter(has_expired(at)).order_by("listing_id")
    found = list(rows.values_list("listing_id", flat=True).distinct())
    for listing_id in found:
        with transaction.atomic():
            lock_shelf([listing_id], at=at)
    return len(found)


def settle_expired_of(listing_ids: Collection[int], *, at: datetime) -> None:
    """Take what expired of these listings off the shelf, in the caller's transaction, before pieces of them are sold.

    One query where nothing expired since it was settled last. Locks: all pools of the listings by id, then lots by id.
    """
    if ProduceLot.objects.filter(has_expired(at), listing__in=listing_ids).exists():
        lock_shelf(listing_ids, at=at)


def _set_held(
    listing_id: int, rows: list[ShelfPieces], held: dict[int, dict[int, int]], *, actor: Any, at: datetime
) -> None:
    wanted = {pool_name(lot_id): pieces for lot_id, pieces in held.items()}
    stock.set_held(listing_id=listing_id, shelf=rows, wanted=wanted, actor=actor, at=at)


def _settle_owed(listing_id: int, lots: Iterable[ProduceLot], *, actor: Any, at: datetime) -> None:
    """Let what lots that are gone owe follow the shelf, and write down what each still owes: the last one longest."""
    gone = sorted((lot for lot in lots if lot.owed_grams), key=lambda each: each.pk)
    if not gone:
        return
    names = [(pool_name(lot.pk), lot.owed_grams) for lot in gone]
    left = stock.settle_owed(listing_id, lot_pools=names, actor=actor, at=at)
    for lot in reversed(gone):
        lot.owed_grams = min(lot.owed_grams, left)
        left -= lot.owed_grams
        ProduceLot.objects.filter(pk=lot.pk).update(owed_grams=lot.owed_grams)
