"""What is said of a transfer's money: its figures are what is due, less what came and stands. Whatever happened before."""

import random
import re

import pytest

from shop.core.money import in_yuan
from shop.core.projections import run_all
from shop.sales.models import Payment, Purchase, Refund
from shop.sales.money_shown import cancelled_words
from shop.sales.operations.closing import cancel_order
from shop.sales.operations.payments import start_payment
from shop.sales.operations.payouts import give_account, pay_out
from shop.sales.operations.transfers import match_transfer
from shop.sales.queries.backs import Back, went_back_of
from shop.sales.queries.deliveries import schedule_of
from shop.sales.queries.due import due_of
from shop.sales.queries.outcomes import outcome_of
from shop.sales.queries.trails import said_to_buyer, said_to_finance, trail_of
from shop.sales.states import PurchaseState
from tests.api.conftest import program_of
from tests.factories import AT, make_listing, make_user
from tests.sales.selling import buy, paid
from tests.sales.test_bank_lines import program
from tests.sales.test_money_trails import announced, as_, book, finance, paid_out, that_day

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]
__all__ = ["that_day"]


def test_the_right_sum_after_a_short_one_that_went_back_is_no_surplus() -> None:
    buyer = make_user()
    purchase, payment = announced(buyer)
    desk = finance()
    facts = {"payer": "周敏", "why": "本人"}
    short = desk.post(
        f"/review/transfers/{payment.pk}/", facts | {"received": "10.00", "reference": "a1", "then": "give_back"},
        follow=True,
    ).content.decode()  # fmt: skip
    assert "已入账并转为待退款，购买单仍等 ¥89.80。" in short
    whole = desk.post(
        f"/review/transfers/{payment.pk}/", facts | {"received": "89.80", "reference": "a2"}, follow=True
    ).content.decode()
    assert "多出" not in whole
    assert "已入账，订单继续处理。之前到账的 ¥10.00 仍待退款。" in whole
    paid_out(purchase, Refund.objects.get(), "OUT-1")
    assert (outcome_of(payment).goes_back_fen, outcome_of(payment).earlier_fen) == (0, 0)
    # Nor is the attempt said to be of more than was asked for.
    told = program_of(buyer).get(f"/purchases/{purchase.number}").data
    assert (told["payment"]["amount"], told["received"], told["due"]) == ("89.80", "99.80", "89.80")
    (row,) = program().get("/review/transfers?state=booked").data["items"]
    assert (row["received"], row["kept"], row["outcome"]) == ("99.80", "89.80", "booked")


def test_an_open_attempt_asks_for_what_is_due_after_a_part_went_back() -> None:
    buyer = make_user()
    purchase, payment = announced(buyer)
    book(payment, 40_00, "give_back", "in-1")
    told = program_of(buyer).get(f"/purchases/{purchase.number}").data
    assert (told["payment"]["amount"], told["received"], told["left"]) == ("89.80", "40.00", "89.80")
    book(payment, 30_00, "ask", "in-2")
    told = program_of(buyer).get(f"/purchases/{purchase.number}").data
    assert (told["payment"]["amount"], told["received"], told["left"]) == ("89.80", "70.00", "59.80")


def test_a_part_that_is_kept_after_one_went_back_is_told_as_a_part() -> None:
    _purchase, payment = announced()
    book(payment, 10_00, "give_back", "in-1")
    book(payment, 30_00, "ask", "in-2")
    said = outcome_of(payment)
    assert (said.due_fen, said.goes_back_fen, said.earlier_fen) == (59_80, 0, 10_00)


def test_what_is_really_too_much_is_told_apart_from_what_went_back_before() -> None:
    _purchase, payment = announced()
    book(payment, 10_00, "give_back", "in-1")
    book(payment, 99_80, "give_back", "in-2")
    said = outcome_of(payment)
    assert (said.is_paid, said.goes_back_fen, said.earlier_fen) == (True, 10_00, 10_00)


def test_a_closed_purchase_says_what_goes_back_not_all_that_ever_came() -> None:
    buyer = make_user()
    purchase, payment = announced(buyer)
    book(payment, 40_00, "give_back", "in-1")
    paid_out(purchase, Refund.objects.get(), "OUT-1")
    book(payment, 30_00, "ask", "in-2")
    as_(buyer).post(f"/pay/{purchase.number}/cancel/")
    page = as_(buyer).get(f"/pay/{purchase.number}/").content.decode()
    assert ("您付的 ¥30.00 将退给您" in page, "¥70.00" in page) == (True, False)


