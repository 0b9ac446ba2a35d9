"""The whole life of generated baskets: bought with offers and a coupon, cancelled by order, given back in any order."""

from itertools import count
from typing import Any

from django.db.models import Sum
from hypothesis import strategies as st
from oscar.apps.offer.models import ConditionalOffer

from shop.core import ledger
from shop.core.money import to_fen
from shop.core.projections import run_all
from shop.sales.deal import Buyer, Extras, PlaceLine, ShipTo
from shop.sales.errors import WrongState
from shop.sales.models import OfferConsent, OrderFacts, Purchase
from shop.sales.operations.aftersales import decide_after_sale, open_after_sale
from shop.sales.operations.closing import cancel_order
from shop.sales.operations.payments import settle_nothing_due
from shop.sales.operations.placing import place
from shop.sales.queries.funding import Cost, costs_of
from tests.factories import AT
from tests.sales.offered import Stall, baskets
from tests.sales.selling import come_back, lines_of, pay, receive, ship

_numbers = count(1)


@st.composite
def lives(draw: st.DrawFn, stall: Stall) -> tuple[Any, list[bool], list[int], list[int]]:
    """Return a basket, which of its orders are cancelled, the order in which pieces go back, what is claimed before."""
    basket = draw(baskets(stall))
    cancelled = draw(st.lists(st.booleans(), min_size=3, max_size=3))
    return (
        basket,
        cancelled,
        draw(st.lists(st.integers(0, 99), max_size=6)),
        draw(st.lists(st.integers(1, 500), max_size=2)),
    )


def live(stall: Stall, life: Any) -> Purchase:
    """Buy the basket, cancel and give back what the life says; check who has what at the end."""
    (wanted, on, coupon), cancelled, back, claimed = life
    number = next(_numbers)
    stall.turn_on(on)
    quote, _found = stall.quote(wanted, stall.coupons[coupon])
    used = any(each.voucher_id for each in quote.applied)
    phone = f"+86139{number:08d}"
    purchase = place(
        actor=None, at=AT, key=f"life{number}", buyer=Buyer(phone=phone),
        ship_to=ShipTo("周敏", phone, "440106", "龙口西路 8 号"),
        lines=[
            PlaceLine(
                line.spec, line.quantity, line.unit_price_fen, discount_fen=line.discount_fen,
                discount_supplier_fen=line.discount_supplier_fen,
            )
            for line in quote.lines
        ],
        extras=Extras(
            freight={group.supplier_id: group.freight.fen for group in quote.groups}, applied=quote.applied,
            coupon_code=stall.coupons[coupon].code if used else "",
        ),
    )  # fmt: skip
    assert purchase.total_fen == quote.total_fen
    if purchase.total_fen:
        pay(purchase)
    else:
        assert settle_nothing_due(purchase_id=purchase.pk, at=AT)
    orders = list(OrderFacts.objects.filter(purchase=purchase).order_by("pk"))
    for place_, (order, is_cancelled) in enumerate(zip(orders, cancelled, strict=False)):
        if is_cancelled:
            cancel_order(order_id=order.pk, actor=None, at=AT)
        else:
            receive(ship(order, number=f"SF{number * 10 + place_:013d}"))
            _give_back(order, back, claimed)
    _check(purchase)
    return purchase


def _give_back(order: OrderFacts, back: list[int], claimed: list[int]) -> None:
    for kind, chosen in [*(("refund_only", n) for n in claimed), *(("return", n) for n in back)]:
        lines = lines_of(order)
        line = lines[chosen % len(lines)]
        amount = line.refundable_fen(1) if kind == "return" else min(chosen, line.refundable_fen(1))
        if line.paid_fen and not amount:
            continue
        try:
            case = open_after_sale(
                line_id=line.pk, kind=kind, quantity=1, amount_fen=amount, reason="不合适", actor=None, at=AT
            )
        except WrongState as error:
            if error.code not in ("none_here", "nothing_left", "nothing_paid"):
                raise
            continue
        if kind == "return":
            come_back(case)
        else:
            decide_after_sale(case_id=case.pk, approve=True, amount_fen=amount, actor=None, at=AT)


def _check(purchase: Purchase) -> None:
    """Check the buyer's money, the suppliers' and the funders' of one purchase, to the 分."""
    for order in OrderFacts.objects.filter(purchase=purchase):
        lines = lines_of(order)
        freight = order.total_fen - sum(line.paid_fen for line in lines)
        assert (
            sum(line.refunded_fen for line in lines) + (freight if order.state == "cancelled" else 0)
            == order.refunded_fen
        )
        assert 0 <= order.refunded_fen <= order.total_fen
        if order.state == "cancelled":
            assert (order.refunded_fen, order.discount_back_fen) == (order.total_fen, order.discount_fen)


def check_books(stall: Stall) -> None:
    """Check that books and counters say the same of all that was bought so far."""
    assert [found for _name, found in run_all() if found] == []
    costs = costs_of()
    # A consent is asked for anew when its offer changes: all of a supplier's to an offer make up its cost.
    consents = OfferConsent.objects.order_by().values_list("offer_id", "supplier_id")
    for offer_id, supplier_id, spent_fen in consents.annotate(fen=Sum("spent_fen")):
        cost = costs.get((offer_id, supplier_id), Cost())
        assert spent_fen == cost.cost_fen + cost.waiting_fen
    kept = sum(
        order.total_fen
        - order.refunded_fen
        + order.discount_fen
        - order.discount_back_fen
        - (order.discount_supplier_fen - order.discount_supplier_back_fen)
        for order in OrderFacts.objects.all()
    )
    suppliers = {spec.supplier_id for spec in stall.specs}
    held = sum(ledger.balance(f"supplier:{pk}:{name}") for pk in suppliers for name in ("held", "payable"))
    assert held == kept
    # SQLite adds decimals as floats: to the 分 nothing is below zero.
    assert min(to_fen(offer.total_discount) for offer in ConditionalOffer.objects.all()) >= 0
