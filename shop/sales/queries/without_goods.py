"""Orders whose goods failed a test, or are gone with their lot, and that no good lot can be sent for."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from shop.sales.models import LineFacts
from shop.sales.states import OrderState
from traceability.hooks import Waiting as LotWaiting
from traceability.queries.lots import Standing, open_lots
from traceability.queries.stopped import Shortage, shortages, sound_lots
from traceability.rules.fefo import Dates, Waiting, missing_of
from traceability.rules.holding import Line, lines_short


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


def missing_for(lines: Collection[LineFacts], standing: Mapping[int, Standing], *, at: datetime) -> dict[int, int]:
    """Return by line (id) how many of its pieces lack goods because a lot was stopped; lines without are not there.

    `standing`: what the lots of their products can send. No query where none is stopped, up to four for each supplier
    that has one.
    """
    own = {line.pk for line in lines}
    stopped: dict[int, set[int]] = {}
    for listing_id, each in standing.items():
        if each.is_stopped:
            stopped.setdefault(each.supplier_id, set()).add(listing_id)
    return {
        each.line_id: each.pieces
        for supplier_id, listing_ids in sorted(stopped.items())
        for each in lines_without_goods(supplier_id, at=at, listing_ids=listing_ids, also_unpaid=True)
        if each.line_id in own
    }


def lines_without_goods(
    supplier_id: int, *, at: datetime, listing_ids: Collection[int] | None = None, also_unpaid: bool = False
) -> list[LineWithoutGoods]:
    """Return a supplier's waiting lines that lack goods because a lot was stopped, the first to be sent first.

    `also_unpaid`: those that wait for their money too; paid ones are served before them. What is owed to orders is of
    the specification that owes it, and never more than the stopped lots had and is not held: what was simply not packed
    yet is no such case. Four queries; one where no lot is stopped.
    """
    short = shortages(supplier_id, at=at, listing_ids=listing_ids)
    if not short:
        return []
    rows: dict[int, list[LineFacts]] = {}
    states = [OrderState.TO_SHIP, OrderState.UNPAID]
    lines = LineFacts.objects.filter(order__supplier_id=supplier_id, order__state__in=states, listing_id__in=short)
    ordered = lines.select_related("order__order").order_by("order__ship_by", "order_id", "pk")
    for line in sorted(ordered, key=_is_unpaid):
        rows.setdefault(line.listing_id, []).append(line)
    found = [each for listing_id, own in rows.items() for each in _short(own, short[listing_id])]
    return [each for line, each in found if also_unpaid or line.order.state == OrderState.TO_SHIP]


def _short(lines: list[LineFacts], short: Shortage) -> list[tuple[LineFacts, LineWithoutGoods]]:
    waiting = [Line(line.stock_id, short.records.get(line.stock_id, 0), _waits(line)) for line in lines]
    return [
        (
            line,
            LineWithoutGoods(
                line.pk, line.order_id, line.order.order.number, line.name_zh, line.name_en, pieces, short.lots
            ),
        )
        for line, pieces in zip(
            lines, lines_short(waiting, short.owed, short.free, short.sound, short.grams), strict=True
        )
        if pieces
    ]


def waiting_without_lot(listing_id: int, at: datetime, without: Collection[int] = ()) -> LotWaiting:
    """Return the orders of a product that no sound lot can be sent for, whatever became of its lots. Two queries.

    Paid ones are served first; those that are not paid yet are counted apart. As if the lots `without` were gone.
    """
    sound = sound_lots([lot for lot in open_lots([listing_id], at=at) if lot.pk not in without], at)
    rows = LineFacts.objects.filter(order__state__in=[OrderState.TO_SHIP, OrderState.UNPAID], listing_id=listing_id)
    ordered = rows.select_related("order__order").order_by("order__ship_by", "order_id", "pk")
    lines = sorted(ordered, key=_is_unpaid)
    short = list(zip(lines, missing_of(sound, [_waits(line) for line in lines]), strict=True))
    paid = [(line, pieces) for line, pieces in short if pieces and not _is_unpaid(line)]
    unpaid = [(line, pieces) for line, pieces in short if pieces and _is_unpaid(line)]
    numbers = tuple(dict.fromkeys(line.order.order.number for line, _pieces in paid))
    return LotWaiting(
        orders=len(numbers),
        pieces=sum(pieces for _line, pieces in paid),
        numbers=numbers,
        unpaid_orders=len({line.order_id for line, _pieces in unpaid}),
        unpaid_pieces=sum(pieces for _line, pieces in unpaid),
    )


def _is_unpaid(line: LineFacts) -> bool:
    return line.order.state == OrderState.UNPAID


def _waits(line: LineFacts) -> Waiting:
    """Return what of a line is still to be sent."""
    return Waiting(line.ordered - line.cancelled - line.shipped, line.net_grams, line.promised or Dates(None, None))
