"""A request whose orders are all cancelled says so where its state stands, without a state of its own."""

import pytest

from procurement.models import PurchaseRequest
from procurement.operations.cancelling import ask_cancel, decide_cancel
from tests.api.conftest import program_of
from tests.factories import AT, make_listing, make_supplier

from .offices import as_, make_office, ordered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]


def cancel(office, order):
    wish = ask_cancel(order_id=order.pk, reason="食堂停业", actor=office.buyer, at=AT)
    decide_cancel(wish_id=wish.pk, agree=True, actor=office.approver, at=AT)


def said(office, number):
    """Return how often the page, the paper and the list say that all is cancelled, and what the API says."""
    client, program = as_(office.buyer), program_of(office.buyer)
    paths = (f"/units/requests/{number}/", f"/units/requests/{number}/paper/", "/units/requests/?state=all")
    words = [client.get(path).content.decode().count("已全部取消") for path in paths]
    one, (row,) = program.get(f"/units/requests/{number}").data, program.get("/units/requests").data["items"]
    return words, [(each["state"], each["all_cancelled"]) for each in (one, row)]


@pytest.mark.parametrize("terms", ["prepaid", "postpaid"])
def test_a_request_says_that_all_its_orders_are_cancelled(terms):
    office = make_office(budget_fen=1_000_000)
    goods = [(make_listing(price_fen=10_000, supplier=make_supplier(name)), 2) for name in ("青禾社", "连州社")]
    first, second = ordered(office, *goods, terms=terms)
    number = PurchaseRequest.objects.get().number
    cancel(office, first)
    assert said(office, number) == ([0, 0, 0], [("ordered", False)] * 2)
    cancel(office, second)
    assert said(office, number) == ([1, 1, 1], [("ordered", True)] * 2)
    page = as_(office.buyer).get(f"/units/requests/{number}/").content.decode()
    assert ("已全部取消" in page, 'data-state="ordered"' in page) == (True, True)
    english = as_(office.buyer).get(f"/en/units/requests/{number}/").content.decode()
    assert "All cancelled" in english


def test_a_draft_is_not_cancelled(office, listing):
    (order,) = ordered(office, (listing, 1))
    client = as_(office.buyer)
    client.post("/units/requests/new/", {"how": "empty"})
    draft = PurchaseRequest.objects.exclude(purchase=order.purchase).get()
    assert "已全部取消" not in client.get(f"/units/requests/{draft.number}/").content.decode()
    assert program_of(office.buyer).get(f"/units/requests/{draft.number}").data["all_cancelled"] is False
