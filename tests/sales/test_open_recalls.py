"""Recalled goods: the next step is the claim, and time receives nothing that its buyer did nothing about."""

from datetime import timedelta

import pytest
from django.test import Client

from shop.accounts.models import User
from shop.core import ledger
from shop.sales.errors import TooMuch, WrongState
from shop.sales.operations.aftersales import decide_after_sale, open_after_sale, withdraw_after_sale
from shop.sales.operations.receipts import confirm_receipt, receive_overdue
from shop.sales.operations.refunds import refund_order_part
from tests.api.conftest import program_of
from tests.factories import AT, make_user
from tests.procurement.offices import make_office, ordered
from tests.sales.selling import lines_of, photo, ship
from tests.sales.test_concerns import of
from tests.traceability.growing import look, make_grown, make_lot, paid_order, report, send

pytestmark = pytest.mark.django_db
LATE = AT + timedelta(days=90)


@pytest.fixture
def recalled():
    """An order of two pieces on its way, of a lot that a test failed since, and its buyer."""
    buyer = make_user()
    listing = make_grown(make_user(name="合作社"), stock=20)
    lot = make_lot(listing, pieces=20)
    order = of(buyer, paid_order(listing, 2))
    send(order)
    look(lot, report(passed=False))
    return order, buyer


def claim(order, quantity: int = 2, *, at=AT, kind: str = "refund_only", uploads=()):
    return open_after_sale(
        line_id=lines_of(order)[0].pk, kind=kind, quantity=quantity, amount_fen=100, reason="召回", actor=None, at=at,
        uploads=uploads,
    )  # fmt: skip


def page(user, path: str, language: str = "/en") -> str:
    client = Client()
    client.force_login(user)
    return client.get(f"{language}{path}").content.decode()


def test_the_next_step_of_recalled_goods_is_the_claim_with_its_button(recalled):
    order, buyer = recalled
    number, line = order.order.number, lines_of(order)[0]
    words = page(buyer, f"/account/orders/{number}/", "")
    assert f"请不要食用，为「{line.name_zh}」申请退款" in words
    assert "会自动确认" not in words
    assert f'/account/orders/{number}/after-sale/{line.pk}/"\n         data-testid="claim-next"' in words
    assert "这批货检测不合格。仍要确认收货吗？" in words
    step = program_of(buyer, "orders:read").get(f"/orders/{number}").data["next_step"]
    assert step == f"Do not eat it: ask for your money back for {line.name_en}"
    assert 'data-testid="list-recalled"' in page(buyer, "/account/orders/")
    claim(order)
    assert "claim-next" not in page(buyer, f"/account/orders/{number}/")


def test_a_received_recalled_order_asks_for_the_claim_before_a_review(recalled):
    order, buyer = recalled
    confirm_receipt(order_id=order.pk, actor=buyer, at=AT)
    words = page(buyer, f"/account/orders/{order.order.number}/")
    assert "Tell the next buyers how it was" not in words
    assert 'data-testid="claim-next"' in words


def test_recalled_goods_are_claimed_on_whenever_they_were_received(recalled):
    order, buyer = recalled
    confirm_receipt(order_id=order.pk, actor=buyer, at=AT)
    line = lines_of(order)[0]
    with pytest.raises(WrongState):
        claim(order, at=LATE, kind="missing", uploads=[photo()])
    with pytest.raises(TooMuch):
        claim(order, 3, at=LATE)
    path = f"/account/orders/{order.order.number}/after-sale/{line.pk}/"
    assert "This can't be asked for any more" not in page(buyer, path).replace("&#x27;", "'")
    assert claim(order, at=LATE).quantity == 2


def test_time_does_not_receive_recalled_goods_before_their_buyer_acts(recalled):
    order, buyer = recalled
    assert receive_overdue(at=LATE) == 0
    order.refresh_from_db()
    supplier = f"supplier:{order.supplier_id}"
    assert (order.state, ledger.balances("supplier:").get(f"{supplier}:payable", 0)) == ("shipped", 0)
    assert confirm_receipt(order_id=order.pk, actor=buyer, at=LATE) is True


@pytest.mark.parametrize(("quantity", "received"), [(1, 0), (2, 1)])
def test_a_claim_on_all_recalled_pieces_that_is_over_lets_time_go_on(recalled, quantity, received):
    order, _buyer = recalled
    case = claim(order, quantity)
    assert receive_overdue(at=LATE) == 0
    decide_after_sale(case_id=case.pk, approve=True, amount_fen=100, actor=None, at=AT)
    assert receive_overdue(at=LATE) == received


def test_what_was_given_back_before_the_recall_is_not_asked_for_again():
    buyer = make_user()
    listing = make_grown(make_user(), stock=20)
    lot = make_lot(listing, pieces=20)
    order = of(buyer, paid_order(listing, 2))
    send(order)
    line = lines_of(order)[0]
    refund_order_part(
        order=order, amount_fen=line.paid_fen, reason="damaged", key="r", actor=None, at=AT,
        lines={line.pk: line.paid_fen},
    )  # fmt: skip
    look(lot, report(passed=False))
    words = page(buyer, f"/account/orders/{order.order.number}/")
    assert ("recalled-paid-back" in words, "claim-next" in words, "Do not eat it: " in words) == (True, False, False)
    assert receive_overdue(at=LATE) == 1


def test_a_claim_that_was_withdrawn_is_no_answer(recalled):
    order, buyer = recalled
    withdraw_after_sale(case_id=claim(order).pk, actor=buyer, at=AT)
    assert receive_overdue(at=LATE) == 0


def test_time_does_not_accept_recalled_goods_for_a_unit():
    office = make_office(budget_fen=10_000_000)
    listing = make_grown(make_user(), stock=20)
    lot = make_lot(listing, pieces=20)
    order = ordered(office, (listing, 3), terms="postpaid")[0]
    ship(order)
    look(lot, report(passed=False))
    assert receive_overdue(at=LATE) == 0
    words = page(office.buyer, f"/account/orders/{order.order.number}/")
    assert "none of them is to be accepted, and time does not accept them" in words


def test_the_supplier_reads_that_time_does_not_receive_recalled_goods(recalled):
    order, _buyer = recalled
    member = User.objects.get(name="合作社")
    words = page(member, f"/seller/orders/{order.order.number}/")
    assert "Recalled: time does not confirm the receipt." in words
