"""What a buyer may have of a limited listing is said at the line, at submitting and at approving, not only at ordering."""

import pytest

from catalog.models import Listing
from procurement.models import PurchaseRequest
from procurement.operations.deciding import decide_request
from procurement.operations.requests import put_lines, submit_request
from shop.sales.errors import OverLimit
from tests.api.conftest import program_of
from tests.factories import AT, spec_of

from .offices import approved, as_, ask, make_office, ordered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]


@pytest.fixture
def office():
    return make_office(budget_fen=1_000_000)


def limit(listing, pieces):
    Listing.objects.filter(pk=listing.pk).update(purchase_limit=pieces)


def test_a_draft_line_beyond_the_limit_is_refused_beside_its_field_on_every_door(office, listing):
    limit(listing, 2)
    request = ask(office, (listing, 2))
    spec = spec_of(listing).specification_id
    with pytest.raises(OverLimit) as refused:
        put_lines(request_id=request.pk, pieces={spec: 3}, actor=office.buyer, at=AT)
    assert (refused.value.field, refused.value.details["left"]) == (f"pieces-{spec}", 2)
    url = f"/units/requests/{request.number}/change/"
    page = as_(office.buyer).post(url, {f"pieces-{spec}": "3", "version": request.version})
    assert (page.status_code, "line-refusal" in page.content.decode()) == (409, True)
    body = {"version": request.version, "lines": [{"specification_id": spec, "quantity": 3}]}
    answer = program_of(office.buyer).send("PUT", f"/units/requests/{request.number}/lines", body)
    assert (answer.status_code, answer.data["code"]) == (409, "over_limit")
    assert PurchaseRequest.objects.get().lines.get().quantity == 2


def test_what_was_had_before_counts_when_it_is_submitted(office, listing):
    ordered(office, (listing, 2))
    request = ask(office, (listing, 1))
    limit(listing, 2)
    with pytest.raises(OverLimit):
        submit_request(request_id=request.pk, version=request.version, actor=office.buyer, at=AT)


def test_a_limit_that_came_meanwhile_stops_the_approval_and_not_the_return(office, listing):
    request = ask(office, (listing, 3))
    submit_request(request_id=request.pk, version=request.version, actor=office.buyer, at=AT)
    limit(listing, 2)
    given = {"request_id": request.pk, "version": request.version, "actor": office.approver, "at": AT}
    with pytest.raises(OverLimit):
        decide_request(approve=True, **given)
    assert decide_request(approve=False, reason="限购", **given).state == "returned"


def test_within_the_limit_it_is_approved(office, listing):
    limit(listing, 2)
    assert approved(office, (listing, 2)).state == "approved"
