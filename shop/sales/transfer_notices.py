"""Telling who pays a purchase about its bank transfers. Each may run twice; a message has a key."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Sum

from shop.accounts.operations.messages import tell
from shop.core import outbox
from shop.sales import hooks
from shop.sales.models import Payment, Purchase, Refund
from shop.sales.queries.deliveries import schedule_of
from shop.sales.queries.due import due_of
from shop.sales.queries.payouts import goes_back
from shop.sales.queries.unpayable import unpayable
from shop.sales.states import PurchaseState


def _tell_of_purchase(purchase: Purchase, kind: str, params: Mapping[str, Any], *, key: str, at: datetime) -> None:
    """Tell who pays a purchase what is to be done about its money, where it is done: the cashier, or a unit's page.

    Of a unit's purchase that is its finance: its buyer may neither pay nor name an account.
    """
    door = hooks.elsewhere(hooks.Step.PAY, purchase)
    url = door.url if door else f"/pay/{purchase.number}/"
    params = {"number": purchase.number, **params}
    for user_id in hooks.asked_for_money(purchase):
        each = key if user_id == purchase.user_id else f"{key}:{user_id}"
        tell(user_id=user_id, kind=kind, params=params, url=url, key=each, at=at)


def _names(lines: Sequence[Any]) -> dict[str, str]:
    return {
        "name_zh": "、".join(dict.fromkeys(line.name_zh for line in lines)),
        "name_en": ", ".join(dict.fromkeys(line.name_en or line.name_zh for line in lines)),
    }


@outbox.register("sales.ask_rest")
def ask_rest(*, purchase_id: int, at: datetime) -> None:
    """Ask the buyer for what is missing of a transfer; where it can't be paid now, say so instead."""
    purchase = Purchase.objects.get(pk=purchase_id)
    due, due_now_fen = due_of(purchase), schedule_of(purchase).due_now_fen
    if purchase.state == PurchaseState.UNPAID and due.is_partly_paid and due_now_fen:
        barred = unpayable(purchase.pk, at=at).lines
        if barred:
            params = {"came_fen": due.received_fen, **_names(barred)}
            key = f"cannot_pay:{purchase.pk}:{due.received_fen}"
            _tell_of_purchase(purchase, "transfer_cannot_pay", params, key=key, at=at)
            return
        params = {"came_fen": due.received_fen, "left_fen": due_now_fen}
        _tell_of_purchase(purchase, "transfer_short", params, key=f"short:{purchase.pk}:{due.received_fen}", at=at)


@outbox.register("sales.tell_credited")
def tell_credited(*, payment_id: int, other_id: int, whole_fen: int, fen: int, at: datetime) -> None:
    """Tell who pays that a part of one transfer was credited to another of their purchases."""
    payments = Payment.objects.in_bulk([payment_id, other_id])
    source, target = (Purchase.objects.get(pk=payments[pk].payable_id) for pk in (payment_id, other_id))
    params = {"whole_fen": whole_fen, "amount_fen": fen, "source": source.number}
    key = f"credited:{payment_id}:{other_id}:{at.isoformat()}"
    _tell_of_purchase(target, "transfer_credited", params, key=key, at=at)


@outbox.register("sales.ask_account")
def ask_account(*, purchase_id: int, at: datetime) -> None:
    """Ask the buyer where the money of a transfer goes back to, unless that is known."""
    found = goes_back(purchase_id)
    if found is not None and found.account is None:
        purchase = Purchase.objects.get(pk=purchase_id)
        key = f"refund_account:{purchase.pk}"
        _tell_of_purchase(purchase, "refund_account", {"amount_fen": found.fen}, key=key, at=at)


@outbox.register("sales.tell_paid_out")
def tell_paid_out(*, refund_id: int, at: datetime, also: Sequence[int] = ()) -> None:
    """Tell the buyer that finance paid a refund out; `also` others of the same purchase with the same payment."""
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    purchase = Purchase.objects.get(pk=refund.payment.payable_id)
    others = Refund.objects.filter(pk__in=also).aggregate(fen=Sum("amount_fen"))["fen"] or 0
    params = {"amount_fen": refund.amount_fen + others}
    _tell_of_purchase(purchase, "refund_paid_out", params, key=f"refund_paid_out:{refund.pk}", at=at)
