"""Stock moves: reserve before payment, release what is given back, take what is shipped.

All are conditional updates under a CHECK, so that nothing is sold twice. Pools are locked in the order of their
ids; callers lock the basket first, certificates and ledger accounts later (`docs/decisions/`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Case, F, PositiveIntegerField, Value, When
from django.db.models.functions import Least
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.models import Stock, StockChange
from catalog.states import StockChangeKind
from shop.core.errors import DomainError

MAIN_POOL = "main"


class OutOfStock(DomainError):
    """Fewer pieces are left than were asked for. `details["short"]` maps stock id → pieces left."""

    code = "out_of_stock"


def _short_of(left: int) -> str:
    """Say how many pieces are left; asked for were more."""
    if not left:
        return _("Nothing is left in stock.")
    return ngettext("Only %(left)d piece is left in stock.", "Only %(left)d pieces are left in stock.", left) % {
        "left": left
    }


def _by_id(quantities: Mapping[int, int]) -> Case:
    return Case(
        *(When(pk=stock_id, then=Value(quantity)) for stock_id, quantity in quantities.items()),
        default=Value(0),
        output_field=PositiveIntegerField(),
    )


def _lock_and_count(stock_ids: list[int]) -> dict[int, int]:
    """Take the row locks in the order of ids (one UPDATE over many rows takes them in any); return pieces left."""
    rows = Stock.objects.filter(pk__in=stock_ids).order_by("pk")
    if connection.features.has_select_for_update:
        rows = rows.select_for_update()
    return dict(rows.values_list("pk", F("on_hand") - F("reserved")))


def reserve(quantities: Mapping[int, int]) -> None:
    """Reserve pieces of several pools (stock id → pieces), in the caller's transaction, which OutOfStock must end.

    Raises OutOfStock when one has too little left, ValueError for a quantity below one.
    """
    if any(quantity < 1 for quantity in quantities.values()):
        raise ValueError("a reservation is of at least one piece")
    ids = sorted(quantities)
    if len(ids) > 1:
        left = _lock_and_count(ids)
        if short := {pk: left.get(pk, 0) for pk in ids if left.get(pk, 0) < quantities[pk]}:
            raise OutOfStock(_("Not enough left in stock."), short=short)
    asked = _by_id(quantities)
    done = Stock.objects.filter(pk__in=ids, on_hand__gte=F("reserved") + asked).update(reserved=F("reserved") + asked)
    if done != len(ids):
        left = dict(Stock.objects.filter(pk__in=ids).values_list("pk", F("on_hand") - F("reserved")))
        words = _short_of(left.get(ids[0], 0)) if len(ids) == 1 else _("Not enough left in stock.")
        raise OutOfStock(words, short={pk: left.get(pk, 0) for pk in ids})


def release(quantities: Mapping[int, int]) -> None:
    """Give reserved pieces back (expiry, cancellation). Raises ValueError when more than reserved is given back."""
    _take(quantities, on_hand=False)


def ship(quantities: Mapping[int, int], *, actor: Any, at: datetime, reference: str = "") -> None:
    """Take reserved pieces off the shelf: both on_hand and reserved go down, one row of each pool says so.

    Where more are sent than stand there, others came in place of owed ones, and a row before says that.
    """
    quantities = {pk: quantity for pk, quantity in quantities.items() if quantity}
    # Pieces that are there are sent before those that are owed; new ones go first, as their lots cover the orders.
    left, gone = F("reserved") - _by_id(quantities), _by_id(quantities)
    with transaction.atomic():
        owing = _lock_owing(quantities)
        _take(quantities, on_hand=True, owed=Least(F("owed"), left), fresh=F("fresh") - Least(F("fresh"), gone))
    came = {pk: owed - min(owed, reserved - quantities[pk]) for pk, (owed, reserved) in owing.items()}
    note_changes(
        [Moved(pk, pieces) for pk, pieces in came.items() if pieces],
        kind=StockChangeKind.COVERED, actor=actor, at=at, reference=reference,
        to_come={pk: -quantity for pk, quantity in quantities.items()},
    )  # fmt: skip
    note_changes(
        [Moved(pk, -quantity) for pk, quantity in quantities.items()],
        kind=StockChangeKind.SHIPPED, actor=actor, at=at, reference=reference,
    )  # fmt: skip


def write_off(quantities: Mapping[int, int], *, reason: str, actor: Any, at: datetime, reference: str) -> None:
    """Take reserved pieces that turned out not to be there, or not sound, off the shelf: nobody can buy them again.

    `reason` is a `StockReason`, `reference` the order that can't have them; one row of each pool says so. Owed pieces
    left the shelf before: the row counts the others.
    """
    quantities = {pk: quantity for pk, quantity in quantities.items() if quantity}
    with transaction.atomic():
        owing = _lock_owing(quantities)
        _take(quantities, on_hand=True, owed=F("owed") - Least(F("owed"), _by_id(quantities)))
    note_changes(
        [Moved(pk, -max(0, quantity - owing.get(pk, (0, 0))[0])) for pk, quantity in quantities.items()],
        kind=StockChangeKind.ADJUSTED, reason=reason, actor=actor, at=at, reference=reference,
    )  # fmt: skip


def _lock_owing(stock_ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Lock pools in the order of their ids; return what those that owe something owe, and have reserved."""
    pools = Stock.objects.filter(pk__in=list(stock_ids)).order_by("pk")
    if connection.features.has_select_for_update:
        pools = pools.select_for_update()
    return {pk: (owed, reserved) for pk, owed, reserved in pools.values_list("pk", "owed", "reserved") if owed}


