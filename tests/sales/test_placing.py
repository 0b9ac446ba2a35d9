from datetime import timedelta
from typing import Any

import pytest

from catalog.models import Listing, Stock
from catalog.operations.stock import OutOfStock
from shop.core import ledger, outbox
from shop.sales.errors import OverLimit, TooMuch, WrongState
from shop.sales.models import LineFacts, OrderFacts, OrderMove, Payment, Purchase, Refund
from shop.sales.operations.closing import cancel_order, expire_purchases
from shop.sales.operations.payments import capture_payment, start_payment
from shop.sales.operations.placing import Buyer, Extras, PlaceLine, ShipTo, place
from shop.sales.operations.refunds import refund_order_part
from shop.sales.queries.checkout import checkout_page
from tests.factories import AT, make_division, make_listing, make_supplier, make_user, spec_of

pytestmark = pytest.mark.django_db


def buy(*wanted: tuple[Listing, int], key: str = "k1", user: Any = None, **extras: Any) -> Purchase:
    make_division()
    specs = [(spec_of(listing), quantity) for listing, quantity in wanted]
    return place(
        actor=user,
        at=AT,
        lines=[PlaceLine(spec, quantity, spec.price_fen) for spec, quantity in specs],
        buyer=Buyer(user=user, phone="+8613800002046"),
        ship_to=ShipTo("周敏", "+8613800002046", "440106", "龙口西路 8 号"),
        key=key,
        extras=Extras(**extras),
    )


def pay(purchase: Purchase) -> Payment:
    payment, _ = start_payment(purchase=purchase, gateway_name="demo", at=AT)
    capture_payment(payment_id=payment.pk, at=AT)
    purchase.refresh_from_db()
    return payment


def stock_of(listing: Listing) -> tuple[int, int]:
    return Stock.objects.values_list("on_hand", "reserved").get(stockrecord__specification__listing=listing)


def moved() -> dict[str, int]:
    """Return the accounts that hold something."""
    return {name: fen for name, fen in ledger.balances("").items() if fen}


def test_one_purchase_has_one_order_per_supplier_and_reserves_stock() -> None:
    pomelo, tea = make_listing(price_fen=3280, stock=50), make_listing("英红", price_fen=8600, stock=5)
    purchase = buy((pomelo, 2), (tea, 1), freight={pomelo.supplier_id: 600}, notes={tea.supplier_id: "放门口"})
    assert (purchase.goods_fen, purchase.freight_fen, purchase.total_fen) == (15160, 600, 15760)
    assert purchase.pay_by == AT + timedelta(minutes=30)
    orders = {order.supplier_id: order for order in purchase.orders.all()}
    assert {supplier: order.total_fen for supplier, order in orders.items()} == {
        pomelo.supplier_id: 7160,
        tea.supplier_id: 8600,
    }
    assert orders[tea.supplier_id].note == "放门口"
    assert (stock_of(pomelo), stock_of(tea)) == ((50, 2), (5, 1))
    assert len({order.order.number for order in orders.values()}) == 2


def test_too_little_stock_of_one_line_leaves_nothing_reserved() -> None:
    pomelo, tea = make_listing(stock=50), make_listing("英红", stock=1)
    with pytest.raises(OutOfStock) as refused:
        buy((pomelo, 2), (tea, 2))
    assert refused.value.details["short"] == {spec_of(tea).stock_id: 1}
    assert (stock_of(pomelo), stock_of(tea)) == ((50, 0), (1, 0))
    assert Purchase.objects.count() == 0


def test_the_same_key_is_the_same_purchase() -> None:
    pomelo = make_listing(stock=50)
    assert buy((pomelo, 2)).pk == buy((pomelo, 2)).pk
    assert stock_of(pomelo) == (50, 2)


def test_a_limit_counts_what_the_buyer_had_before() -> None:
    user = make_user(phone="+8613800002046", phone_verified=True)
    pomelo = make_listing(purchase_limit=3)
    buy((pomelo, 2), user=user)
    with pytest.raises(OverLimit) as refused:
        buy((pomelo, 2), user=user, key="k2")
    assert refused.value.details["left"] == 1
    cancel_order(order_id=OrderFacts.objects.get().pk, actor=user, at=AT)
    buy((pomelo, 3), user=user, key="k3")


