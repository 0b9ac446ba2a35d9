"""Part deliveries are tasks and end wishes to cancel; texts that are too long are refused, never cut."""

from typing import Any

import pytest

from procurement.errors import WrongStep
from procurement.models import CancelRequest, PurchaseRequest, RequestDecision
from procurement.operations.cancelling import ask_cancel, decide_cancel
from procurement.operations.deciding import decide_request
from procurement.operations.requests import set_facts
from shop.accounts.models import Message
from shop.core import outbox
from shop.core.errors import InvalidInput
from shop.sales.models import Payment
from shop.sales.operations.transfers import match_transfer
from tests.api.conftest import program_of
from tests.factories import AT
from tests.sales.selling import lines_of, ship

from .offices import as_, ask, make_office, ordered, submitted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]


@pytest.fixture
def office() -> Any:
    return make_office(budget_fen=1_000_000)


def test_a_part_delivery_is_a_task_at_once(office: Any, listing: Any) -> None:
    (order,) = ordered(office, (listing, 5), terms="postpaid")
    buyer = as_(office.buyer)
    address = f'href="/units/orders/{order.order.number}/'
    assert "验收" not in [task.action for task in buyer.get("/units/?tasks=all").context["tasks"]]
    ship(order, {lines_of(order)[0].pk: 2})
    order.refresh_from_db()
    assert order.state == "to_ship"
    page = buyer.get("/units/?tasks=all")
    (mine,) = [task for task in page.context["tasks"] if order.order.number in task.url]
    assert (mine.action, mine.is_mine, address in page.content.decode()) == ("验收", True, True)


def test_a_wish_to_cancel_is_not_offered_once_goods_left(office: Any, listing: Any) -> None:
    (order,) = ordered(office, (listing, 5), terms="postpaid")
    wish = ask_cancel(order_id=order.pk, reason="停课", actor=office.buyer, at=AT)
    approver, address = as_(office.approver), f"/units/orders/{order.order.number}/"
    assert 'data-testid="agree-cancel"' in approver.get(address).content.decode()
    ship(order, {lines_of(order)[0].pk: 5})
    page = approver.get(address).content.decode()
    assert ('data-testid="agree-cancel"' in page, 'data-testid="wish-ended"' in page) == (False, True)
    assert not [each for each in approver.get("/units/?tasks=all").context["tasks"] if order.order.number in each.url]
    with pytest.raises(WrongStep) as refused:
        decide_cancel(wish_id=wish.pk, agree=True, actor=office.approver, at=AT)
    assert (refused.value.code, CancelRequest.objects.get().state) == ("wrong_step", "open")
    told = program_of(office.approver).post(
        f"/units/orders/{order.order.number}/cancel-requests/decision", {"agree": True}, key="k"
    )
    assert (told.status_code, told.data["code"]) == (409, "wrong_step")
    with pytest.raises(WrongStep):
        ask_cancel(order_id=order.pk, reason="再问", actor=office.buyer, at=AT)


def test_a_reason_that_is_too_long_is_refused_beside_the_field(office: Any, listing: Any) -> None:
    request = submitted(office, (listing, 2))
    page = as_(office.approver).post(
        f"/units/requests/{request.number}/decide/",
        {"decision": "return", "reason": "长" * 5000, "version": request.version},
    )
    text = page.content.decode()
    assert (page.status_code, 'id="reason-error"' in text, "最多 200 个字" in text) == (422, True, True)
    assert (RequestDecision.objects.count(), PurchaseRequest.objects.get().state) == (0, "submitted")
    facts = {"request_id": request.pk, "version": request.version, "actor": office.approver, "at": AT}
    with pytest.raises(InvalidInput):
        decide_request(**facts, approve=False, reason="长" * 201)
    decide_request(**facts, approve=False, reason="长" * 200)
    assert len(RequestDecision.objects.get().reason) == 200


def test_a_note_and_a_wish_that_are_too_long_are_refused(office: Any, listing: Any) -> None:
    request = ask(office, (listing, 2))
    with pytest.raises(InvalidInput) as refused:
        set_facts(
            request_id=request.pk, fund="canteen", terms="postpaid", note="长" * 201, actor=office.buyer, at=AT
        )  # fmt: skip
    assert (refused.value.field, refused.value.code) == ("note", "too_long")
    (order,) = ordered(office, (listing, 5), terms="postpaid")
    with pytest.raises(InvalidInput) as refused:
        ask_cancel(order_id=order.pk, reason="长" * 201, actor=office.buyer, at=AT)
    assert (refused.value.field, refused.value.code) == ("reason", "too_long")


def test_only_a_units_finance_is_asked_for_the_account_of_a_refund(office: Any, listing: Any) -> None:
    (order,) = ordered(office, (listing, 5), terms="prepaid")
    as_(office.finance).post(f"/units/payments/{PurchaseRequest.objects.get().number}/", {"how": "transfer"})
    match_transfer(
        payment_id=Payment.objects.get().pk, received_fen=order.total_fen, payer="学校", why="代付", actor=None, at=AT
    )
    wish = ask_cancel(order_id=order.pk, reason="停课", actor=office.buyer, at=AT)
    decide_cancel(wish_id=wish.pk, agree=True, actor=office.approver, at=AT)
    outbox.drain(at=AT)
    kinds = dict.fromkeys(Message.objects.filter(user=office.buyer).values_list("kind", flat=True))
    assert ("cancel_agreed_back" in kinds, "order_cancelled_back" in kinds) == (True, False)
    assert "refund_account" in set(Message.objects.filter(user=office.finance).values_list("kind", flat=True))