def amounts(said: list[str]) -> set[str]:
    return set(re.findall(r"¥[\d,]+\.\d\d", " ".join(said)))


@pytest.mark.parametrize("seed", range(12))
def test_the_figures_of_the_words_are_due_less_what_stands(seed: int) -> None:
    """Any sequence of lines, give-backs, payouts and a price that falls."""
    pick = random.Random(seed)
    purchase = buy((make_listing(stock=9, price_fen=60_00), 1), (make_listing(stock=9, price_fen=30_00), 1))
    payment, _started = start_payment(purchase=purchase, gateway_name="transfer", at=AT)
    came = 0
    for step in range(7):
        purchase, payment = Purchase.objects.get(pk=purchase.pk), Payment.objects.get(pk=payment.pk)
        due = due_of(purchase)
        is_open = purchase.state == PurchaseState.UNPAID
        what = pick.choice(("line", "line", "line", "cancel", "pay_out"))
        if what == "line":
            fen = pick.choice((10_00, 25_50, due.left_fen or 5_00, due.left_fen + 10_00))
            then = pick.choice(("ask", "give_back")) if fen < due.left_fen else "give_back"
            match_transfer(
                payment_id=payment.pk, received_fen=fen, payer="周敏", why="本人", then=then, reference=f"l{step}",
                actor=None, at=AT,
            )  # fmt: skip
            came += fen
        elif what == "cancel" and is_open and purchase.orders.exclude(state="cancelled").count() > 1:
            order = purchase.orders.exclude(state="cancelled").first()
            assert order is not None
            cancel_order(order_id=order.pk, actor=None, at=AT)
        elif what == "pay_out" and (refund := Refund.objects.filter(state="requested").first()) is not None:
            give_account(purchase=purchase, holder="周敏", bank="工行", number="622208360200", actor=None, at=AT)
            pay_out(refund_id=refund.pk, reference=f"out-{step}", actor=None, at=AT)
        check(purchase.pk, payment.pk, came)
    assert [found for _name, found in run_all() if found] == []


def check(purchase_pk: int, payment_pk: int, came: int) -> None:
    purchase, payment = Purchase.objects.get(pk=purchase_pk), Payment.objects.get(pk=payment_pk)
    due, trail = due_of(purchase), trail_of(purchase.pk)
    unneeded = trail.unneeded()
    stands = came - unneeded.back_fen
    assert (due.received_fen, due.left_fen) == (stands, max(0, due.due_fen - stands))
    assert trail.came_fen == came == payment.received_fen
    finance_, buyer_ = (
        said_to_finance(trail, due, purchase.state, schedule_of(purchase)),
        said_to_buyer(trail, schedule_of(purchase).due_now_fen, purchase.state),
    )
    back = {in_yuan(each.fen) for each in trail.back} | {
        in_yuan(trail.going_back_fen),
        in_yuan(unneeded.going_back_fen),
    }
    if purchase.state == PurchaseState.UNPAID:
        assert payment.amount_fen - payment.received_fen == due.left_fen
        if stands:
            assert any(in_yuan(stands) in words and in_yuan(due.left_fen) in words for words in finance_)
        assert amounts(finance_) | amounts(buyer_) <= back | {in_yuan(stands), in_yuan(due.left_fen)}
        if payment.remittances.exists():
            assert outcome_of(payment).due_fen == due.due_fen - stands
    else:
        assert stands == due.due_fen
        assert amounts(finance_) | amounts(buyer_) <= back


def test_cancelled_words_name_each_way_with_its_sum() -> None:
    words = cancelled_words(Back(bank_fen=100_00, other_fen=22_80), was_paid=True)
    assert words == "已取消。¥100.00 退回您的银行账户，请在下方核对收款账户；¥22.80 按原支付方式退回。"


def test_what_goes_back_of_an_order_is_added_up_by_way() -> None:
    order = paid((make_listing(stock=9, price_fen=32_80), 1))
    cancel_order(order_id=order.pk, actor=None, at=AT)
    back = went_back_of(order.pk)
    assert (back.bank_fen, back.other_fen) == (0, order.total_fen)
