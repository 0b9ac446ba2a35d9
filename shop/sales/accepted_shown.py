"""How who got an order accepted it, as its supplier and its buyer read it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from shop.core import times
from shop.core.money import in_yuan
from shop.sales import hooks, rules
from shop.sales.models import OrderFacts
from shop.sales.operations.receipts import receipt_days
from shop.sales.queries.backs import NOTHING
from shop.sales.queries.open_recalls import has_open_recall
from shop.sales.states import CONSUMER_TERMS, OrderState, PurchaseState, Terms
from shop.sales.texts import in_reader_language


@dataclass(frozen=True)
class AcceptedShown:
    """One acceptance. `rows` are (name, accepted, sent); `is_refused`: nothing of it was accepted.

    `money` says what became of the money for what did not arrive well, `next_step` what its reader does about it.
    """

    at: datetime
    by: str
    note: str
    short_fen: int
    rows: tuple[tuple[str, int, int], ...]
    is_refused: bool
    is_short: bool
    money: str
    next_step: str
    lines: tuple[tuple[int, int, int], ...]


def show_accepted(order: OrderFacts, *, to_buyer: bool = False) -> list[AcceptedShown]:
    """Return how each delivery of an order was accepted, as its supplier reads it, or its buyer; needs its lines."""
    names: dict[int, str] = {line.pk: in_reader_language(line.name_zh, line.name_en) for line in order.lines.all()}
    return [
        AcceptedShown(
            each.at,
            each.by,
            each.note,
            each.short_fen,
            tuple((names.get(pk, ""), accepted, sent) for pk, sent, accepted in each.lines),
            not any(accepted for _pk, _sent, accepted in each.lines),
            any(accepted < sent for _pk, sent, accepted in each.lines),
            _money(order, each, to_buyer=to_buyer),
            _next_of_buyer(order, each) if to_buyer else _next_of_sender(order, each),
            each.lines,
        )
        for each in hooks.acceptances(order)
    ]


def _is_given_back(order: OrderFacts) -> bool:
    return order.purchase.terms != Terms.POSTPAID


def _money(order: OrderFacts, accepted: hooks.Accepted, *, to_buyer: bool) -> str:
    """Say what became of the money for what was not accepted: of what was paid before, it goes back."""
    if not accepted.short_fen:
        return ""
    if not _is_given_back(order):
        words = _("%(fen)s not charged")
    else:
        words = _("%(fen)s goes back") if to_buyer else _("%(fen)s goes back to the buyer")
    return words % {"fen": in_yuan(accepted.short_fen)}


def _next_of_buyer(order: OrderFacts, accepted: hooks.Accepted) -> str:
    """Say to who paid for goods that somebody else got what becomes of the money for those that did not arrive well."""
    if not accepted.short_fen or not _is_given_back(order):
        return ""
    back, facts = getattr(order, "went_back", NOTHING), {"fen": in_yuan(accepted.short_fen)}
    if back.waits_fen:
        return _("%(fen)s goes back by bank transfer: see below whether we still need an account.") % facts
    if back.going_fen:
        return _("%(fen)s goes back the way it was paid: you need not do anything.") % facts
    return _("%(fen)s was given back: you need not do anything.") % facts


def _next_of_sender(order: OrderFacts, accepted: hooks.Accepted) -> str:
    """Say to a supplier what to do about a part that did not arrive well; `next_of_supplier` says it of the whole."""
    if not any(took < sent for _pk, sent, took in accepted.lines) or not any(took for *_rest, took in accepted.lines):
        return ""
    if not _is_given_back(order):
        return _("Send nothing again: what is missing is not charged. See how it was packed and what the carrier says.")
    return _("Send nothing again: the money for it goes back. See how it was packed and what the carrier says.")


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
        if has_open_recall(order):
            return _("Recalled: time does not accept it. The buyer is told to accept none of it.")
        return _("On its way: the buyer accepts what arrived.")
    if has_open_recall(order):
        return _("Recalled: time does not confirm the receipt. The buyer is asked to claim the money back.")
    by = (order.shipped_at or order.placed_at) + timedelta(days=receipt_days(order.purchase.terms))
    words = _("On its way: whoever gets it confirms the receipt; on %(day)s it is confirmed by itself.")
    return words % {"day": times.day(by)}
