"""Buyers are told what was found of goods they paid for: a certificate was revoked, a lot was recalled."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from catalog.queries.certificates import revoked_among
from shop.accounts.operations.messages import tell
from shop.core import outbox
from shop.sales import concern_message_kinds  # noqa: F401  reason: registers the words of these messages
from shop.sales.models import LineFacts, OrderFacts
from shop.sales.queries.concerns import bought_under_revoked, orders_of_lines, recalled_in, running_under
from traceability.queries.lots import lot_facts
from traceability.queries.recalled import lines_sent_of


def hear_revoked(certificate_id: int, at: datetime) -> None:
    """Have the buyers told, once the transaction that revoked a certificate stands."""
    outbox.enqueue(task="sales.tell_buyers_revoked", args={"certificate_id": certificate_id}, at=at)


def hear_stopped(lot_id: int, at: datetime) -> None:
    """Have those told who were sent pieces of a lot, once the transaction that stopped it stands."""
    outbox.enqueue(task="sales.tell_buyers_recalled", args={"lot_id": lot_id}, at=at)


@outbox.register("sales.tell_buyers_revoked")
def tell_buyers_revoked(*, certificate_id: int, at: datetime) -> None:
    """Tell buyers of orders not completed yet that a certificate was revoked; nothing where it holds again by now."""
    revoked = revoked_among({certificate_id}).get(certificate_id)
    for order in running_under(certificate_id) if revoked else ():
        lines = [each.line for each in bought_under_revoked(order) if each.certificate == revoked]
        if revoked and lines:
            params = {"certificate": revoked.number, **_names(lines)}
            _tell(order, "bought_under_revoked", params, f"bought_under_revoked:{certificate_id}", at)


@outbox.register("sales.tell_buyers_recalled")
def tell_buyers_recalled(*, lot_id: int, at: datetime) -> None:
    """Tell each buyer who was sent pieces of a lot that it is recalled: of orders that are completed, too."""
    lot = lot_facts(lot_id)
    for order in orders_of_lines(lines_sent_of(lot_id)):
        lines = [each.line for each in recalled_in(order) if each.lot == lot.code]
        if lines:
            _tell(order, "lot_recalled", {"code": lot.code, **_names(lines)}, f"lot_recalled:{lot_id}", at)


def _names(lines: Iterable[LineFacts]) -> dict[str, Any]:
    rows = {line.listing_id: line for line in lines}.values()
    return {
        "name_zh": "、".join(line.name_zh for line in rows),
        "name_en": ", ".join(line.name_en or line.name_zh for line in rows),
    }


def _tell(order: OrderFacts, kind: str, params: dict[str, Any], key: str, at: datetime) -> None:
    if order.purchase.user_id:
        number = order.order.number
        tell(
            user_id=order.purchase.user_id,
            kind=kind,
            params={"number": number, **params},
            url=f"/account/orders/{number}/",
            key=f"{key}:{order.pk}:{at.isoformat()}",
            at=at,
        )
