"""A day, an office below another with budget and quota, and goods to order, for the tests that want them."""

import pytest

from tests.factories import AT, make_listing

from .offices import declared, make_office


@pytest.fixture
def that_day(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)


@pytest.fixture
def listing():
    return make_listing(price_fen=10_000, stock=200)


@pytest.fixture
def office():
    above = make_office(kind="supervising")
    office = make_office(above.unit, budget_fen=10_000_000)
    declared(office, 14_000_000, by=above.approver)
    office.above = above
    return office
