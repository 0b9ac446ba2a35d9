"""One line of an order that offers paid whole, refused or not sent alone: what paid for it goes back to who paid it."""

from itertools import count
from typing import Any

import pytest
from django.utils import translation
from oscar.apps.offer.models import Benefit, Condition, ConditionalOffer

from shop.core import ledger
from shop.core.money import to_fen
from shop.core.projections import run_all
from shop.sales.claims import claimable
from shop.sales.discount_rules import Cost
from shop.sales.errors import WrongState
from shop.sales.models import LineFacts, OfferConsent, OrderFacts
from shop.sales.offer_words import coupon_scope, describe
from shop.sales.offers import apply_discounts
from shop.sales.operations.acceptance import accept_order
from shop.sales.operations.aftersales import open_after_sale
from shop.sales.operations.closing import cancel_order
from shop.sales.operations.shipping import cancel_rest
from shop.sales.queries.seller import settlement
from tests.factories import AT, make_listing, make_supplier, spec_of
from tests.sales.offered import lines_for, make_offer
from tests.sales.selling import lines_of, pay, receive, ship
from tests.sales.test_offers import placed

pytestmark = pytest.mark.django_db
_numbers = count(1)
FREE, DEAR = 2 * 1000, 3000


def order_with_a_free_line(by_supplier: bool) -> tuple[OrderFacts, LineFacts, LineFacts]:
    """Pay for two pieces that an offer pays whole and one that costs 30.00; return the order, the free line, the other."""
    supplier = make_supplier()
    free = make_listing(supplier=supplier, price_fen=FREE // 2, stock=9)
    dear = make_listing(supplier=supplier, price_fen=DEAR, stock=9)
    make_offer(
        (Condition.VALUE, 0), (Benefit.PERCENTAGE, 100), products=[spec_of(free).product_id],
        supplier=supplier if by_supplier else None,
    )  # fmt: skip
    lines = lines_for((spec_of(free), 2), (spec_of(dear), 1))
    purchase = placed(lines, apply_discounts(lines, at=AT).applied, key=f"free{next(_numbers)}")
    pay(purchase)
    order = OrderFacts.objects.get(purchase=purchase)
    first, second = lines_of(order)
    return order, *((first, second) if first.discount_fen else (second, first))


def figures(order: OrderFacts) -> dict[str, int]:
    """Return who has or gave what, in 分."""
    order.refresh_from_db()
    supplier = order.supplier_id
    [row] = settlement(supplier).page.object_list
    consent = OfferConsent.objects.filter(supplier=supplier).first()
    return {
        "supplier": ledger.balance(f"supplier:{supplier}:held") + ledger.balance(f"supplier:{supplier}:payable"),
        "platform": -ledger.balance("platform:discounts"),
        "own": ledger.balance(f"offers:{supplier}:given"),
        "consent": consent.spent_fen if consent else 0,
        "offer": to_fen(ConditionalOffer.objects.get().total_discount),
        "subsidy": row["subsidy"],
        "back": order.refunded_fen,
    }


def expected(by_supplier: bool, *, free_pieces: int, dear: bool = True) -> dict[str, int]:
    """Return what they are where so many free pieces were kept, and the dear one or not."""
    off = free_pieces * FREE // 2
    paid = DEAR if dear else 0
    own = off if by_supplier else 0
    return {
        "supplier": paid + (0 if by_supplier else off), "platform": off - own, "own": own, "consent": own, "offer": off,
        "subsidy": off - own, "back": 0 if dear else DEAR,
    }  # fmt: skip


def wrong() -> list[Any]:
    return [found for _name, found in run_all() if found]


@pytest.mark.parametrize("by_supplier", [False, True])
@pytest.mark.parametrize("kept", [0, 1])
def test_free_pieces_refused_alone_take_what_paid_for_them_along(by_supplier: bool, kept: int) -> None:
    order, free, dear = order_with_a_free_line(by_supplier)
    assert figures(order) == expected(by_supplier, free_pieces=2)
    ship(order)
    accept_order(order_id=order.pk, accepted={free.pk: kept, dear.pk: 1}, actor=None, at=AT)
    assert figures(order) == expected(by_supplier, free_pieces=kept)
    assert wrong() == []


@pytest.mark.parametrize("by_supplier", [False, True])
def test_the_free_line_stays_paid_for_where_the_other_is_refused(by_supplier: bool) -> None:
    order, free, dear = order_with_a_free_line(by_supplier)
    ship(order)
    accept_order(order_id=order.pk, accepted={free.pk: 2, dear.pk: 0}, actor=None, at=AT)
    assert figures(order) == expected(by_supplier, free_pieces=2, dear=False)
    assert wrong() == []


@pytest.mark.parametrize("by_supplier", [False, True])
def test_free_pieces_that_were_not_sent_are_paid_for_by_nobody(by_supplier: bool) -> None:
    order, free, dear = order_with_a_free_line(by_supplier)
    ship(order, {dear.pk: 1, free.pk: 1})
    assert cancel_rest(order_id=order.pk, actor=None, at=AT) == 0
    assert figures(order) == expected(by_supplier, free_pieces=1)
    accept_order(order_id=order.pk, accepted={free.pk: 0, dear.pk: 1}, actor=None, at=AT)
    assert figures(order) == expected(by_supplier, free_pieces=0)
    assert wrong() == []


@pytest.mark.parametrize("by_supplier", [False, True])
def test_an_order_with_a_free_line_that_is_cancelled_costs_nobody_anything(by_supplier: bool) -> None:
    order, _free, _dear = order_with_a_free_line(by_supplier)
    cancel_order(order_id=order.pk, actor=None, at=AT)
    assert figures(order) == expected(by_supplier, free_pieces=0, dear=False)
    assert wrong() == []


def test_nothing_is_claimed_on_what_cost_nothing_and_that_is_said() -> None:
    """It said that all that was paid was given back already: nothing ever was."""
    order, free, _dear = order_with_a_free_line(False)
    order = receive(ship(order))
    free.refresh_from_db()
    found = claimable(order, free, free.after_sales.all(), AT, None)
    said = "这些商品由优惠全额抵扣，您没有付款，没有可退的金额。"
    assert (found.code, found.words) == ("nothing_paid", said)
    with pytest.raises(WrongState, match=said):
        open_after_sale(line_id=free.pk, kind="refund_only", quantity=1, amount_fen=1, reason="坏", actor=None, at=AT)


def test_who_pays_for_a_free_piece_reads_which_one_it_is() -> None:
    offer = make_offer((Condition.COUNT, 3), (Benefit.MULTIBUY, None), supplier=make_supplier())
    words = describe(OfferConsent.objects.get(offer=offer), Cost())
    assert words.gives == "每组中最低价的一件免费，按对买家最有利的方式分组"
    with translation.override("en"):
        assert coupon_scope(["Songyuan", "Dongbei"]) == ("This coupon counts for the goods of Songyuan, Dongbei only.")
