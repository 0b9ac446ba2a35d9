"""Recalled goods that their buyers did nothing about yet: they come first of what a buyer has to do, and stop the clock."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.db.models import QuerySet

from shop.sales.claims import line_here
from shop.sales.models import AfterSale, LineFacts, OrderFacts
from shop.sales.queries.concerns import paid_back
from shop.sales.queries.recalls import Recall, note_recalls
from shop.sales.states import AfterSaleState, OrderState
from traceability.queries.recalled import recalled_line_ids


def note_open_recalls(orders: Sequence[OrderFacts]) -> None:
    """Note on each order the lines (ids) whose recall is not answered (`open_recalls`). One query where one is recalled.

    Needs their lines with what is recalled of them (`note_recalls`). A recall is answered with claims, made since then, on
    as many pieces as were sent of it and are still there, whatever came of them; one that was withdrawn is no answer. Nothing is open of what all that was paid for went back.
    """
    lines = [line for order in orders for line in order.lines.all()]
    recalls = {line.pk: line.recall for line in lines if line.recall is not None}  # type: ignore[attr-defined]  # noted
    asked = _asked(recalls)
    for order in orders:
        order.open_recalls = [  # type: ignore[attr-defined]  # noted on the row for who shows it
            line.pk
            for line in order.lines.all()
            if order.state != OrderState.CANCELLED
            and line.pk in recalls
            and not paid_back(line)
            and min(recalls[line.pk].pieces, line_here(line)) > asked.get(line.pk, 0)
        ]


def _asked(recalls: Mapping[int, Recall]) -> dict[int, int]:
    """Return on how many pieces of lines claims were made since their recall, by line."""
    found: dict[int, int] = defaultdict(int)
    if recalls:
        rows = AfterSale.objects.filter(line__in=list(recalls)).exclude(state=AfterSaleState.WITHDRAWN)
        for line_id, opened_at, pieces in rows.values_list("line_id", "opened_at", "quantity"):
            if opened_at >= recalls[line_id].since:
                found[line_id] += pieces
    return dict(found)


def has_open_recall(order: OrderFacts) -> bool:
    """Tell whether an order has recalled goods that its buyer did nothing about yet. Five queries at most."""
    return bool(_open(list(OrderFacts.objects.filter(pk=order.pk).prefetch_related("lines"))))


def with_open_recall(orders: QuerySet[OrderFacts]) -> list[int]:
    """Return which of some orders (ids) have recalled goods that their buyers did nothing about. Five queries at most."""
    lines = LineFacts.objects.filter(pk__in=recalled_line_ids())
    return _open(list(orders.filter(pk__in=lines.values("order_id")).prefetch_related("lines")))


def _open(orders: list[OrderFacts]) -> list[int]:
    note_recalls(orders)
    note_open_recalls(orders)
    return [order.pk for order in orders if order.open_recalls]  # type: ignore[attr-defined]  # noted just now
