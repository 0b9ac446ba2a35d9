"""Orders whose goods failed a test, or are gone with their lot, and that no good lot can be sent for."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from shop.sales.models import LineFacts
from shop.sales.states import OrderState
from traceability.queries.lots import can_be_sent, open_lots
from traceability.queries.stopped import StoppedLot, stopped_lots
from traceability.rules.fefo import Candidate, Dates, Waiting, missing_of


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


def lines_without_goods(
    supplier_id: int, *, at: datetime, listing_ids: Collection[int] | None = None
) -> list[LineWithoutGoods]:
    """Return a supplier's waiting lines that lack goods because a lot was stopped, the first to be sent first.

    Never more than the stopped lots had: what was simply not packed yet is no such case. Three queries, one where
    no lot is stopped.
    """
    stopped: dict[int, list[StoppedLot]] = {}
    for stop in stopped_lots(supplier_id, listing_ids):
        stopped.setdefault(stop.listing_id, []).append(stop)
    if not stopped:
        return []
    sound: dict[int, list[Candidate]] = {pk: [] for pk in stopped}
    for lot in open_lots(stopped, at=at):
        if can_be_sent(lot, at):
            sound[lot.listing_id].append(Candidate(lot.pk, lot.best_before, lot.harvested_on, lot.left_grams))
    rows: dict[int, list[LineFacts]] = {}
    lines = LineFacts.objects.filter(
        order__supplier_id=supplier_id, order__state=OrderState.TO_SHIP, listing_id__in=stopped
    )
    for line in lines.select_related("order__order").order_by("order__ship_by", "order_id", "pk"):
        rows.setdefault(line.listing_id, []).append(line)
    found = []
    for listing_id, own in rows.items():
        codes = tuple((stop.lot_id, stop.code) for stop in stopped[listing_id])
        found += _short(own, sound[listing_id], sum(stop.grams for stop in stopped[listing_id]), codes)
    return found


def _short(
    lines: list[LineFacts], sound: list[Candidate], stopped_grams: int, lots: tuple[tuple[int, str], ...]
) -> list[LineWithoutGoods]:
    waiting = [
        Waiting(
            line.ordered - line.cancelled - line.shipped, line.net_grams, line.promised or Dates(None, None)
        )
        for line in lines
    ]  # fmt: skip
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
