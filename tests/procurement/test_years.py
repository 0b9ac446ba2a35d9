"""The year of a unit's order is that of the commitment: the order's day in Shanghai, in quota, budget and reports."""

from datetime import UTC, date, datetime, timedelta

import pytest

from procurement.errors import NoBudget, WrongStep
from procurement.models import PurchaseRequest, RequestVersion, UnitOrder
from procurement.operations.accepting import accept_goods
from procurement.operations.deciding import decide_request
from procurement.operations.ordering import order_request
from procurement.operations.requests import put_lines, set_facts, start_request, submit_request, take_back
from procurement.operations.units import grant_budget
from shop.core import ledger, projections
from shop.sales.operations.closing import cancel_order
from shop.sales.queries.reports import EVERYTHING, report
from tests.factories import make_listing, spec_of
from tests.sales.selling import lines_of, ship

from .offices import YEAR, as_, make_office

pytestmark = pytest.mark.django_db
LAST = datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC)  # 23:59:59 in Shanghai
FIRST = LAST + timedelta(seconds=1)
DRAFTED = LAST - timedelta(days=11)
NEXT, GIVEN = YEAR + 1, 500_000


@pytest.fixture
def listing():
    return make_listing(price_fen=10_000, stock=200)


@pytest.fixture
def office():
    office = make_office()
    for year in (YEAR, NEXT):
        grant_budget(
            unit_id=office.unit.pk,
            year=year,
            fen=GIVEN,
            key="start",
            reason="年度预算批复",
            actor=office.finance,
            at=LAST,
        )
    return office


def left(office, year, fund=""):
    return ledger.balance(f"budget:{office.unit.pk}:{year}{fund}")


def committed(office, year, side="committed"):
    return ledger.balance(f"quota:{office.unit.pk}:{year}:canteen:{side}")


def sold(year):
    found = report(dimension="unit", since=date(year, 1, 1), until=date(year, 12, 31), scope=EVERYTHING, at=FIRST)
    return found.total.net_fen


def agree():
    return [each for _name, each in projections.run_all() if each] == []


def drafted(office, listing, at=DRAFTED):
    request = start_request(unit_id=office.unit.pk, actor=office.buyer, at=at)
    pieces = {spec_of(listing).specification_id: 3}
    return put_lines(request_id=request.pk, pieces=pieces, actor=office.buyer, at=at)


def live(office, listing, submitted, approved, ordered):
    request = drafted(office, listing)
    submit_request(request_id=request.pk, version=request.version, actor=office.buyer, at=submitted)
    decide_request(request_id=request.pk, version=request.version, approve=True, actor=office.approver, at=approved)
    return order_request(request_id=request.pk, actor=office.buyer, at=ordered)


@pytest.mark.parametrize("moments", [(LAST, LAST, LAST), (FIRST, FIRST, FIRST)])
def test_quota_budget_and_reports_agree_on_the_year_of_the_orders_day(office, listing, moments):
    submitted, approved, ordered = moments
    request = live(office, listing, submitted, approved, ordered)
    year, other = (NEXT, YEAR) if ordered == FIRST else (YEAR, NEXT)
    row = UnitOrder.objects.get()
    assert (row.year, request.year) == (year, year)
    assert (committed(office, year), committed(office, other)) == (30_000, 0)
    assert (left(office, year), left(office, other)) == (GIVEN - 30_000, GIVEN)
    assert agree()

    order = ship(row.order)
    accept_goods(
        order_id=order.pk, accepted={lines_of(order)[0].pk: 2}, actor=office.buyer, at=FIRST + timedelta(days=9)
    )
    assert (committed(office, year, "fulfilled"), committed(office, year, "reversed")) == (20_000, 10_000)
    assert (left(office, year), left(office, other)) == (GIVEN - 20_000, GIVEN)
    assert (sold(year), sold(other)) == (20_000, 0)
    assert agree()


def test_a_draft_of_december_ordered_in_february_is_of_the_new_year(office, listing):
    """B41: started on 20 December, submitted, approved and ordered on 20 February."""
    later = datetime(2027, 2, 20, 2, tzinfo=UTC)
    live(office, listing, later, later, later)
    assert (committed(office, YEAR), committed(office, NEXT)) == (0, 30_000)
    assert (left(office, YEAR), left(office, NEXT)) == (GIVEN, GIVEN - 30_000)


def paper(request):
    return RequestVersion.objects.get(request=request, version=request.version).facts["year"]


