"""An order of a unit that was sent in part says so, and the unit may have the rest cancelled, with its own consent."""

import pytest

from procurement.models import CancelRequest
from procurement.operations.accepting import accept_goods
from procurement.operations.cancelling import ask_cancel, decide_cancel
from procurement.queries.requests import wishes_to_cancel
from shop.core import ledger
from shop.sales.errors import RestChanged
from shop.sales.models import LineFacts, OrderFacts
from tests.api.conftest import program_of
from tests.factories import AT
from tests.sales.selling import lines_of, ship

from .offices import YEAR, as_, make_office, ordered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]
BUDGET = 1_000_000


@pytest.fixture
def office():
    return make_office(budget_fen=BUDGET)


@pytest.fixture
def order(office, listing):
    (order,) = ordered(office, (listing, 10), terms="postpaid")
    ship(order, pieces={lines_of(order)[0].pk: 4})
    return order


def budget_left(office):
    return ledger.balance(f"budget:{office.unit.pk}:{YEAR}")


def address(order):
    return f"/units/orders/{order.order.number}/"


def line():
    facts = LineFacts.objects.get()
    return facts.ordered, facts.cancelled, facts.shipped


def test_a_partly_sent_order_says_how_much_and_what_comes_next(office, order):
    page = as_(office.buyer).get(address(order)).content.decode()
    assert ("已发 4 / 10 件" in page, "其余 6 件供应商再发" in page) == (True, True)
    assert ('data-testid="go-accept"' in page, "申请取消未发的" in page) == (True, True)
    assert "已发 4 / 10 件" in as_(office.buyer).get("/units/orders/").content.decode()


def test_the_rest_is_cancelled_with_the_approvers_consent_and_the_budget_gets_it_back(office, order):
    before = budget_left(office)
    buyer, approver = as_(office.buyer), as_(office.approver)
    buyer.post(f"{address(order)}cancel/", {"do": "ask", "reason": "供应商断货"})
    assert [wish.order_id for wish in wishes_to_cancel(office.unit.pk)] == [order.pk]
    page = approver.get(address(order)).content.decode()
    assert ("还没发的 6 件立即取消" in page, 'name="seen" value="6"' in page) == (True, True)
    assert line() == (10, 0, 4)
    approver.post(f"{address(order)}cancel/", {"do": "agree", "answer": "", "seen": "6"})
    found = OrderFacts.objects.get()
    assert (line(), found.state, CancelRequest.objects.get().state) == ((10, 6, 4), "shipped", "agreed")
    assert (found.waived_fen, budget_left(office) - before) == (60_000, 60_000)
    page = buyer.get(f"/account/orders/{order.order.number}/").content.decode()
    assert 'data-testid="order-waived">−¥600.00<' in page
    accept_goods(order_id=order.pk, accepted={}, actor=office.buyer, at=AT)
    found.refresh_from_db()
    assert (found.state, found.left_fen) == ("completed", 40_000)
    assert ledger.balance(f"quota:{office.unit.pk}:{YEAR}:canteen:fulfilled") == 40_000


def test_what_was_accepted_before_ends_the_order_with_its_rest(office, order):
    accept_goods(order_id=order.pk, accepted={}, actor=office.buyer, at=AT)
    wish = ask_cancel(order_id=order.pk, reason="断货", actor=office.buyer, at=AT)
    decide_cancel(wish_id=wish.pk, agree=True, actor=office.approver, at=AT)
    assert OrderFacts.objects.get().state == "completed"


def test_nothing_is_cancelled_where_more_was_sent_since_it_was_read(office, order):
    wish = ask_cancel(order_id=order.pk, reason="断货", actor=office.buyer, at=AT)
    ship(order, pieces={lines_of(order)[0].pk: 2}, number="SF1234567890999")
    with pytest.raises(RestChanged):
        decide_cancel(wish_id=wish.pk, agree=True, seen=6, actor=office.approver, at=AT)
    page = as_(office.approver).post(f"{address(order)}cancel/", {"do": "agree", "seen": "6"})
    assert (page.status_code, line(), CancelRequest.objects.get().state) == (409, (10, 0, 6), "open")


def test_a_program_asks_and_agrees_alike(office, order):
    url = f"/units/orders/{order.order.number}/cancel-requests"
    assert program_of(office.buyer).post(url, {"reason": "断货"}, key="c1").status_code == 201
    answer = program_of(office.approver).post(f"{url}/decision", {"agree": True, "seen": 6}, key="c2")
    assert (answer.status_code, answer.data["state"]) == (200, "shipped")
    assert answer.data["lines"][0]["cancelled"] == 6