def _take(quantities: Mapping[int, int], *, on_hand: bool, **also: Any) -> None:
    quantities = {pk: quantity for pk, quantity in quantities.items() if quantity}
    if not quantities:
        return
    ids = sorted(quantities)
    asked = _by_id(quantities)
    changes = {"reserved": F("reserved") - asked, **also}
    if on_hand:
        changes["on_hand"] = F("on_hand") - asked
    with transaction.atomic():
        if len(ids) > 1:
            _lock_and_count(ids)
        if Stock.objects.filter(pk__in=ids, reserved__gte=asked).update(**changes) != len(ids):
            raise ValueError(f"more pieces given back than reserved: {dict(quantities)}")


@dataclass(frozen=True)
class Moved:
    """Pieces that were added to a pool in this transaction; negative: taken."""

    stock_id: int
    pieces: int


_TOLD_WITHOUT_PIECES = (StockChangeKind.STOCKTAKE, StockChangeKind.KEPT)


def note_changes(
    moved: Iterable[Moved],
    *,
    kind: StockChangeKind,
    actor: Any,
    at: datetime,
    reference: str = "",
    to_come: Mapping[int, int] | None = None,
    **facts: Any,
) -> list[StockChange]:
    """Write a row for each pool that was changed in this transaction, which holds its lock. Two queries.

    What `before` and `after` were follows from what stands in the pool now, without what is owed; `to_come` are the
    pieces of changes made with these that rows after these tell of (stock id → pieces).
    """
    # A row of no pieces tells nothing, but for a count that was right and for pieces that stay.
    pieces = {each.stock_id: each.pieces for each in moved if each.pieces or kind in _TOLD_WITHOUT_PIECES}
    if not pieces:
        return []
    pools = Stock.objects.filter(pk__in=pieces).order_by("pk")
    rows = pools.values_list("pk", "stockrecord_id", "pool", F("on_hand") - F("owed"))
    later = to_come or {}
    return StockChange.objects.bulk_create(
        [
            StockChange(
                stockrecord_id=record_id, pool=pool, kind=kind, pieces=pieces[pk],
                before=stands - later.get(pk, 0) - pieces[pk], after=stands - later.get(pk, 0), reference=reference, actor_id=getattr(actor, "pk", None), at=at, **facts,
            )
            for pk, record_id, pool, stands in rows
        ]
    )  # fmt: skip


