"""What can be promised of goods' dates: from the lots that will ship, after all that is ordered already.

One simulation for every door, from the product page to placing: open orders take their pieces first, each from the lots that keep
its own promise, the first to expire first; what comes then is what a new order gets. No lots, no dates.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db.models import F, Min, Sum

from catalog.hooks import LotDates, LotsNow
from catalog.queries.undated import undated_order_words, undated_words
from catalog.states import Undated
from shop.core.prepared import Prepared
from shop.sales.deal import PlaceLine
from shop.sales.models import LineFacts, OrderFacts
from shop.sales.queries.without_goods import missing_for
from shop.sales.states import OrderState
from traceability.queries.lots import Standing, lots_standing
from traceability.queries.promise_words import promise_words
from traceability.rules.fefo import Candidate, Dates, Waiting, after_waiting, dates_of, pieces_keeping, split

_REST = F("ordered") - F("cancelled") - F("shipped")
_waiting_for = Prepared(
    lambda listing_ids: (
        LineFacts.objects.filter(
            listing_id__in=listing_ids,
            order__state__in=[OrderState.UNPAID, OrderState.TO_SHIP],
            ordered__gt=F("cancelled") + F("shipped"),
        )
        .values_list("listing_id", "net_grams", "promised_from", "promised_until")
        .annotate(pieces=Sum(_REST), first=Min("pk"))
        .order_by("first")
    )
)


@dataclass(frozen=True, slots=True)
class LinePromise:
    """What pieces that are bought now are promised of their dates; else why nothing is (`Undated`).

    Of a product without lots neither is said. `covered`: for how many pieces, of those that are not, a date could be.
    """

    dates: Dates | None = None
    undated: str = ""
    covered: int = 0

    @property
    def words(self) -> str:
        """What is promised, or that nothing can be, in the reader's language; "" where nothing is to be said."""
        return promise_words(self.dates) or undated_words(self.undated, self.covered)


class _Left:
    """What is left of each product's lots once all open orders were sent."""

    def __init__(self, listing_ids: Collection[int], at: datetime) -> None:
        self.standing = lots_standing(listing_ids, at=at)
        self.lots = _after_orders(self.standing)

    def promise(self, listing_id: int, net_grams: int, pieces: int) -> LinePromise:
        """Return what pieces are promised, and take them from the lots."""
        standing = self.standing.get(listing_id)
        if standing is None:
            return LinePromise()
        own = self.lots.get(listing_id, [])
        dates, self.lots[listing_id] = dates_of(pieces, net_grams, own)
        if dates is not None:
            return LinePromise(dates)
        taken, _short = split(pieces, net_grams, own)
        if covered := sum(count for _lot, count in taken):
            return LinePromise(None, Undated.BEYOND_LOTS, covered)
        return LinePromise(None, Undated.NOT_PACKED if standing.to_pack else Undated.HARVEST_TO_COME)


def _after_orders(standing: Mapping[int, Standing]) -> dict[int, list[Candidate]]:
    lots = {
        pk: [Candidate(lot.pk, lot.best_before, lot.harvested_on, lot.left_grams) for lot in own.packed]
        for pk, own in standing.items()
        if own.packed
    }
    if not lots:
        return {}
    waiting: dict[int, list[Waiting]] = {}
    for listing_id, net_grams, since, until, pieces, _first in _waiting_for(sorted(lots)):
        waiting.setdefault(listing_id, []).append(Waiting(pieces, net_grams, Dates(since, until)))
    return {pk: after_waiting(own, waiting.get(pk, ())) for pk, own in lots.items()}


class _Wanted(Protocol):
    """A line of a basket, a checkout or an order that is placed."""

    @property
    def spec(self) -> Any: ...
    @property
    def quantity(self) -> int: ...


def line_promises(lines: Sequence[_Wanted], *, at: datetime) -> list[LinePromise]:
    """Return what each line is promised if all are bought now, in their order. At most two queries, one without lots.

    Every door asks this: the product's page, the basket, the checkout, the quote, and placing itself.
    """
    left = _Left({line.spec.listing_id for line in lines}, at)
    return [left.promise(line.spec.listing_id, line.spec.net_grams, line.quantity) for line in lines]


def promises_for(lines: Sequence[PlaceLine], *, at: datetime) -> list[Dates | None]:
    """Return the dates that each line is promised, in their order; None where nothing is. At most two queries."""
    return [each.dates for each in line_promises(lines, at=at)]


def lots_on_page(listing_id: int, net_grams: Collection[int], at: datetime) -> LotsNow:
    """Answer the product page: what one piece of each net weight would be promised now, and how many pieces keep that.

    Two queries, one without lots.
    """
    left = _Left([listing_id], at)
    own = left.lots.get(listing_id, [])
    found, undated = {}, {}
    for grams in net_grams:
        each = left.promise(listing_id, grams, 1)
        left.lots[listing_id] = own
        if each.dates is not None and each.dates.harvested_on is not None:
            pieces = pieces_keeping(each.dates, grams, own)
            found[grams] = LotDates(each.dates.harvested_on, each.dates.best_before, pieces)
        elif each.undated:
            undated[grams] = each.undated
    return LotsNow(found, undated)


def note_undated(orders: Iterable[OrderFacts], at: datetime, *, to_buyer: bool = True) -> None:
    """Note on each line why nothing was promised of its dates (`undated`), "" where something was, or is sent already.

    `to_buyer`: nor is what no lot can keep any more; its supplier is still held to it. One query where any line waits,
    and what `missing_for` takes. Needs the orders' lines.
    """
    waiting = []
    for order in orders:
        for line in order.lines.all():
            line.undated = ""  # type: ignore[attr-defined]  # noted on the row for who shows it
            waits = order.state in (OrderState.UNPAID, OrderState.TO_SHIP)
            if waits and line.ordered > line.cancelled + line.shipped:
                waiting.append(line)
    unpromised = [line for line in waiting if line.promised is None]
    standing = lots_standing({line.listing_id for line in (waiting if to_buyer else unpromised)}, at=at)
    for line in unpromised:
        if (own := standing.get(line.listing_id)) is not None:
            least = line.net_grams
            is_packed = any(lot.left_grams >= least for lot in own.packed)
            why = Undated.NOT_PACKED if own.to_pack else Undated.HARVEST_TO_COME
            line.undated = Undated.BEYOND_LOTS if is_packed else why  # type: ignore[attr-defined]  # as above
    missing = missing_for(waiting, standing, at=at) if to_buyer else {}
    for line in waiting:
        if line.pk in missing:
            line.undated = Undated.STOPPED  # type: ignore[attr-defined]  # as above


def promised_now(line: LineFacts) -> Dates | None:
    """Return what is promised of an ordered line's dates; None where no lot can keep it. Needs `note_undated`."""
    return None if getattr(line, "undated", "") == Undated.STOPPED else line.promised


def promised_words(line: LineFacts) -> dict[str, str]:
    """Return what an ordered line was promised of its dates in words (`promise`), or why nothing was: code and words.

    Needs what `note_undated` noted, where it is to be said.
    """
    why = getattr(line, "undated", "")
    return {"promise": promise_words(promised_now(line)), "undated": why, "undated_words": undated_order_words(why)}
