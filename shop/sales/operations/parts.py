"""Where the goods come first: what came for accepted goods is their supplier's at once, whatever else is open.

All of it in the caller's transaction, with the purchase locked. The rest of an order follows when its purchase is paid.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shop.core import ledger
from shop.sales import books
from shop.sales.models import OrderFacts, Purchase
from shop.sales.queries.deliveries import accepted_part_fen, schedule_of
from shop.sales.states import PurchaseState, Terms


def book_parts(*, purchase: Purchase, actor: Any, at: datetime) -> None:
    """Have each supplier's account show what came for its accepted goods of a locked, unpaid purchase: book what is new,
    and take back what covers something else by now (less is charged, or all of it goes back).
    """
    if purchase.terms != Terms.POSTPAID:
        return
    orders = list(OrderFacts.objects.filter(purchase=purchase).select_related("order").order_by("pk"))
    wanted = dict(schedule_of(purchase).paid)
    booked = booked_parts([order.order.number for order in orders])
    postings = []
    for order in orders:
        fen, times = booked.get(order.order.number, (0, 0))
        postings += books.part_changed(
            number=order.order.number, purchase_number=purchase.number, supplier_id=order.supplier_id,
            fen=wanted.get(order.pk, 0) - fen, nth=times + 1,
        )  # fmt: skip
    ledger.post(postings, at=at, actor_id=getattr(actor, "pk", None))


def booked_parts(numbers: list[str]) -> Mapping[str, tuple[int, int]]:
    """Return, by order's number, 分 booked before its purchase is paid, and in how many postings. One query."""
    found: dict[str, tuple[int, int]] = {}
    for number, kind, fen, times in ledger.moved_by(numbers, (books.PART, books.PART_BACK)):
        before, earlier = found.get(number, (0, 0))
        found[number] = before + (fen if kind == books.PART else -fen), earlier + times
    return found


def book_later_part(*, order: OrderFacts, key: str, before_fen: int, actor: Any, at: datetime) -> None:
    """Book what a locked order's accepted deliveries are worth more than `before_fen`, where its purchase is paid."""
    if order.purchase.state == PurchaseState.PAID:
        postings = books.part_received(
            key=key, number=order.order.number, supplier_id=order.supplier_id,
            fen=accepted_part_fen(order) - before_fen,
        )  # fmt: skip
        ledger.post(postings, at=at, actor_id=getattr(actor, "pk", None))