def carve(*, stock_id: int, pool: str, pieces: int, actor: Any, at: datetime) -> int:
    """Move free pieces of a pool into a pool of their own, called `pool`; return that pool's stock id.

    For a drop, a quote, a contract: nothing can be sold twice, for the pieces are in one place only. Raises
    OutOfStock when fewer are free, ValueError for less than one piece. Locks: the old pool, then the new one.
    """
    if pieces < 1:
        raise ValueError("a pool has at least one piece")
    with transaction.atomic():
        free = Stock.objects.filter(pk=stock_id, on_hand__gte=F("reserved") + pieces)
        if not free.update(on_hand=F("on_hand") - pieces):
            left = Stock.objects.filter(pk=stock_id).values_list(F("on_hand") - F("reserved"), flat=True).first() or 0
            raise OutOfStock(_short_of(left), field="pieces", short={stock_id: left})
        record_id = Stock.objects.values_list("stockrecord_id", flat=True).get(pk=stock_id)
        carved, _made = Stock.objects.get_or_create(stockrecord_id=record_id, pool=pool)
        Stock.objects.filter(pk=carved.pk).update(on_hand=F("on_hand") + pieces)
        note_changes(
            [Moved(stock_id, -pieces), Moved(carved.pk, pieces)],
            kind=StockChangeKind.CARVED, actor=actor, at=at, reference=pool,
        )  # fmt: skip
    return carved.pk


def return_pool(*, stock_id: int, actor: Any, at: datetime) -> int:
    """Move the free pieces of a carved pool back to the main pool; return how many. Reserved ones stay with their orders.

    It may run again: pieces that an order gives back later go the same way. Locks: both pools, by id.
    """
    with transaction.atomic():
        pool = Stock.objects.get(pk=stock_id)
        main = Stock.objects.get(stockrecord_id=pool.stockrecord_id, pool=MAIN_POOL)
        if main.pk == pool.pk:
            raise ValueError("the main pool is not returned")
        free = _lock_and_count(sorted((main.pk, pool.pk)))[pool.pk]
        taken = Stock.objects.filter(pk=pool.pk, on_hand__gte=F("reserved") + free)
        if free <= 0 or not taken.update(on_hand=F("on_hand") - free):
            return 0
        Stock.objects.filter(pk=main.pk).update(on_hand=F("on_hand") + free)
        note_changes(
            [Moved(pool.pk, -free), Moved(main.pk, free)],
            kind=StockChangeKind.RETURNED, actor=actor, at=at, reference=pool.pool,
        )  # fmt: skip
    return free


def move_held(*, from_pool: str, to_pool: str, record_id: int, pieces: int, actor: Any, at: datetime) -> None:
    """Move pieces from what is held for one lot to what is held for another: nobody sells them in between."""
    own, _made = Stock.objects.get_or_create(stockrecord_id=record_id, pool=to_pool)
    source = Stock.objects.get(stockrecord_id=record_id, pool=from_pool)
    taken = Stock.objects.filter(pk=source.pk, on_hand__gte=F("reserved") + pieces)
    if not taken.update(on_hand=F("on_hand") - pieces):
        raise ValueError(f"fewer pieces are held in {from_pool} than are moved")
    Stock.objects.filter(pk=own.pk).update(on_hand=F("on_hand") + pieces)
    for stock_id, count, other in ((source.pk, -pieces, to_pool), (own.pk, pieces, from_pool)):
        note_changes([Moved(stock_id, count)], kind=StockChangeKind.CARVED, actor=actor, at=at, reference=other)


def return_pieces(*, to_id: int, pool: str, pieces: int, actor: Any, at: datetime) -> None:
    """Move free pieces of a carved pool back to the pool `to_id` that they came from, which the caller has locked."""
    own = Stock.objects.get(stockrecord__pools=to_id, pool=pool)
    if not Stock.objects.filter(pk=own.pk, on_hand__gte=F("reserved") + pieces).update(on_hand=F("on_hand") - pieces):
        raise OutOfStock(_short_of(own.on_hand - own.reserved), short={own.pk: own.on_hand - own.reserved})
    Stock.objects.filter(pk=to_id).update(on_hand=F("on_hand") + pieces)
    note_changes(
        [Moved(own.pk, -pieces), Moved(to_id, pieces)],
        kind=StockChangeKind.RETURNED, actor=actor, at=at, reference=pool,
    )  # fmt: skip


def reserved_by_pool() -> dict[int, int]:
    """Return the reserved pieces of every pool that has some, by stock id."""
    return dict(Stock.objects.filter(reserved__gt=0).values_list("pk", "reserved"))
