"""Changing how many pieces are there: by what came and went, or by a count of the whole shelf.

Nothing sets a figure that somebody read a while ago. A change is relative; a count names the version that it was
made on, and is refused with what happened since. Orders' and drops' pieces are never taken.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.hooks import lot_names
from catalog.models import Stock, StockChange
from catalog.operations.stock import MAIN_POOL, Moved, OutOfStock, note_changes
from catalog.queries.shelf import LOT_POOLS, changes_since, last_change, shelves_of
from catalog.queries.shelf_words import told_change
from catalog.states import STOCK_REASON_WAYS, TYPED_REASONS, StockChangeKind
from shop.core.errors import DomainError, InvalidInput, KeyUsed
from shop.core.texts import sentences

MOST_PIECES = 1_000_000
TOLD_AT_MOST = 5


class StockMoved(DomainError):
    """The shelf changed since it was counted. `details["changes"]` says what happened, `["version"]` what stands now."""

    code = "stock_moved"


def adjust_stock(
    *, stockrecord_id: int, pieces: int, reason: str, actor: Any, at: datetime, note: str = "", key: str = ""
) -> StockChange:
    """Add pieces to the shop's pool, or take free ones off it (`pieces` below zero); return the change.

    The same `key` with the same content again returns the first change; with another, KeyUsed is raised. Raises
    InvalidInput (field `pieces`, `reason`) for nothing, for more than a million or for a reason of the other
    direction, OutOfStock (field `pieces`) when fewer are free. Locks: the pool.
    """
    if reason not in TYPED_REASONS:
        raise InvalidInput(_("Say why."), code="reason_unknown", field="reason")
    if not pieces or abs(pieces) > MOST_PIECES:
        raise InvalidInput(_("Enter how many pieces came or went, 1 to 1,000,000."), field="pieces")
    if (1 if pieces > 0 else -1) not in STOCK_REASON_WAYS[reason]:
        words = (
            _("Pieces that came have another reason: a harvest, a return, or an earlier entry that was wrong.")
            if pieces > 0
            else _("Pieces that went have another reason: spoiled, sold elsewhere, own use, or an earlier wrong entry.")
        )
        raise InvalidInput(words, code="reason_unfit", field="reason")
    same = {"kind": StockChangeKind.ADJUSTED, "pieces": pieces, "reason": reason, "note": note}
    known = _known(key, stockrecord_id, same)
    if known is not None:
        return known
    try:
        with transaction.atomic():
            pool = Stock.objects.select_for_update().get(stockrecord_id=stockrecord_id, pool=MAIN_POOL)
            # Whoever held the lock may have written the same form.
            known = _known(key, stockrecord_id, same)
            if known is not None:
                return known
            _change(pool.pk, pieces)
            return note_changes(
                [Moved(pool.pk, pieces)], kind=StockChangeKind.ADJUSTED, actor=actor, at=at, reason=reason, note=note,
                key=key or None,
            )[0]  # fmt: skip
    except IntegrityError as error:
        raise _used_elsewhere() from error


def take_stock(
    *, stockrecord_id: int, counted: int, version: int, actor: Any, at: datetime, note: str = "", key: str = ""
) -> StockChange:
    """Write what was counted on the whole shelf (all pools, and what orders reserved); return the change.

    The difference goes to the free pieces of the shop's pool. The same `key` with the same count again returns the
    first change; with another, KeyUsed is raised.
    Raises StockMoved when `version` is not the last change, OutOfStock (field `counted`) when that would leave less
    than is promised, InvalidInput (field `counted`) for what can't be. Locks: the pools, by id.
    """
    if not 0 <= counted <= MOST_PIECES:
        raise InvalidInput(_("Enter a whole number, 0 or more, at most a million."), field="counted")
    same = {"kind": StockChangeKind.STOCKTAKE, "counted": counted, "note": note}
    known = _known(key, stockrecord_id, same)
    if known is not None:
        return known
    try:
        with transaction.atomic():
            return _count(stockrecord_id, counted, version, actor, at, note, key, same)
    except IntegrityError as error:
        raise _used_elsewhere() from error


def _count(
    stockrecord_id: int,
    counted: int,
    version: int,
    actor: Any,
    at: datetime,
    note: str,
    key: str,
    same: dict[str, Any],
) -> StockChange:
    pools = _lock_shelf(stockrecord_id)
    known = _known(key, stockrecord_id, same)
    if known is not None:
        return known
    main = next(pool for pool in pools if pool.pool == MAIN_POOL)
    # What is owed to orders was disposed of: it is counted with them, and does not stand there.
    owed = sum(pool.owed for pool in pools)
    shelf = sum(pool.on_hand for pool in pools) - owed
    if last_change(stockrecord_id) != version:
        raise _moved(stockrecord_id, version, shelf)
    difference = counted - shelf
    promised = shelf - (main.on_hand - main.reserved)
    if counted < promised:
        held = _held_of(stockrecord_id)
        raise OutOfStock(_too_few_words(pools, main, held), field="counted", promised=promised, held=sum(held.values()))
    if difference:
        _change(main.pk, difference)
    return note_changes(
        [Moved(main.pk, difference)], kind=StockChangeKind.STOCKTAKE, actor=actor, at=at, counted=counted,
        note=note, key=key or None,
    )[0]  # fmt: skip


def _known(key: str, stockrecord_id: int, same: dict[str, Any]) -> StockChange | None:
    """Return what a key stands for, None where it is new. Raises KeyUsed where that is something else than `same`."""
    known = StockChange.objects.filter(key=key, stockrecord_id=stockrecord_id).first() if key else None
    if known is not None and any(getattr(known, name) != value for name, value in same.items()):
        raise KeyUsed(
            _("This form was saved already: %(change)s. That stands, nothing else was changed.")
            % {"change": told_change(known)},
            change_id=known.pk,
            pieces=known.pieces,
            counted=known.counted,
        )
    return known


def _used_elsewhere() -> KeyUsed:
    return KeyUsed(_("This form was used for another product. Load the page again."))


def _lock_shelf(stockrecord_id: int) -> list[Stock]:
    """Lock all pools of a stock record, by id, and return them as they are then.

    The main pool first, by itself: whoever makes a new pool takes its pieces from there, so that none is missed.
    """
    list(Stock.objects.select_for_update().filter(stockrecord_id=stockrecord_id, pool=MAIN_POOL).values_list("pk"))
    return list(Stock.objects.select_for_update().filter(stockrecord_id=stockrecord_id).order_by("pk"))


def _change(stock_id: int, pieces: int) -> None:
    """Add pieces to a pool under its CHECK. Raises OutOfStock when fewer are free than are taken."""
    enough = Stock.objects.filter(pk=stock_id, on_hand__gte=F("reserved") - pieces)
    if not enough.update(on_hand=F("on_hand") + pieces):
        free = Stock.objects.filter(pk=stock_id).values_list(F("on_hand") - F("reserved"), flat=True).first() or 0
        pools = list(Stock.objects.filter(stockrecord__pools=stock_id))
        held = _held_of(pools[0].stockrecord_id)
        words = ngettext("Only %(free)d piece is free.", "Only %(free)d pieces are free.", free) % {"free": free}
        raise OutOfStock(
            sentences(words, *_others_words(pools, held), _way_out(pools, held)),
            field="pieces", free=free, held=sum(held.values()),
        )  # fmt: skip


def _held_of(stockrecord_id: int) -> dict[int, int]:
    """Return the pieces of a stock record that stopped lots hold, by lot."""
    return dict(shelves_of([stockrecord_id])[stockrecord_id].held_by_lot)


def _too_few_words(pools: Sequence[Stock], main: Stock, held: Mapping[int, int]) -> str:
    """Say why fewer can't be counted: what the rest is, and what has to be settled first."""
    kept = sum(pool.on_hand - pool.owed for pool in pools) - (main.on_hand - main.reserved)
    words = ngettext(
        "%(n)d piece can't be counted away.", "%(n)d pieces can't be counted away.", kept
    ) % {"n": kept}  # fmt: skip
    return sentences(words, *_others_words(pools, held), _way_out(pools, held), _("Then count again."))


