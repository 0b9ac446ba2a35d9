"""A year that an address or a form names is read as it stands, or refused: never taken for another."""

import pytest

from tests.factories import make_listing

from .offices import YEAR, as_, ask, make_office

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]


@pytest.mark.parametrize("year", ["abc", "2_26", "２０２６", "+2026", "0", "1999", "20260"])
def test_a_year_that_is_none_is_refused_and_nothing_saved(year):
    office = make_office(budget_fen=1_000_000)
    request = ask(office, (make_listing(), 1))
    before = (request.year, request.version)
    typed = {"fund": "union", "terms": "prepaid", "note": "", "year": year, "version": request.version}
    page = as_(office.buyer).post(f"/units/requests/{request.number}/facts/", typed)
    assert page.status_code == 422
    assert "请选今年或明年" in page.content.decode()
    request.refresh_from_db()
    assert (request.year, request.version) == before


@pytest.mark.parametrize("asked", [str(YEAR - 1), str(YEAR + 2), "abc", "+2026", "2_26"])
def test_settings_of_a_year_that_can_not_be_set_are_not_there(asked):
    office = make_office(budget_fen=1_000_000)
    assert as_(office.finance).get("/units/settings/", {"year": asked}).status_code == 404


@pytest.mark.parametrize("asked", [YEAR, YEAR + 1])
def test_settings_are_of_the_year_that_is_asked_for(asked):
    office = make_office(budget_fen=1_000_000)
    page = as_(office.finance).get("/units/settings/", {"year": asked})
    assert page.context["year"] == asked
