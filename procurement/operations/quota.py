"""What orders do to the quota and the budget: called with the events of each operation, in its transaction."""

from collections.abc import Sequence

from procurement import books
from procurement.models import PurchaseRequest, UnitOrder
from procurement.operations.representing import counts_for
from procurement.states import Fund
from procurement.texts import year_of
from shop.core import ledger
from shop.core.ledger import Posting
from shop.core.prepared import Prepared
from shop.sales.hooks import Event, OrderEvent
from shop.sales.states import OrderState

KIND = "unit"
REQUEST_KEY = "request:"
_called = Prepared(lambda number: PurchaseRequest.objects.filter(number=number).only("number", "year", "fund"))


def take_part(events: Sequence[OrderEvent]) -> None:
    """Move the quota of units' orders: placed commits, accepted fulfils, reduced and cancelled reverse.

    The year is that of the commitment, the order's day. What is reversed goes back to it, whenever that happens, in the
    quota and in the budget of the fund that paid.
    """
    own = [event for event in events if event.order.purchase.attribution_kind == KIND]
    if not own:
        return
    placed = [event for event in own if event.kind == Event.PLACED]
    known = _commit(placed) if placed else {}
    missing = {event.order.pk for event in own} - known.keys()
    if missing:
        known |= {row.order_id: row for row in UnitOrder.objects.filter(pk__in=missing).select_related("request")}
    postings: list[Posting] = []
    for event in own:
        if (row := known.get(event.order.pk)) is not None:
            postings += _postings(event, row)
    if postings:
        ledger.post(postings, at=own[0].at, actor_id=own[0].actor_id)


def _commit(placed: Sequence[OrderEvent]) -> dict[int, UnitOrder]:
    """Note which unit, year and fund the orders count for: the year is the order's day's, whatever was planned."""
    purchase = placed[0].order.purchase
    request = None
    if purchase.key.startswith(REQUEST_KEY):
        request = next(iter(_called(purchase.key.removeprefix(REQUEST_KEY))), None)
    unit_id, year = int(purchase.attribution_ref), year_of(placed[0].at)
    fund = request.fund if request else Fund.CANTEEN
    fills = counts_for(unit_id=unit_id, year=year, fund=fund)
    rows = [
        UnitOrder(order_id=event.order.pk, unit_id=unit_id, request=request, year=year, fund=fund, counts_for_id=fills)
        for event in placed
    ]
    UnitOrder.objects.bulk_create(rows)
    return {row.order_id: row for row in rows}


def _postings(event: OrderEvent, row: UnitOrder) -> list[Posting]:
    sides = {
        Event.PLACED: (books.SOURCE, books.COMMITTED),
        Event.ACCEPTED: (books.COMMITTED, books.FULFILLED),
        Event.REDUCED: (_stands(event), books.REVERSED),
        Event.CANCELLED: (_stands(event), books.REVERSED),
    }.get(event.kind)
    if sides is None:
        return []
    number = event.order.order.number
    postings = books.quota_move(
        key=event.key,
        unit_id=row.counts_for_id,
        year=row.year,
        fund=row.fund,
        debit=sides[0],
        credit=sides[1],
        fen=event.fen,
        number=number,
    )
    if row.request is not None and sides[1] == books.REVERSED:
        postings += books.budget_back(
            key=event.key, unit_id=row.unit_id, year=row.year, fen=event.fen, number=row.request.number, fund=row.fund
        )
    return postings


def _stands(event: OrderEvent) -> str:
    return books.FULFILLED if event.order.state == OrderState.COMPLETED else books.COMMITTED
