"""Requests that were moved to another unit, state, person or supplier past the operations are noticed."""

import pytest

from procurement.models import PurchaseRequest
from procurement.operations.requests import submit_request, take_back
from tests.factories import AT, make_listing
from tests.tampering import faults, tamper

from .offices import approved, make_office, ordered, submitted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]
CHANGES = {
    "editors": ("editors = '[]'", "editors of request {}"),
    "state": ("state = 'cancelled'", "state of request {}, which is cancelled"),
    "draft": ("state = 'draft'", "state of request {}, which is draft"),
}


@pytest.mark.parametrize("is_ordered", [False, True])
@pytest.mark.parametrize("what", CHANGES)
def test_a_request_that_says_something_else_is_noticed(office, listing, what, is_ordered):
    if is_ordered:
        ordered(office, (listing, 2))
    else:
        approved(office, (listing, 2))
    number = PurchaseRequest.objects.get().number
    assert faults() == []
    change, said = CHANGES[what]

    tamper(f"UPDATE procurement_purchaserequest SET {change}")

    assert said.format(number) in faults()


@pytest.mark.parametrize(
    ("is_ordered", "said"),
    [
        (False, "approval of request CG26-OTHER in the audit trail"),
        (True, "purchase of request CG26-OTHER, which is another's"),
    ],
)
def test_a_request_with_another_number_is_noticed(office, listing, is_ordered, said):
    (ordered if is_ordered else approved)(office, (listing, 2))

    tamper("UPDATE procurement_purchaserequest SET number = 'CG26-OTHER'")

    assert said in faults()


@pytest.mark.parametrize("is_ordered", [False, True])
def test_a_request_of_another_unit_is_noticed(office, listing, is_ordered):
    other = make_office()
    (ordered if is_ordered else approved)(office, (listing, 2))
    number = PurchaseRequest.objects.get().number
    assert faults() == []

    tamper("UPDATE procurement_purchaserequest SET unit_id = %s", other.unit.pk)

    assert f"unit of request {number}" in faults()


@pytest.mark.parametrize("column", ["listing_id", "supplier_id", "specification_id"])
def test_a_line_of_an_approved_request_for_other_goods_is_noticed(office, listing, column):
    number = approved(office, (listing, 2)).number
    make_listing(slug="other")
    assert faults() == []

    tamper(f"UPDATE procurement_requestline SET {column} = {column} + 1")

    assert f"goods of request {number}" in faults()


def test_requests_that_wait_were_taken_back_or_submitted_again_are_no_fault(office, listing):
    submitted(office, (listing, 1))
    request = submitted(office, (listing, 2))
    request = take_back(request_id=request.pk, actor=office.buyer, at=AT)
    submit_request(request_id=request.pk, version=request.version, actor=office.buyer, at=AT)
    assert faults() == []

    tamper("UPDATE procurement_purchaserequest SET state = 'checked' WHERE id = %s", request.pk)

    assert faults() == [f"state of request {request.number}, which is checked"]
