"""What of gifts is recalled since it was sent, and who received the goods of an order that somebody else bought."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from procurement.models import BudgetUnit, Pledge
from procurement.operations.permissions import APPROVER, BUYER, FINANCE, MEMBER, OWNER
from procurement.texts import words
from shop.accounts.queries import people_of_organisations
from shop.core.numbers import read_id
from shop.sales.hooks import ReceivedBy
from shop.sales.models import OrderFacts
from shop.sales.queries.concerns import Recalled, recalled_among


@dataclass(frozen=True, slots=True)
class RecalledGift:
    """Pieces of a gift that were sent from a lot which a test failed afterwards."""

    name: str
    pieces: int
    lot: str


def note_recalls(pledges: Sequence[Any]) -> None:
    """Note on each gift what of it is recalled (`recalled`). One query. Needs the gifts' orders with their lines."""
    of_order = {order.pk: pledge.pk for pledge in pledges for order in pledge.purchase.orders.all()}
    orders = [order for pledge in pledges for order in pledge.purchase.orders.all()]
    found: dict[int, list[RecalledGift]] = {}
    for each in recalled_among(orders):
        found.setdefault(of_order[each.line.order_id], []).append(_shown(each))
    for pledge in pledges:
        pledge.recalled = found.get(pledge.pk, [])


def need_recalls(need_id: int) -> list[RecalledGift]:
    """Return what was given for a need and is recalled, each product and lot once. Three queries at most."""
    purchases = Pledge.objects.filter(need=need_id).values("purchase")
    return _together(OrderFacts.objects.filter(purchase__in=purchases))


def order_recalls(order_id: int) -> list[RecalledGift]:
    """Return what was sent to an order and is recalled. Three queries at most."""
    return _together(OrderFacts.objects.filter(pk=order_id))


def _together(orders: Any) -> list[RecalledGift]:
    pieces: dict[tuple[str, str], int] = {}
    for each in map(_shown, recalled_among(orders.prefetch_related("lines").order_by("pk"))):
        pieces[each.name, each.lot] = pieces.get((each.name, each.lot), 0) + each.pieces
    return [RecalledGift(name, count, lot) for (name, lot), count in pieces.items()]


def _shown(each: Recalled) -> RecalledGift:
    return RecalledGift(words(each.line.name_zh, each.line.name_en), each.pieces, each.lot)


def beneficiary_people(ref: str, _number: str) -> ReceivedBy:
    """Return who received a gift: the people of its beneficiary (id as text), and where they read of it. One query."""
    pk = read_id(ref)
    people = people_of_organisations([pk], (OWNER, MEMBER, BUYER, APPROVER, FINANCE)) if pk is not None else []
    return ReceivedBy(tuple(dict.fromkeys(user_id for _role, user_id in people)), "/pledges/mine/")


def unit_people(ref: str, number: str) -> ReceivedBy:
    """Return who of a unit (id as text) receives the goods of an order: who accepts them. One query."""
    pk = read_id(ref)
    organisations = BudgetUnit.objects.filter(pk=pk).values("organisation") if pk is not None else ()
    people = people_of_organisations(organisations, (BUYER, APPROVER, OWNER)) if pk is not None else []
    return ReceivedBy(tuple(dict.fromkeys(user_id for _role, user_id in people)), f"/units/orders/{number}/")
