"""No approval goes beyond the budget, the first as little as the last; what the page says is what happens."""

import pytest

from procurement.errors import NoBudget
from procurement.models import RequestDecision
from procurement.operations.deciding import decide_request
from procurement.operations.units import grant_budget
from tests.api.conftest import program_of
from tests.factories import AT

from .offices import YEAR, as_, make_office, submitted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]


@pytest.fixture
def office():
    return make_office(budget_fen=100, approvals=2)


def decide(office, request, actor, **facts):
    given = {"request_id": request.pk, "version": request.version, "actor": actor, "at": AT}
    return decide_request(**given | {"approve": True} | facts)


def test_the_first_approval_beyond_the_budget_is_refused_on_every_door(office, listing):
    request = submitted(office, (listing, 1))
    with pytest.raises(NoBudget):
        decide(office, request, office.approver)
    address = f"/units/requests/{request.number}/decide/"
    page = as_(office.approver).post(address, {"version": request.version, "decision": "approve"})
    assert page.status_code == 409
    body = {"version": request.version, "approve": True}
    answer = program_of(office.approver).post(f"/units/requests/{request.number}/decision", body, key="d1")
    assert (answer.status_code, answer.data["code"]) == (409, "no_budget")
    request.refresh_from_db()
    assert (request.state, RequestDecision.objects.count()) == ("submitted", 0)


def test_the_page_offers_what_can_be_done(office, listing):
    request = submitted(office, (listing, 1))
    address = f"/units/requests/{request.number}/"
    short = as_(office.approver).get(address).content.decode()
    assert ("不能批准" in short, 'data-testid="approve-request"' in short, 'data-testid="return-request"' in short) == (
        True,
        False,
        True,
    )
    grant_budget(
        unit_id=office.unit.pk, year=YEAR, fen=1_000_000, key="more", reason="年度预算批复", actor=office.finance, at=AT
    )
    enough = as_(office.approver).get(address).content.decode()
    assert ("不能批准" in enough, 'data-testid="approve-request"' in enough) == (False, True)
    assert decide(office, request, office.approver).state == "checked"
    assert decide(office, request, office.finance).state == "approved"


def test_it_can_be_returned_whatever_the_budget(office, listing):
    request = submitted(office, (listing, 1))
    assert decide(office, request, office.approver, approve=False, reason="超预算").state == "returned"


def test_what_another_request_took_meanwhile_stops_the_last_approval(office, listing):
    grant_budget(
        unit_id=office.unit.pk, year=YEAR, fen=10_000, key="more", reason="年度预算批复", actor=office.finance, at=AT
    )
    first, second = submitted(office, (listing, 1)), submitted(office, (listing, 1))
    for request in (first, second):
        decide(office, request, office.approver)
    assert decide(office, first, office.finance).state == "approved"
    with pytest.raises(NoBudget):
        decide(office, second, office.finance)
    text = as_(office.finance).get(f"/units/requests/{second.number}/").content.decode()
    assert 'data-testid="approve-request"' not in text
