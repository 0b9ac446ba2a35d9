"""What happens to units in a year, one random step after another: for the tests that compare what is counted of it."""

import contextlib

from procurement.models import QuotaDeclaration, UnitOrder
from procurement.operations.accepting import accept_goods
from procurement.operations.paying import pay_in_demo
from procurement.operations.representing import answer_representation
from shop.core.errors import DomainError
from shop.sales.models import OrderFacts
from shop.sales.operations.closing import cancel_order
from shop.sales.operations.refunds import refund_order_part
from shop.sales.operations.shipping import cancel_unsent
from shop.sales.states import OrderState, Terms
from tests.sales.selling import lines_of, ship

from .offices import YEAR, confirm, declaration_of, ordered, shares

ORDERS = ("order", "order", "order", "accept", "accept", "send-part", "cancel", "cancel-rest", "refund")
DECLARATIONS = ("declare", "decide", "decide")


def happen(chance, offices, above, listings, at, *, amends=True):
    """Let one thing happen: an order placed, sent (in part), accepted (short, or not at all), cancelled, given back.

    With `amends` declarations are amended, shared and decided, too. What is refused does not happen.
    """
    what = chance.choice(ORDERS + DECLARATIONS if amends else ORDERS)
    with contextlib.suppress(DomainError):
        if what == "order":
            _order(chance, chance.choice(offices), listings, at)
        elif what in DECLARATIONS:
            _declaration(chance, what, offices, above, at)
        else:
            _on_order(chance, what, offices, at)


def _order(chance, office, listings, at):
    facts = {"fund": chance.choice(["canteen", "union"]), "terms": chance.choice([Terms.PREPAID, Terms.POSTPAID])}
    wanted = chance.sample(list(listings), chance.randrange(1, len(listings) + 1))
    orders = ordered(office, *((each, chance.randrange(1, 9)) for each in wanted), at=at, **facts)
    if facts["terms"] == Terms.PREPAID and chance.random() < 0.7:
        pay_in_demo(request_id=UnitOrder.objects.get(pk=orders[0].pk).request_id, actor=office.finance, at=at)


def _declaration(chance, what, offices, above, at):
    office = chance.choice(offices)
    row = QuotaDeclaration.objects.filter(unit=office.unit, year=YEAR).first()
    if what == "decide":
        if row is None or row.state != "submitted":
            return
        if row.represented_by_id and row.accepted_at is None:
            by = next(each for each in offices if each.unit.pk == row.represented_by_id)
            answer_representation(declaration_id=row.pk, version=row.version, accept=True, actor=by.buyer, at=at)
        confirm(row, by=above.approver, at=at)
        return
    others = [each for each in offices if each is not office]
    how = chance.choice(["own", "none", *(["shared"] if others else [])])
    if how == "shared":
        shares(office, chance.choice(others), at=at, change_reason="合并")
        return
    spend = chance.randrange(1, 10**6) if how == "own" else 0
    union = chance.choice([0, 5_000])
    declaration_of(office, spend, at=at, canteen=how, note="无", union_fen=union, change_reason="调整")


def _on_order(chance, what, offices, at):
    rows = list(OrderFacts.objects.exclude(state=OrderState.CANCELLED).select_related("purchase").order_by("pk"))
    if not rows:
        return
    order = chance.choice(rows)
    unit_id = UnitOrder.objects.get(pk=order.pk).unit_id
    office = next(each for each in offices if each.unit.pk == unit_id)
    lines = lines_of(order)
    if what == "cancel":
        cancel_order(order_id=order.pk, actor=office.buyer, at=at, through="unit")
    elif what == "cancel-rest":
        cancel_unsent(order_id=order.pk, actor=office.buyer, at=at, through="unit")
    elif what == "send-part" and order.state == OrderState.TO_SHIP:
        ship(order, number=f"SP{order.pk:013d}", pieces={lines[0].pk: 1})
    elif what == "accept" and order.state in (OrderState.TO_SHIP, OrderState.SHIPPED):
        if order.state == OrderState.TO_SHIP:
            ship(order, number=f"SF{order.pk:013d}")
        how = chance.choice(["whole", "whole", "short", "nothing"])
        came = {each.pk: each.ordered - each.cancelled - each.accepted - each.rejected for each in lines_of(order)}
        taken = {pk: 0 if how == "nothing" else max(0, n - (how == "short")) for pk, n in came.items()}
        accept_goods(order_id=order.pk, accepted=taken, note="烂了", actor=office.buyer, at=at)
    elif what == "refund":
        part = {lines[0].pk: 7}
        refund_order_part(
            order=order, amount_fen=7, lines=part, reason="goodwill", key=f"r{at:%m%d%H%M}", actor=None, at=at
        )
