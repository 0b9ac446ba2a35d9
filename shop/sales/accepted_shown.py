"""How the buyer's side accepted an order, as its supplier reads it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from shop.core import times
from shop.sales import hooks, rules
from shop.sales.models import OrderFacts
from shop.sales.operations.receipts import receipt_days
from shop.sales.states import CONSUMER_TERMS, OrderState, PurchaseState, Terms
from shop.sales.texts import in_reader_language


@dataclass(frozen=True)
class AcceptedShown:
    """One acceptance. `rows` are (name, accepted, sent); `is_refused`: nothing of it was accepted."""

    at: datetime
    by: str
    note: str
    short_fen: int
    rows: tuple[tuple[str, int, int], ...]
    is_refused: bool


def show_accepted(order: OrderFacts) -> list[AcceptedShown]:
    """Return how each delivery of an order was accepted; needs its lines."""
    names: dict[int, str] = {line.pk: in_reader_language(line.name_zh, line.name_en) for line in order.lines.all()}
    return [
        AcceptedShown(
            each.at,
            each.by,
            each.note,
            each.short_fen,
            tuple((names.get(pk, ""), accepted, sent) for pk, sent, accepted in each.lines),
            not any(accepted for _pk, _sent, accepted in each.lines),
        )
        for each in hooks.acceptances(order)
    ]


def next_of_supplier(order: OrderFacts, received_fen: int) -> str:
    """Return what an order waits for from now on, "" where the supplier's own form says it."""
    purchase = order.purchase
    lines: list[Any] = list(order.lines.all())
    if rules.is_refused_whole(order.state, [(line.shipped, line.rejected) for line in lines]):
        if order.refunded_fen:
            return _("All refused: the money goes back to the buyer. Agree with them what becomes of the goods.")
        return _("All refused: nothing is to be paid. Agree with the buyer what becomes of the goods.")
    if order.state == OrderState.SHIPPED:
        return _on_its_way(order)
    if order.state == OrderState.COMPLETED and purchase.terms == Terms.POSTPAID:
        if purchase.state == PurchaseState.PAID or received_fen >= order.left_fen:
            return _("Accepted and paid.")
        return _("Accepted: the unit pays until the day of its terms.")
    return ""


def _on_its_way(order: OrderFacts) -> str:
    """Return who receives a sent order: a unit accepts in form, all others confirm, or time does."""
    if order.purchase.terms not in CONSUMER_TERMS:
        return _("On its way: the buyer accepts what arrived.")
    by = (order.shipped_at or order.placed_at) + timedelta(days=receipt_days(order.purchase.terms))
    words = _("On its way: whoever gets it confirms the receipt; on %(day)s it is confirmed by itself.")
    return words % {"day": times.day(by)}
