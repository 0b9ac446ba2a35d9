"""Recalled goods that their buyers did nothing about yet: they come first of what a buyer has to do, and stop the clock."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from django.db.models import QuerySet, Sum

from shop.sales.claims import line_here
from shop.sales.models import AfterSale, LineFacts, OrderFacts
from shop.sales.states import AfterSaleState, OrderState
from traceability.queries.recalled import recalled_line_ids, recalled_of_lines


def note_recalls(orders: Sequence[OrderFacts]) -> None:
    """Note on each order the lines (ids) that are recalled and not answered (`open_recalls`). Two queries at most.

    Beside them what is recalled of each line (`recalled_pieces`). Needs their lines. A recall is answered with claims on as many pieces as were sent of it and are still there, whatever
    came of them; one that was withdrawn is no answer.
    """
    lines = {
        line.pk: line
        for order in orders
        if order.state != OrderState.CANCELLED
        for line in order.lines.all()
        if line.shipped
    }
    recalled = recalled_pieces(lines)
    asked = _asked(recalled)
    for order in orders:
        order.recalled_pieces = recalled  # type: ignore[attr-defined]  # noted on the row for who shows it
        order.open_recalls = [  # type: ignore[attr-defined]  # noted on the row for who shows it
            line.pk
            for line in order.lines.all()
            if min(recalled.get(line.pk, 0), line_here(line)) > asked.get(line.pk, 0)
        ]


def recalled_pieces(line_ids: Collection[int]) -> dict[int, int]:
    """Return how many pieces were sent of lots recalled since, by line; only lines with some. One query."""
    recalled: dict[int, int] = defaultdict(int)
    for line_id, _code, pieces in recalled_of_lines(line_ids):
        recalled[line_id] += pieces
    return dict(recalled)


def _asked(line_ids: dict[int, int]) -> dict[int, int]:
    """Return on how many pieces of lines claims were made, by line."""
    if not line_ids:
        return {}
    rows = AfterSale.objects.filter(line__in=line_ids).exclude(state=AfterSaleState.WITHDRAWN)
    return dict(rows.values_list("line_id").annotate(pieces=Sum("quantity")))


def has_open_recall(order: OrderFacts) -> bool:
    """Tell whether an order has recalled goods that its buyer did nothing about yet. Two queries, three with its lines."""
    note_recalls([order])
    return bool(order.open_recalls)  # type: ignore[attr-defined]  # noted just now


def with_open_recall(orders: QuerySet[OrderFacts]) -> list[int]:
    """Return which of some orders (ids) have recalled goods that their buyers did nothing about. Four queries at most."""
    lines = LineFacts.objects.filter(pk__in=recalled_line_ids())
    found = list(orders.filter(pk__in=lines.values("order_id")).prefetch_related("lines"))
    note_recalls(found)
    return [order.pk for order in found if order.open_recalls]  # type: ignore[attr-defined]  # noted just now
