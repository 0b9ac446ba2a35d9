"""Only the rest of an order is cancelled: the messages and the page say so; what lapsed is refused by nobody; withdrawing."""

import pytest

from procurement.errors import WrongStep
from procurement.models import CancelRequest
from procurement.operations.cancelling import ask_cancel, decide_cancel, withdraw_cancel
from shop.accounts.models import Message
from shop.core import outbox
from shop.core.errors import NotAllowed
from shop.sales.models import OrderFacts
from tests.api.conftest import program_of
from tests.factories import AT
from tests.sales.selling import lines_of, ship

from .offices import as_, make_office, ordered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]


@pytest.fixture
def office():
    return make_office(budget_fen=1_000_000)


@pytest.fixture
def order(office, listing):
    (order,) = ordered(office, (listing, 10), terms="postpaid")
    return order


def send(order, pieces, number="SF1234567890123"):
    ship(order, pieces={lines_of(order)[0].pk: pieces}, number=number)


def told(user):
    outbox.drain(at=AT)
    return list(Message.objects.filter(user=user, kind__startswith="cancel").values_list("kind", flat=True))


@pytest.mark.parametrize(("sent", "about"), [(0, "cancel"), (4, "cancel_rest")])
@pytest.mark.parametrize("agree", [True, False])
def test_messages_say_if_the_order_or_only_its_rest_is_meant(office, order, sent, about, agree):
    if sent:
        send(order, sent)
    wish = ask_cancel(order_id=order.pk, reason="断货", actor=office.buyer, at=AT)
    assert told(office.approver) == [f"{about}_asked"]
    decide_cancel(wish_id=wish.pk, agree=agree, answer="照常", actor=office.approver, at=AT)
    assert told(office.buyer) == [f"{about}_{'agreed' if agree else 'refused'}"]
    page = as_(office.buyer).get("/account/messages/").content.decode()
    assert ("的其余部分" in page) == bool(sent)


@pytest.mark.parametrize("agree", [True, False])
def test_a_wish_that_lapsed_is_neither_agreed_to_nor_refused(office, order, agree):
    wish = ask_cancel(order_id=order.pk, reason="断货", actor=office.buyer, at=AT)
    send(order, 10)
    with pytest.raises(WrongStep):
        decide_cancel(wish_id=wish.pk, agree=agree, answer="照常", actor=office.approver, at=AT)
    page = as_(office.approver).post(
        f"/units/orders/{order.order.number}/cancel/", {"do": "refuse", "answer": "照常", "seen": "10"}
    )
    assert (page.status_code, CancelRequest.objects.get().state) == (409, "open")


def test_a_buyer_withdraws_what_nobody_decided_on(office, order):
    send(order, 4)
    address = f"/units/orders/{order.order.number}/"
    buyer = as_(office.buyer)
    buyer.post(f"{address}cancel/", {"do": "ask", "reason": "断货"})
    wish = CancelRequest.objects.get()
    for who in (office.buyer, office.approver):
        assert "只取消还没发的 6 件" in as_(who).get(address).content.decode()
    assert 'data-testid="withdraw-cancel"' not in as_(office.approver).get(address).content.decode()
    with pytest.raises(NotAllowed):
        withdraw_cancel(wish_id=wish.pk, actor=office.approver, at=AT)
    assert 'data-testid="withdraw-cancel"' in buyer.get(address).content.decode()
    buyer.post(f"{address}cancel/", {"do": "withdraw"})
    assert CancelRequest.objects.get().state == "withdrawn"
    with pytest.raises(WrongStep):
        decide_cancel(wish_id=wish.pk, agree=True, actor=office.approver, at=AT)
    page = buyer.get(address).content.decode()
    assert ("已撤回" in page, 'data-testid="ask-cancel"' in page) == (True, True)
    assert OrderFacts.objects.get().state == "to_ship"


def test_a_program_withdraws_alike(office, order):
    url = f"/units/orders/{order.order.number}/cancel-requests"
    buyer = program_of(office.buyer)
    assert buyer.post(f"{url}/withdrawal", {}, key="w0").status_code == 404
    buyer.post(url, {"reason": "断货"}, key="w1")
    assert program_of(office.approver).post(f"{url}/withdrawal", {}, key="w2").status_code == 403
    assert buyer.post(f"{url}/withdrawal", {}, key="w3").status_code == 200
    assert CancelRequest.objects.get().state == "withdrawn"
