"""Buyers are told what was found of goods they paid for: a certificate was revoked, a lot was recalled.

Guests are told by SMS or e-mail: they have no message centre. Who still has to pay such goods for a unit is told, too.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from catalog.queries.certificates import Revoked, revoked_among
from shop.accounts.operations.messages import tell, tell_outside
from shop.core import outbox
from shop.sales import (
    concern_message_kinds,  # noqa: F401  reason: registers the words of these messages
    hooks,
)
from shop.sales.models import LineFacts, OrderFacts
from shop.sales.queries.concerns import (
    lines_under_revoked,
    orders_of_lines,
    paid_back,
    recalled_in,
    running_under,
    to_pay_under,
    to_ship_of,
)
from shop.sales.queries.unpayable import unpaid_under_revoked
from shop.sales.queries.without_goods import lines_without_goods
from shop.sales.states import OrderState
from traceability.queries.lots import lot_facts
from traceability.queries.recalled import lines_sent_of


def hear_revoked(certificate_id: int, at: datetime) -> None:
    """Have the buyers told, once the transaction that revoked a certificate stands."""
    outbox.enqueue(task="sales.tell_buyers_revoked", args={"certificate_id": certificate_id}, at=at)


def hear_stopped(lot_id: int, at: datetime) -> None:
    """Have those told who were sent pieces of a lot, or wait for them, once the transaction that stopped it stands."""
    outbox.enqueue(task="sales.tell_buyers_recalled", args={"lot_id": lot_id}, at=at)
    outbox.enqueue(task="sales.tell_buyers_waiting", args={"lot_id": lot_id}, at=at)


@outbox.register("sales.tell_buyers_revoked")
def tell_buyers_revoked(*, certificate_id: int, at: datetime) -> None:
    """Tell buyers of orders not completed yet that a certificate was revoked; nothing where it holds again by now.

    Of purchases that are still to be paid, those who pay them for a unit are told, whatever became of the goods.
    """
    revoked = revoked_among({certificate_id}).get(certificate_id)
    if revoked is None:
        return
    for order in running_under(certificate_id):
        if lines := _lines_under(order, revoked):
            params = {"certificate": revoked.number, **_names(lines)}
            _tell(order, "bought_under_revoked", params, f"bought_under_revoked:{certificate_id}", at)
    for order in to_pay_under(certificate_id):
        if lines := _lines_under(order, revoked):
            barred = {line.line_id for line in unpaid_under_revoked([order.purchase_id]).get(order.purchase_id, ())}
            kind = "unpayable_under_revoked" if any(line.pk in barred for line in lines) else "to_pay_under_revoked"
            params = {"certificate": revoked.number, **_names(lines)}
            _tell_payers(order, kind, params, f"to_pay_under_revoked:{certificate_id}", at)


@outbox.register("sales.ask_paid_under_revoked")
def ask_paid_under_revoked(*, purchase_id: int, at: datetime) -> None:
    """Ask a buyer whose money came after a certificate was revoked whether the goods are still wanted.

    Of goods that came first nothing can be asked; who cancelled meanwhile is not asked.
    """
    for order in to_ship_of(purchase_id):
        found = lines_under_revoked(order)
        if found and not any(line.shipped for line in order.lines.all()):
            numbers = ", ".join(dict.fromkeys(each.certificate.number for each in found))
            params = {"certificate": numbers, **_names(each.line for each in found)}
            _tell(order, "paid_under_revoked", params, "paid_under_revoked", at)


def _lines_under(order: OrderFacts, revoked: Revoked) -> list[LineFacts]:
    return [each.line for each in lines_under_revoked(order) if each.certificate == revoked]


@outbox.register("sales.tell_buyers_recalled")
def tell_buyers_recalled(*, lot_id: int, at: datetime) -> None:
    """Tell each buyer, and who got the goods, that a lot is recalled: of orders that are completed, too."""
    lot = lot_facts(lot_id)
    for order in orders_of_lines(lines_sent_of(lot_id)):
        lines = [each.line for each in recalled_in(order) if each.lot == lot.code]
        if lines:
            kind = "lot_recalled_paid_back" if all(map(paid_back, lines)) else "lot_recalled"
            params = {"code": lot.code, **_names(lines)}
            _tell(order, kind, params, f"lot_recalled:{lot_id}", at)
            _tell_receivers(order, params, f"lot_received:{lot_id}", at)


@outbox.register("sales.tell_buyers_waiting")
def tell_buyers_waiting(*, lot_id: int, at: datetime) -> None:
    """Tell buyers of paid orders that lack goods since a lot was stopped: other goods are sent, or they may cancel."""
    lot = lot_facts(lot_id)
    short = {each.line_id for each in lines_without_goods(lot.supplier_id, at=at, listing_ids=[lot.listing_id])}
    for order in orders_of_lines(short):
        params = _names(line for line in order.lines.all() if line.pk in short)
        _tell(order, "goods_failed", params, "goods_failed", at)


def _names(lines: Iterable[LineFacts]) -> dict[str, Any]:
    rows = {line.listing_id: line for line in lines}.values()
    return {
        "name_zh": "、".join(line.name_zh for line in rows),
        "name_en": ", ".join(line.name_en or line.name_zh for line in rows),
    }


def _tell(order: OrderFacts, kind: str, params: dict[str, Any], key: str, at: datetime) -> None:
    """Tell the buyer of an order, once for each moment; a guest by what is known of how to reach them."""
    number = order.order.number
    params = {"number": number, **params}
    key = f"{key}:{order.pk}:{at.isoformat()}"
    if order.purchase.user_id:
        url = f"/account/orders/{number}/"
        tell(user_id=order.purchase.user_id, kind=kind, params=params, url=url, key=key, at=at)
    else:
        args = {"order_id": order.pk, "kind": kind, "params": params}
        outbox.enqueue(task="sales.tell_guest", args=args, at=at, key=key)


def _tell_receivers(order: OrderFacts, params: dict[str, Any], key: str, at: datetime) -> None:
    """Tell who got goods that somebody else bought for them: a gift's beneficiary, the people of a unit."""
    number, got = order.order.number, hooks.received_by(order)
    for user_id in got.people:
        tell(
            user_id=user_id, kind="lot_recalled_received", params={"number": number, **params}, url=got.url,
            key=f"{key}:{order.pk}:{at.isoformat()}:{user_id}", at=at,
        )  # fmt: skip


