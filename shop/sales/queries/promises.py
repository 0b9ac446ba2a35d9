"""What can be promised of goods' dates: from the lots that will ship, after all that is ordered already.

One simulation for the product page and for placing: open orders take their pieces first, each from the lots that keep
its own promise, the first to expire first; what comes then is what a new order gets. No lots, no dates.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, Min, Sum

from catalog.hooks import LotDates, LotsNow
from shop.core.prepared import Prepared
from shop.sales.deal import PlaceLine
from shop.sales.models import LineFacts
from shop.sales.states import OrderState
from traceability.queries.lots import can_be_sent, lots_of_page, open_lots
from traceability.rules.fefo import Candidate, Dates, Waiting, after_waiting, dates_of, pieces_keeping

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


def lots_after_orders(listing_ids: Collection[int], *, at: datetime) -> dict[int, list[Candidate]]:
    """Return what is left of each listing's lots once all open orders were sent. Two queries, one without lots."""
    return _after_orders(open_lots(listing_ids, at=at), at)


def _after_orders(rows: Iterable[Any], at: datetime) -> dict[int, list[Candidate]]:
    lots: dict[int, list[Candidate]] = {}
    for lot in rows:
        if can_be_sent(lot, at) and lot.left_grams > 0:
            own = lots.setdefault(lot.listing_id, [])
            own.append(Candidate(lot.pk, lot.best_before, lot.harvested_on, lot.left_grams))
    if not lots:
        return {}
    waiting: dict[int, list[Waiting]] = {}
    for listing_id, net_grams, since, until, pieces, _first in _waiting_for(sorted(lots)):
        waiting.setdefault(listing_id, []).append(Waiting(pieces, net_grams, Dates(since, until)))
    return {pk: after_waiting(own, waiting.get(pk, ())) for pk, own in lots.items()}


def promises_for(lines: Sequence[PlaceLine], *, at: datetime) -> list[Dates | None]:
    """Return what each line is promised, in their order; None where no lot is there for it. At most two queries."""
    left = lots_after_orders({line.spec.listing_id for line in lines}, at=at)
    found: list[Dates | None] = []
    for line in lines:
        own = left.get(line.spec.listing_id, [])
        dates, left[line.spec.listing_id] = dates_of(line.quantity, line.spec.net_grams, own)
        found.append(dates)
    return found


def lots_on_page(listing_id: int, net_grams: Collection[int], at: datetime) -> LotsNow:
    """Answer the product page: what one piece of each net weight would be promised now, and how many pieces keep that.

    Two queries, one without lots.
    """
    lots, ended = lots_of_page(listing_id, at)
    own = _after_orders(lots, at).get(listing_id, [])
    found = {}
    for grams in net_grams:
        dates, _left = dates_of(1, grams, own)
        if dates is not None and dates.harvested_on is not None:
            pieces = pieces_keeping(dates, grams, own)
            found[grams] = LotDates(dates.harvested_on, dates.best_before, pieces)
    return LotsNow(found, ended)