def test_the_quote_reads_the_limit_that_placing_reads() -> None:
    user = make_user(phone="+8613800002046", phone_verified=True)
    pomelo = make_listing(stock=50, purchase_limit=10)
    spec = spec_of(pomelo).specification_id
    buy((pomelo, 6), user=user)
    for pieces, codes in ((4, []), (5, ["over_limit"])):
        page = checkout_page(at=AT, user=user, buy=(spec, pieces))
        assert ([problem.code for _line, problem in page.problems], page.lines[0].most) == (codes, 4)
    with pytest.raises(OverLimit):
        buy((pomelo, 5), user=user, key="k2")


def test_capturing_twice_books_once() -> None:
    pomelo = make_listing(stock=50)
    purchase = buy((pomelo, 2))
    payment = pay(purchase)
    assert capture_payment(payment_id=payment.pk, at=AT) is False
    order = OrderFacts.objects.get()
    assert (purchase.state, order.state) == ("paid", "to_ship")
    assert order.ship_by == AT + timedelta(hours=48)
    assert moved() == {f"supplier:{pomelo.supplier_id}:held": 6560, "gateway:demo": -6560}
    pomelo.refresh_from_db()
    assert pomelo.sold_count == 2


def test_an_unpaid_purchase_expires_once_and_gives_stock_back() -> None:
    pomelo = make_listing(stock=50)
    purchase = buy((pomelo, 2))
    assert expire_purchases(at=AT + timedelta(minutes=29)) == 0
    assert expire_purchases(at=AT + timedelta(minutes=30)) == 1
    assert expire_purchases(at=AT + timedelta(minutes=31)) == 0
    purchase.refresh_from_db()
    assert (purchase.state, OrderFacts.objects.get().state, stock_of(pomelo)) == ("expired", "cancelled", (50, 0))
    assert list(OrderMove.objects.values_list("from_state", "to_state", "reason")) == [
        ("unpaid", "cancelled", "expired")
    ]


def test_money_that_comes_too_late_is_given_back() -> None:
    purchase = buy((make_listing(stock=50), 2))
    payment, _ = start_payment(purchase=purchase, gateway_name="demo", at=AT)
    expire_purchases(at=AT + timedelta(hours=1))
    assert capture_payment(payment_id=payment.pk, at=AT + timedelta(hours=1)) is True
    outbox.drain(at=AT + timedelta(hours=1))
    refund = Refund.objects.get()
    assert (refund.amount_fen, refund.state, refund.reason) == (6560, "succeeded", "not_waiting")
    assert moved() == {}


def test_cancelling_a_paid_order_gives_stock_and_money_back_once() -> None:
    pomelo = make_listing(stock=50)
    pay(buy((pomelo, 2), freight={pomelo.supplier_id: 600}))
    order = OrderFacts.objects.get()
    cancel_order(order_id=order.pk, actor=None, at=AT)
    with pytest.raises(WrongState):
        cancel_order(order_id=order.pk, actor=None, at=AT)
    order.refresh_from_db()
    pomelo.refresh_from_db()
    assert (order.state, order.refunded_fen, stock_of(pomelo), pomelo.sold_count) == ("cancelled", 7160, (50, 0), 0)
    assert moved() == {}
    line = LineFacts.objects.get()
    assert (line.cancelled, line.refunded_fen) == (2, 6560)


def test_refunds_never_pass_what_was_paid() -> None:
    pay(buy((make_listing(price_fen=10000), 1)))
    order = OrderFacts.objects.get()
    for number in range(3):
        refund_order_part(order=order, amount_fen=3000, reason="damaged", key=f"r{number}", actor=None, at=AT)
    with pytest.raises(TooMuch):
        refund_order_part(order=order, amount_fen=3000, reason="damaged", key="r3", actor=None, at=AT)
    again = refund_order_part(order=order, amount_fen=3000, reason="damaged", key="r0", actor=None, at=AT)
    assert again.key == "r0"
    order.refresh_from_db()
    assert order.refunded_fen == 9000


def test_placing_three_lines_costs_a_bounded_number_of_queries(django_assert_max_num_queries: Any) -> None:
    listings = [make_listing(supplier=make_supplier()) for _ in range(3)]
    make_division()
    specs = [spec_of(listing) for listing in listings]
    with django_assert_max_num_queries(13):
        place(
            actor=None,
            at=AT,
            lines=[PlaceLine(spec, 1, spec.price_fen) for spec in specs],
            buyer=Buyer(phone="+8613800002046"),
            ship_to=ShipTo("周敏", "+8613800002046", "440106", "龙口西路 8 号"),
            key="k",
        )
