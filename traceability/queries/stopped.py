"""Lots that nothing may be sent of, and what of them was, or is, on the shelf."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from catalog.queries.pools import ShelfPieces, pieces_of_listing, pieces_of_listings
from catalog.queries.sale import MAIN_POOL
from traceability.models import HAS_LEFT, ProduceLot
from traceability.queries.lots import can_be_sent, is_expired, open_lots
from traceability.rules.fefo import Candidate
from traceability.rules.holding import OnShelf, Rest, Stopped, rest_of_lot, to_hold, without_fresh
from traceability.states import SUSPENDED, LotState


def has_expired(at: datetime) -> Q:
    """Return the condition for open lots whose last day is over while something of them is left."""
    return HAS_LEFT & Q(state=LotState.OPEN, best_before__lt=timezone.localtime(at).date())


def is_stopped(at: datetime) -> Q:
    """Return the condition for lots whose goods may have to be held, or taken off the shelf.

    Suspended ones, those that expired, and those that are gone while orders wait for what was theirs.
    """
    return Q(state__in=SUSPENDED) | Q(owed_grams__gt=0) | has_expired(at)


def pool_name(lot_id: int) -> str:
    """Return the name of the stock pool in which a held lot's pieces of the shop stay."""
    return f"lot:{lot_id}"


@dataclass(frozen=True, slots=True)
class StoppedLot:
    """A lot of which nothing is sent, and the grams of it that may stand on the shelf."""

    lot_id: int
    code: str
    listing_id: int
    left_grams: int


def stopped_lots(supplier_id: int, listing_ids: Collection[int] | None = None, *, at: datetime) -> list[StoppedLot]:
    """Return a supplier's lots that stop goods on the shelf, of all its products or some. One query."""
    rows = ProduceLot.objects.filter(is_stopped(at), supplier_id=supplier_id)
    if listing_ids is not None:
        rows = rows.filter(listing__in=listing_ids)
    rows = rows.filter(HAS_LEFT | Q(owed_grams__gt=0)).order_by("pk")
    return [
        StoppedLot(
            lot.pk, lot.code, lot.listing_id,
            lot.left_grams if lot.state in SUSPENDED or is_expired(lot, at) else 0,
        )
        for lot in rows
    ]  # fmt: skip


def on_shelf(rows: Iterable[ShelfPieces]) -> list[OnShelf]:
    """Return pools as the rules of holding see them: what is held is free there."""
    return [
        OnShelf(row.stock_id, row.net_grams, row.free + sum(row.held.values()), row.promised, row.owed) for row in rows
    ]


def own_shelf(rows: Collection[ShelfPieces]) -> list[OnShelf]:
    """Return pools without what came while a lot was stopped: what can be of the stopped lots."""
    return without_fresh(on_shelf(rows), {row.stock_id: row.fresh for row in rows})


def sound_lots(lots: Iterable[ProduceLot], at: datetime) -> list[Candidate]:
    """Return those of some lots that can be sent."""
    return [
        Candidate(lot.pk, lot.best_before, lot.harvested_on, lot.left_grams) for lot in lots if can_be_sent(lot, at)
    ]


def on_sale(rows: Iterable[ShelfPieces]) -> list[OnShelf]:
    """Return pools without what is held of them: what somebody can buy, and what waits in orders."""
    return [OnShelf(row.stock_id, row.net_grams, row.free, row.promised, row.owed) for row in rows]


def rest_on_shelf(lot: ProduceLot, at: datetime) -> Rest:
    """Return what would leave the shelf if a lot were finished now and its rest were gone. Two queries."""
    others = [each for each in open_lots([lot.listing_id], at=at) if each.pk != lot.pk]
    return rest_of_lot(on_sale(pieces_of_listing(lot.listing_id)), sound_lots(others, at), lot.left_grams)


@dataclass(frozen=True, slots=True)
class Shortage:
    """What orders of a product may lack: as if every stopped lot of it were disposed of now.

    `owed`: by stock id, what is not there. `grams`: of stopped lots, among the pieces of orders. `free`: by stock
    record, the shop's free pieces that are of no stopped lot, and come in place of those. `sound`: what can be sent.
    """

    lots: tuple[tuple[int, str], ...]
    owed: dict[int, int]
    free: dict[int, int]
    records: dict[int, int]
    sound: list[Candidate]
    grams: int


def shortages(supplier_id: int, *, at: datetime, listing_ids: Collection[int] | None = None) -> dict[int, Shortage]:
    """Return, by listing, what orders of a supplier's products may lack: of those with a stopped lot.

    Three queries; one where no lot is stopped.
    """
    stopped: dict[int, list[StoppedLot]] = {}
    for stop in stopped_lots(supplier_id, listing_ids, at=at):
        stopped.setdefault(stop.listing_id, []).append(stop)
    if not stopped:
        return {}
    pieces = pieces_of_listings(stopped)
    lots: dict[int, list[ProduceLot]] = {pk: [] for pk in stopped}
    for lot in open_lots(stopped, at=at):
        lots[lot.listing_id].append(lot)
    return {pk: _shortage(own, pieces[pk], sound_lots(lots[pk], at)) for pk, own in stopped.items()}


def _shortage(stopped: list[StoppedLot], rows: list[ShelfPieces], sound: list[Candidate]) -> Shortage:
    lots = [Stopped(stop.lot_id, stop.left_grams) for stop in stopped if stop.left_grams]
    held = to_hold(own_shelf(rows), sound, lots)
    gone = {row.stock_id: sum(own.get(row.stock_id, 0) for own in held.values()) for row in rows}
    return Shortage(
        lots=tuple((stop.lot_id, stop.code) for stop in stopped),
        owed={row.stock_id: row.owed for row in rows},
        free={
            row.record_id: row.free + sum(row.held.values()) - gone[row.stock_id]
            for row in rows
            if row.pool == MAIN_POOL
        },
        records={row.stock_id: row.record_id for row in rows},
        sound=sound,
        grams=sum(lot.left_grams for lot in lots) - sum(gone[row.stock_id] * row.net_grams for row in rows),
    )