@outbox.register("sales.tell_guest")
def tell_guest(*, order_id: int, kind: str, params: dict[str, Any], at: datetime) -> None:
    """Send a guest the words of a message about an order: by SMS, else by e-mail. Raises OSError when it can't be sent.

    Nothing is sent of a purchase that was taken into an account since (its owner is told there), to who said that
    another bought it, or where the contact was erased.
    """
    purchase = OrderFacts.objects.select_related("purchase").get(pk=order_id).purchase
    if purchase.user_id:
        number = params["number"]
        key = f"guest:{kind}:{order_id}:{at.isoformat()}"
        tell(user_id=purchase.user_id, kind=kind, params=params, url=f"/account/orders/{number}/", key=key, at=at)
        return
    phone = "" if purchase.declined_by_id else purchase.contact_phone
    tell_outside(
        phone=phone, email=purchase.contact_email, kind=f"{kind}_guest", params=params, path="/account/orders/find/"
    )


def _tell_payers(order: OrderFacts, kind: str, params: dict[str, Any], key: str, at: datetime) -> None:
    """Tell who pays an order for a unit, where that is not its buyer, who was told of the goods."""
    door = hooks.elsewhere(hooks.Step.PAY, order.purchase, order.order.number)
    url = door.url if door else f"/pay/{order.purchase.number}/"
    for user_id in hooks.asked_for_money(order.purchase):
        if user_id != order.purchase.user_id or order.state == OrderState.UNPAID:
            tell(
                user_id=user_id, kind=kind, params={"number": order.order.number, **params}, url=url,
                key=f"{key}:{order.pk}:{at.isoformat()}:{user_id}", at=at,
            )  # fmt: skip
