"""Without a rule of the reserved share for the year: words and a next step on every page and door, never a failure."""

import pytest

from procurement.models import QuotaPolicy
from tests.api.conftest import program_of

from .offices import YEAR, as_, make_office

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]
FACTS = {"canteen": "own", "canteen_spend": "1.00", "contact_name": "周敏", "contact_phone": "13800002046"}


@pytest.mark.parametrize("path", ["/units/", "/units/declaration/"])
@pytest.mark.parametrize("asked", [{}, {"year": YEAR + 1}])
def test_a_page_without_a_rule_says_who_sets_it(office, path, asked):
    QuotaPolicy.objects.update(until_year=YEAR - 1)
    page = as_(office.buyer).get(path, asked)
    shown = page.content.decode()
    assert page.status_code == 409
    assert ('data-testid="no-policy"' in shown, "平台工作人员" in shown, "set-policy" in shown) == (True, True, False)
    assert str(asked.get("year", YEAR)) in shown


def test_the_board_without_a_rule_says_who_sets_it(office):
    QuotaPolicy.objects.update(until_year=YEAR - 1)
    overseer = office.above.approver
    page = as_(overseer).get("/units/board/")
    assert (page.status_code, "no-policy" in page.content.decode()) == (409, True)
    # Another year that has one is a step away.
    assert as_(overseer).get("/units/board/", {"year": YEAR - 1}).status_code == 200


def test_a_declaration_without_a_rule_is_refused_in_words(office):
    QuotaPolicy.objects.update(until_year=YEAR - 1)
    page = as_(office.buyer).post("/units/declaration/", FACTS | {"version": "1", "change_reason": "改数"})
    assert (page.status_code, "no-policy" in page.content.decode()) == (409, True)


@pytest.mark.parametrize("path", ["/units/quota", "/units/board"])
def test_the_api_without_a_rule_says_its_code(office, path):
    QuotaPolicy.objects.update(until_year=YEAR - 1)
    person = make_office(kind="finance_office").buyer if path == "/units/board" else office.buyer
    answer = program_of(person).get(path)
    assert (answer.status_code, answer.data["code"]) == (409, "no_quota_policy")
    assert str(YEAR) in answer.data["detail"]
