"""The year of a unit's order is that of the commitment: the order's day in Shanghai, in quota, budget and reports."""

from datetime import UTC, date, datetime, timedelta
from itertools import combinations_with_replacement

import pytest

from procurement.errors import NoBudget
from procurement.models import PurchaseRequest, UnitOrder
from procurement.operations.accepting import accept_goods
from procurement.operations.deciding import decide_request
from procurement.operations.ordering import order_request
from procurement.operations.requests import put_lines, start_request, submit_request, take_back
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
        grant_budget(unit_id=office.unit.pk, year=year, fen=GIVEN, key="start", actor=office.finance, at=LAST)
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


@pytest.mark.parametrize("moments", list(combinations_with_replacement([LAST, FIRST], 3)))
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
    """B41: started and submitted on 20 December, approved and ordered on 20 February."""
    later = datetime(2027, 2, 20, 2, tzinfo=UTC)
    live(office, listing, DRAFTED, later, later)
    assert (committed(office, YEAR), committed(office, NEXT)) == (0, 30_000)
    assert (left(office, YEAR), left(office, NEXT)) == (GIVEN, GIVEN - 30_000)


def test_what_is_cancelled_in_january_goes_back_to_december(office, listing):
    live(office, listing, LAST, LAST, LAST)
    cancel_order(order_id=UnitOrder.objects.get().pk, actor=office.buyer, at=FIRST, through="unit")
    assert (committed(office, YEAR), committed(office, YEAR, "reversed"), committed(office, NEXT)) == (0, 30_000, 0)
    assert (left(office, YEAR), left(office, NEXT)) == (GIVEN, GIVEN)
    assert agree()


def test_without_the_new_years_budget_an_order_is_refused_in_words_and_nothing_moves(listing):
    office = make_office()
    grant_budget(unit_id=office.unit.pk, year=YEAR, fen=GIVEN, key="start", actor=office.finance, at=LAST)
    with pytest.raises(NoBudget) as refused:
        live(office, listing, LAST, LAST, FIRST)
    assert "2027" in str(refused.value.message)
    assert "300.00" in str(refused.value.message)
    request = PurchaseRequest.objects.get()
    assert (request.state, request.year, left(office, YEAR)) == ("approved", YEAR, GIVEN - 30_000)
    assert not UnitOrder.objects.exists()
    assert agree()

    grant_budget(unit_id=office.unit.pk, year=NEXT, fen=30_000, key="new", actor=office.finance, at=FIRST)
    order_request(request_id=request.pk, actor=office.buyer, at=FIRST)
    assert (left(office, YEAR), left(office, NEXT)) == (GIVEN, 0)
    assert agree()


def test_an_approval_in_january_takes_januarys_budget_and_taking_back_returns_it(office, listing):
    request = drafted(office, listing)
    submit_request(request_id=request.pk, version=request.version, actor=office.buyer, at=LAST)
    decide_request(request_id=request.pk, version=request.version, approve=True, actor=office.approver, at=FIRST)
    assert (left(office, YEAR), left(office, NEXT)) == (GIVEN, GIVEN - 30_000)
    take_back(request_id=request.pk, actor=office.buyer, at=FIRST)
    assert (left(office, YEAR), left(office, NEXT)) == (GIVEN, GIVEN)
    assert agree()


def test_finance_sets_the_next_years_budget_and_the_page_says_when_the_year_moves(office, listing, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: LAST)
    page = as_(office.finance).post(
        f"/units/settings/?year={NEXT}", {"what": "budget", "amount": "7", "key": "k", "fund": "union"}
    )
    assert (page.status_code, left(office, NEXT, ":union"), left(office, NEXT)) == (302, 700, GIVEN)
    request = drafted(office, listing)
    submit_request(request_id=request.pk, version=request.version, actor=office.buyer, at=LAST)
    decide_request(request_id=request.pk, version=request.version, approve=True, actor=office.approver, at=LAST)
    url = f"/units/requests/{request.number}/"
    assert "year-moves" not in as_(office.buyer).get(url).content.decode()
    monkeypatch.setattr("django.utils.timezone.now", lambda: FIRST)
    assert "year-moves" in as_(office.buyer).get(url).content.decode()
