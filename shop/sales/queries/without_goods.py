"""Orders whose goods failed a test, or are gone with their lot, and that no good lot can be sent for."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from catalog.queries import said
from catalog.queries.shelf import held_grams, owed_grams
from shop.sales.models import LineFacts
from shop.sales.states import OrderState
from traceability.hooks import Waiting as LotWaiting
from traceability.queries.lots import can_be_sent, open_lots
from traceability.queries.stopped import StoppedLot, stopped_lots
from traceability.rules.fefo import Candidate, Dates, Waiting, missing_of
from traceability.states import SUSPENDED, LotState


@dataclass(frozen=True, slots=True)
class LineWithoutGoods:
    """A line of which `pieces` can't be sent now, and the lots (id, code) that it could have come from."""

    line_id: int
    order_id: int
    number: str
    name_zh: str
    name_en: str
    pieces: int
    lots: tuple[tuple[int, str], ...] = field(default=())


def unpaid_without_goods(purchase_id: int, *, at: datetime) -> list[LineWithoutGoods]:
    """Return the lines of a purchase's unpaid orders that lack goods because a lot was stopped.

    Paid orders are served first. Two queries where no lot is stopped, one more for each further supplier.
    """
    mine = LineFacts.objects.filter(order__purchase=purchase_id, order__state=OrderState.UNPAID)
    asked: dict[int, set[int]] = {}
    own = set()
    for line_id, supplier_id, listing_id in mine.values_list("pk", "order__supplier_id", "listing_id"):
        asked.setdefault(supplier_id, set()).add(listing_id)
        own.add(line_id)
    found = [
        line
        for supplier_id, listing_ids in sorted(asked.items())
        for line in lines_without_goods(supplier_id, at=at, listing_ids=listing_ids, also_unpaid=True)
    ]
    return [line for line in found if line.line_id in own]


def without_goods_words(lines: Sequence[LineWithoutGoods]) -> str:
    """Return which goods an unpaid purchase lacks and what its buyer can do; "" where it lacks none."""
    if not lines:
        return ""
    goods = _goods(lines)
    return _(
        "No sound goods are there now for %(goods)s: their lot did not pass. It can't be paid like this, so that you"
        " don't pay for what can't be sent. Cancel that order and pay the rest, or wait until new goods are in."
    ) % {"goods": goods}


def _goods(lines: Sequence[LineWithoutGoods]) -> str:
    """Return the goods that are missing in a row: "Pomelo × 2 (order 7)"."""
    return ", ".join(
        _("%(name)s × %(pieces)d (order %(number)s)")
        % {"name": said(line, "name"), "pieces": line.pieces, "number": line.number}
        for line in lines
    )


def lines_without_goods(
    supplier_id: int, *, at: datetime, listing_ids: Collection[int] | None = None, also_unpaid: bool = False
) -> list[LineWithoutGoods]:
    """Return a supplier's waiting lines that lack goods because a lot was stopped, the first to be sent first.

    `also_unpaid`: those that wait for their money too, after the paid ones. Never more than the stopped lots had and
    is not held: what was simply not packed yet is no such case. Four queries, one more where one was
    disposed of; one where no lot is stopped.
    """
    stopped: dict[int, list[StoppedLot]] = {}
    for stop in stopped_lots(supplier_id, listing_ids):
        stopped.setdefault(stop.listing_id, []).append(stop)
    if not stopped:
        return []
    held = held_grams(stopped)
    is_owed = any(stop.state == LotState.DISPOSED for stops in stopped.values() for stop in stops)
    owed = owed_grams(stopped) if is_owed else {}
    sound: dict[int, list[Candidate]] = {pk: [] for pk in stopped}
    for lot in open_lots(stopped, at=at):
        if can_be_sent(lot, at):
            sound[lot.listing_id].append(Candidate(lot.pk, lot.best_before, lot.harvested_on, lot.left_grams))
    rows: dict[int, list[LineFacts]] = {}
    states = [OrderState.TO_SHIP, OrderState.UNPAID] if also_unpaid else [OrderState.TO_SHIP]
    lines = LineFacts.objects.filter(order__supplier_id=supplier_id, order__state__in=states, listing_id__in=stopped)
    ordered = lines.select_related("order__order").order_by("order__ship_by", "order_id", "pk")
    for line in sorted(ordered, key=lambda each: each.order.state == OrderState.UNPAID):
        rows.setdefault(line.listing_id, []).append(line)
    found = []
    for listing_id, own in rows.items():
        codes = tuple((stop.lot_id, stop.code) for stop in stopped[listing_id])
        promised = sum(
            max(0, stop.grams - held.get(stop.lot_id, 0)) for stop in stopped[listing_id] if stop.state in SUSPENDED
        )
        found += _short(own, sound[listing_id], promised + owed.get(listing_id, 0), codes)
    return found


def _short(
    lines: list[LineFacts], sound: list[Candidate], stopped_grams: int, lots: tuple[tuple[int, str], ...]
) -> list[LineWithoutGoods]:
    waiting = [_waits(line) for line in lines]
    found = []
    for line, missing in zip(lines, missing_of(sound, waiting), strict=True):
        grams = max(line.net_grams, 1)
        pieces = min(missing, stopped_grams // grams)
        stopped_grams -= pieces * grams
        if pieces:
            number = line.order.order.number
            found.append(
                LineWithoutGoods(line.pk, line.order_id, number, line.name_zh, line.name_en, pieces, lots)
            )  # fmt: skip
    return found


def waiting_without_lot(listing_id: int, at: datetime) -> LotWaiting:
    """Return the paid orders of a product that no sound lot can be sent for, whatever became of its lots. Two queries."""
    sound = [
        Candidate(lot.pk, lot.best_before, lot.harvested_on, lot.left_grams)
        for lot in open_lots([listing_id], at=at)
        if can_be_sent(lot, at)
    ]
    lines = list(
        LineFacts.objects.filter(order__state=OrderState.TO_SHIP, listing_id=listing_id)
        .select_related("order")
        .order_by("order__ship_by", "order_id", "pk")
    )
    short = list(zip(lines, missing_of(sound, [_waits(line) for line in lines]), strict=True))
    return LotWaiting(len({line.order_id for line, pieces in short if pieces}), sum(pieces for _line, pieces in short))


def _waits(line: LineFacts) -> Waiting:
    """Return what of a line is still to be sent."""
    return Waiting(line.ordered - line.cancelled - line.shipped, line.net_grams, line.promised or Dates(None, None))
