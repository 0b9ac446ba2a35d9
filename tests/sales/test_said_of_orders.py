"""What cancelling says at every door, what an order's history and next step say, and one count of its pieces."""

import html
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from shop.accounts.models import Message, User
from shop.accounts.operations.groups import give_role
from shop.accounts.roles import PLATFORM_REVIEWER
from shop.core import outbox
from shop.sales.models import OrderFacts, Purchase
from shop.sales.operations.aftersales import decide_after_sale, open_after_sale
from shop.sales.operations.arbitration import ask_platform, judge
from shop.sales.operations.closing import cancel_order, cancel_purchase
from shop.sales.operations.payments import start_payment
from shop.sales.operations.shipping import cancel_rest
from tests.api.conftest import program_of
from tests.factories import AT, make_listing, make_supplier, make_user
from tests.sales.selling import buy, lines_of, paid, photo, receive, ship
from tests.sales.test_backs import page_of, two_orders
from tests.sales.test_money_trails import as_, book, that_day

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]
__all__ = ["that_day"]


def one_order(buyer: User) -> tuple[Purchase, OrderFacts]:
    purchase = buy((make_listing(stock=9, price_fen=100_00), 1), user=buyer)
    payment, _new = start_payment(purchase=purchase, gateway_name="transfer", at=AT)
    book(payment, 40_00, "ask", "in-1")
    return purchase, OrderFacts.objects.select_related("order").get(purchase=purchase)


def dialogs(page: str) -> list[str]:
    return [html.unescape(" ".join(each.split())) for each in re.findall(r'data-confirm="([^"]*)"', page)]


def test_cancelling_the_only_order_of_a_purchase_speaks_of_no_others_at_any_door() -> None:
    buyer = make_user()
    purchase, order = one_order(buyer)
    client = as_(buyer)
    goes_back = "¥40.00 退到您的银行账户。 请在下一页填写收款账户。"
    for path in (f"/account/orders/{order.order.number}/", "/account/orders/"):
        (said,) = [each for each in dialogs(client.get(path).content.decode()) if "取消" in each]
        assert ("购买单里没有其他订单，将一并关闭" in said, "其他订单不变" in said, goes_back in said) == (
            True,
            False,
            True,
        )
    (said,) = dialogs(client.get(f"/pay/{purchase.number}/?other=1").content.decode())
    assert ("取消" in said, goes_back in said) == (True, True)


def test_cancelling_one_of_two_orders_says_that_the_other_stays() -> None:
    buyer = make_user()
    _purchase, (order, _other), _payment = two_orders(buyer)
    said = " ".join(dialogs(page_of(buyer, order)))
    assert ("将一并关闭" in said, "其他订单" in said) == (False, True)


def test_a_part_that_came_stays_in_the_history_once_the_rest_is_cancelled() -> None:
    buyer = make_user()
    _purchase, (order, other), payment = two_orders(buyer)
    book(payment, order.total_fen, "ask", "in-1")
    cancel_order(order_id=other.pk, actor=None, at=timezone.now() + timedelta(hours=1))
    assert Purchase.objects.get().state == "paid"
    titles = [each["title"] for each in program_of(buyer).get(f"/orders/{order.order.number}").data["history"]]
    assert titles.index("Paid") < titles.index("Bank transfer arrived")


def test_a_transfer_that_brought_too_much_is_in_the_history_before_what_it_paid() -> None:
    buyer = make_user()
    purchase = buy((make_listing(stock=9, price_fen=100_00), 1), user=buyer)
    payment, _new = start_payment(purchase=purchase, gateway_name="transfer", at=AT)
    book(payment, purchase.total_fen + 10_00, "give_back", "in-1")
    order = OrderFacts.objects.select_related("order").get()
    titles = [each["title"] for each in program_of(buyer).get(f"/orders/{order.order.number}").data["history"]]
    # The latest first.
    assert titles.index("Paid") < titles.index("Bank transfer arrived") < titles.index("Ordered")


def test_an_open_case_is_the_next_step_and_its_moves_are_in_the_history() -> None:
    buyer, reviewer = make_user(), make_user(name="何审")
    give_role(user=reviewer, role=PLATFORM_REVIEWER, actor=None, at=AT)
    order = receive(ship(paid((make_listing(stock=9, price_fen=3280, is_fresh=False), 2), user=buyer)))
    case = open_after_sale(
        line_id=lines_of(order)[0].pk,
        kind="refund_only",
        quantity=1,
        amount_fen=3280,
        reason="不合适",
        actor=buyer,
        at=AT,
    )
    decide_after_sale(case_id=case.pk, approve=False, answer="完好", actor=None, at=AT)
    ask_platform(case_id=case.pk, words="不同意", actor=buyer, at=AT)
    judge(case_id=case.pk, verdict="return", amount_fen=3280, reason="属实", actor=reviewer, at=AT)
    told = program_of(buyer).get(f"/orders/{order.order.number}").data
    assert "The goods are sent back before" in told["next_step"]
    titles = [each["title"] for each in told["history"] if each["title"].startswith("After-sales")]
    assert titles == [
        "After-sales: To be sent back",
        "After-sales: With the platform",
        "After-sales: Refused",
        "After-sales: Refund only",
    ]


def test_a_granted_refund_by_bank_says_that_an_account_is_needed() -> None:
    buyer, reviewer = make_user(), make_user(name="何审")
    give_role(user=reviewer, role=PLATFORM_REVIEWER, actor=None, at=AT)
    purchase = buy((make_listing(stock=9, price_fen=3280), 2), user=buyer)
    payment, _new = start_payment(purchase=purchase, gateway_name="transfer", at=AT)
    book(payment, purchase.total_fen, "", "in-1")
    order = receive(ship(OrderFacts.objects.get(purchase=purchase)))
    case = open_after_sale(
        line_id=lines_of(order)[0].pk, kind="damaged", quantity=1, amount_fen=3280, reason="坏了", uploads=[photo()],
        actor=buyer, at=AT,
    )  # fmt: skip
    decide_after_sale(case_id=case.pk, approve=False, answer="完好", actor=None, at=AT)
    ask_platform(case_id=case.pk, words="不同意", actor=buyer, at=AT)
    judge(case_id=case.pk, verdict="refund", amount_fen=1000, reason="属实", actor=reviewer, at=AT)
    outbox.drain(at=AT)
    message = Message.objects.get(user=buyer, kind__startswith="case_approved")
    assert message.kind == "case_approved_back_judged"
    assert (message.params["bank_fen"], message.params["other_fen"]) == (1000, 0)


def test_the_list_counts_the_pieces_that_are_left() -> None:
    buyer = make_user()
    order = paid((make_listing(stock=9, price_fen=3280, supplier=make_supplier()), 4), user=buyer)
    ship(order, {lines_of(order)[0].pk: 1})
    cancel_rest(order_id=order.pk, actor=None, at=AT)
    page = as_(buyer).get("/account/orders/").content.decode()
    assert ("共 1 件" in page, "共 4 件" in page) == (True, False)


def test_nothing_is_due_of_a_purchase_that_was_cancelled_whole() -> None:
    buyer = make_user()
    purchase = buy((make_listing(stock=9, price_fen=3280), 2), user=buyer)
    cancel_purchase(purchase=purchase, actor=buyer, at=timezone.now())
    told = program_of(buyer).get(f"/purchases/{purchase.number}").data
    assert (told["state"], told["due"], told["left"]) == ("cancelled", "0.00", "0.00")
