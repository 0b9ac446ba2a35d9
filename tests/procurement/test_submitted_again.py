"""A request that was returned is submitted again as it is: it is a new version, decided on anew."""

import pytest

from procurement.models import RequestVersion
from procurement.operations.deciding import decide_request
from procurement.operations.requests import submit_request
from procurement.states import RequestState
from shop.core import projections
from shop.core.models import OutboxEntry
from tests.factories import make_listing
from tests.procurement.offices import AT, as_, make_office, submitted

pytestmark = pytest.mark.django_db


def returned(office, *, approvals_given: int = 0):
    request = submitted(office, (make_listing(stock=50, price_fen=100_00), 2))
    for actor in (office.approver, office.finance)[:approvals_given]:
        decide_request(request_id=request.pk, version=request.version, approve=True, actor=actor, at=AT)
    by = (office.approver, office.finance)[approvals_given]
    return decide_request(
        request_id=request.pk, version=request.version, approve=False, reason="先不买", actor=by, at=AT
    )


def test_a_returned_request_is_decided_on_again_by_the_same_people_without_a_change():
    office = make_office(budget_fen=1000_00)
    request = returned(office)
    first = request.version
    request = submit_request(request_id=request.pk, version=first, actor=office.buyer, at=AT)
    assert (request.state, request.version) == (RequestState.SUBMITTED, first + 1)
    assert list(RequestVersion.objects.filter(request=request).values_list("version", flat=True)) == [first, first + 1]
    # Whose turn it is hears of it once more.
    told = OutboxEntry.objects.filter(key__startswith=f"request:{request.pk}:", key__endswith=":submitted")
    assert told.count() == 2

    for actor in (office.approver, office.finance)[: office.unit.approvals]:
        request = decide_request(request_id=request.pk, version=first + 1, approve=True, actor=actor, at=AT)
    assert request.state == RequestState.APPROVED
    assert [name for name, found in projections.run_all() if found] == []


def test_a_request_returned_at_the_second_step_goes_through_both_again():
    office = make_office(approvals=2, budget_fen=1000_00)
    request = returned(office, approvals_given=1)
    first = request.version
    page = as_(office.buyer).post(f"/units/requests/{request.number}/submit/", {"version": first})
    assert page.status_code == 302
    for actor in (office.approver, office.finance):
        request = decide_request(request_id=request.pk, version=first + 1, approve=True, actor=actor, at=AT)
    assert request.state == RequestState.APPROVED