def _others_words(pools: Sequence[Stock], held: Mapping[int, int]) -> list[str]:
    """Say where the pieces are that nobody can take: only what is there is named."""
    orders = sum(pool.reserved - pool.owed for pool in pools)
    apart = sum(pool.on_hand - pool.reserved for pool in pools if pool.pool != MAIN_POOL) - sum(held.values())
    found = []
    if orders > 0:
        found.append(ngettext("%(n)d waits in orders.", "%(n)d wait in orders.", orders) % {"n": orders})
    if apart > 0:
        found.append(
            ngettext("%(n)d is set apart for a sale.", "%(n)d are set apart for a sale.", apart) % {"n": apart}
        )
    names = lot_names(list(held))
    found += [
        ngettext("%(n)d is held with lot %(lot)s.", "%(n)d are held with lot %(lot)s.", pieces)
        % {"n": pieces, "lot": names.get(lot_id, lot_id)}
        for lot_id, pieces in sorted(held.items())
    ]
    return found


def _way_out(pools: Sequence[Stock], held: Mapping[int, int]) -> str:
    """Say what takes such pieces off the shelf: of each kind that is there."""
    ways = []
    if held:
        ways.append(_("Open that lot and record how it was disposed of, or its passed test."))
    if any(pool.reserved > pool.owed for pool in pools):
        ways.append(_("Cancel the orders that can't be sent."))
    if any(pool.on_hand > pool.reserved for pool in pools if pool.pool.partition(":")[0] not in (MAIN_POOL, LOT_POOLS)):
        ways.append(_("End the sale that they are kept for."))
    return sentences(*ways)


def _moved(stockrecord_id: int, version: int, shelf: int) -> StockMoved:
    since = changes_since(stockrecord_id, version)
    told = [told_change(change) for change in since[:TOLD_AT_MOST]]
    return StockMoved(
        _("The shelf changed since you opened this page: %(changes)s. It should hold %(shelf)d now. Count again.")
        % {"changes": "; ".join(told) or _("somebody counted it"), "shelf": shelf},
        field="counted",
        changes=told,
        shelf=shelf,
        version=last_change(stockrecord_id),
    )