def test_what_was_approved_for_another_year_is_submitted_again_and_its_paper_stays(office, listing):
    """Approved for 2027 and ordered today: refused with the step; nothing moves, on no door."""
    request = drafted(office, listing)
    request = set_facts(
        request_id=request.pk, fund="canteen", terms=request.terms, note="", year=NEXT, actor=office.buyer, at=LAST
    )
    by = {"request_id": request.pk, "at": LAST}
    submit_request(version=request.version, actor=office.buyer, **by)
    decide_request(version=request.version, approve=True, actor=office.approver, **by)
    with pytest.raises(WrongStep) as refused:
        order_request(actor=office.buyer, **by)
    assert (refused.value.code, refused.value.details) == ("year_differs", {"asked": NEXT, "year": YEAR})
    request.refresh_from_db()
    assert (request.state, request.year, paper(request)) == ("approved", NEXT, NEXT)
    assert (left(office, YEAR), left(office, NEXT)) == (GIVEN, GIVEN - 30_000)
    assert not UnitOrder.objects.exists()
    assert order_request(request_id=request.pk, actor=office.buyer, at=FIRST).year == NEXT
    assert agree()


@pytest.mark.parametrize(("approved", "ordered"), [(LAST, FIRST), (FIRST, FIRST)])
def test_what_was_submitted_for_a_year_that_is_over_is_submitted_again(office, listing, approved, ordered):
    with pytest.raises(WrongStep) as refused:
        live(office, listing, LAST, approved, ordered)
    assert (refused.value.code, "2027" in str(refused.value.message)) == ("year_differs", True)
    request = PurchaseRequest.objects.get()
    assert (request.year, paper(request), UnitOrder.objects.count()) == (YEAR, YEAR, 0)
    request = take_back(request_id=request.pk, actor=office.buyer, at=FIRST)
    assert (left(office, YEAR), left(office, NEXT)) == (GIVEN, GIVEN)
    request = submit_request(request_id=request.pk, version=request.version, actor=office.buyer, at=FIRST)
    decide_request(request_id=request.pk, version=request.version, approve=True, actor=office.approver, at=FIRST)
    order_request(request_id=request.pk, actor=office.buyer, at=FIRST)
    assert (committed(office, YEAR), committed(office, NEXT), paper(request)) == (0, 30_000, NEXT)
    assert agree()


def test_what_is_cancelled_in_january_goes_back_to_december(office, listing):
    live(office, listing, LAST, LAST, LAST)
    cancel_order(order_id=UnitOrder.objects.get().pk, actor=office.buyer, at=FIRST, through="unit")
    assert (committed(office, YEAR), committed(office, YEAR, "reversed"), committed(office, NEXT)) == (0, 30_000, 0)
    assert (left(office, YEAR), left(office, NEXT)) == (GIVEN, GIVEN)
    assert agree()


def test_without_the_new_years_budget_an_approval_is_refused_in_words_and_nothing_moves(listing):
    office = make_office()
    grant_budget(
        unit_id=office.unit.pk, year=YEAR, fen=GIVEN, key="start", reason="年度预算批复", actor=office.finance, at=LAST
    )
    with pytest.raises(NoBudget) as refused:
        live(office, listing, FIRST, FIRST, FIRST)
    assert "2027" in str(refused.value.message)
    request = PurchaseRequest.objects.get()
    assert (request.state, request.year, left(office, YEAR)) == ("submitted", NEXT, GIVEN)
    assert not UnitOrder.objects.exists()
    assert agree()


def test_finance_sets_the_next_years_budget_and_the_page_says_when_the_year_is_over(office, listing, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: LAST)
    given = {"what": "budget", "amount": "7", "key": "k", "fund": "union", "reason": "预算批复"}
    finance = as_(office.finance)
    asked = finance.get(finance.post(f"/units/settings/?year={NEXT}", given)["Location"])
    sure = {"what": "budget-sure", "change": asked.context["token"]}
    page = finance.post(f"/units/settings/?year={NEXT}", sure)
    assert (page.status_code, left(office, NEXT, ":union"), left(office, NEXT)) == (302, 700, GIVEN)
    request = drafted(office, listing)
    submit_request(request_id=request.pk, version=request.version, actor=office.buyer, at=LAST)
    decide_request(request_id=request.pk, version=request.version, approve=True, actor=office.approver, at=LAST)
    url = f"/units/requests/{request.number}/"
    assert "year-anew" not in as_(office.buyer).get(url).content.decode()
    monkeypatch.setattr("django.utils.timezone.now", lambda: FIRST)
    page = as_(office.buyer).get(url).content.decode()
    assert ("year-anew" in page, "order-request" in page) == (True, False)
