"""Pieces beyond the lots: confirmed at a packing to be of a harvest to come, and off sale when that is not recorded."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.operations.holding import take_off_sale
from catalog.states import StockChangeKind
from shop.core import audit, periodic
from shop.core.texts import sentences
from shop.core.times import full_day
from traceability.errors import ShelfBeyondLots
from traceability.hooks import beyond_over
from traceability.models import ProduceLot
from traceability.operations.holding import lock_shelf, settle_holds
from traceability.queries.beyond import (
    CONFIRMED,
    OF,
    SETTLED,
    BeyondLots,
    beyond_lots,
    beyond_words,
    due_confirmations,
    expected_of,
    last_day_to_record,
    shelves_without_kept,
    unconfirmed,
)
from traceability.queries.kept import going
from traceability.rules.beyond import Confirmed, rest_confirmed
from traceability.rules.holding import Rest
from traceability.states import LotState

# How the change of the stock names what it took off: the product whose harvest was not recorded.
REFERENCE = "beyond:"


def ask_beyond(listing_id: int, *, confirm: bool, harvest_by: date | None, actor: Any, at: datetime) -> None:
    """Have a supplier who packs say what becomes of pieces that are of no lot, where nobody said so of them yet.

    They are asked about when more stands there than was confirmed, or the confirmed day has passed. Raises
    ShelfBeyondLots unless it is confirmed that their harvest is recorded by a day (`harvest_by`), today or later, no
    later than the term of the platform. The pools of the product are locked.
    """
    for beyond in beyond_lots(at=at, listing_ids=[listing_id]):
        new = unconfirmed(beyond, at=at)
        if not new:
            continue
        last = last_day_to_record(at)
        if not confirm:
            raise _refusal(beyond, _("Confirm it to go on, with the day by which you record it."), "confirm", last)
        if harvest_by is None:
            raise _refusal(beyond, _("Say by which day you record their harvest."), "harvest_by", last)
        if harvest_by < timezone.localdate(at) or (last is not None and harvest_by > last):
            raise _refusal(beyond, "", "harvest_by", last)
        net = {row.record_id: row.net_grams for row in beyond.rows}
        audit.record(
            action=CONFIRMED, object_kind=OF, object_id=listing_id, actor=actor, at=at,
            pieces=[[record, net[record], count] for record, count in sorted(new.items())],
            harvest_by=harvest_by.isoformat(),
        )  # fmt: skip


def _refusal(beyond: BeyondLots, words: str, field: str, last: date | None) -> ShelfBeyondLots:
    by = _("The day can be today to %(day)s.") % {"day": full_day(last)} if last else ""
    if not words and not by:
        by = _("The day can be today or later.")
    told = sentences(beyond_words(beyond), words, by) if field == "confirm" else sentences(words, by)
    return ShelfBeyondLots(
        told, field=field, confirm="confirm", on_sale=beyond.on_sale, in_orders=beyond.in_orders,
        latest=last.isoformat() if last else None,
    )  # fmt: skip


@periodic.every("traceability.beyond_lots", seconds=300)
def settle_beyond(*, at: datetime) -> int:
    """Take pieces beyond the lots off sale whose harvest was not recorded by the confirmed day; return the products.

    Those that orders wait for stay with them. Each confirmation is settled once, whatever was found: pieces that come
    later are never taken for those that were confirmed. The supplier is told. Locks: the pools of each product by id,
    its lots by id.
    """
    count = 0
    for listing_id in due_confirmations(at):
        with transaction.atomic():
            lock_shelf([listing_id], at=at)
            # Who waited for these locks finds settled what the other settled.
            due = due_confirmations(at).get(listing_id, [])
            rest = _left_of(listing_id, due, at)
            if rest.on_sale:
                take_off_sale(
                    listing_id=listing_id, free=rest.free, owed={}, kind=StockChangeKind.FINISHED,
                    pool=f"{REFERENCE}{listing_id}", actor=None, at=at,
                )  # fmt: skip
                beyond_over(listing_id, rest.on_sale, at)
            for each in due:
                audit.record(
                    action=SETTLED, object_kind=CONFIRMED, object_id=each.pk, actor=None, at=at, pieces=rest.on_sale
                )
            settle_holds([listing_id], actor=None, at=at)
            count += bool(due)
    return count


def _left_of(listing_id: int, due: list[Confirmed], at: datetime) -> Rest:
    """Return what of a product's shelf are pieces that were confirmed and whose harvest was not recorded."""
    lots = ProduceLot.objects.filter(listing=listing_id, state__in=[LotState.OPEN, LotState.AWAITING]).order_by("pk")
    _rows, shelf = shelves_without_kept([listing_id], at=at)[listing_id]
    return rest_confirmed(shelf, going(lots, at), due, expected_of({listing_id: due})[listing_id])
