"""What a board says it counts, and what confirmed versions say where no rule stands behind a plan."""

import re

import pytest

from .offices import as_, confirm, declared, make_office, ordered, shares

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]


def test_a_board_counts_the_union_orders_of_a_confirmed_unit_that_reserves_nothing_and_says_so(listing):
    above = make_office(kind="supervising")
    host, guest = make_office(above.unit, budget_fen=1_000_000), make_office(above.unit, budget_fen=1_000_000)
    declared(host, 1_000_000, by=above.approver)
    confirm(shares(guest, host), by=above.approver)
    ordered(guest, (listing, 2), fund="union")
    page = as_(above.approver).get("/units/board/").content.decode()
    committed = re.search(r'data-testid="quota-committed">([^<]+)<', page).group(1)
    assert (committed, "工会订单同样计入" in page) == ("¥200.00", True)


def test_a_confirmed_version_shows_no_empty_brackets_for_a_plan_without_a_rule():
    above = make_office(kind="supervising")
    office = make_office(above.unit)
    declared(office, 1_000_000, by=above.approver, union_fen=4_700_000)
    page = as_(office.buyer).get("/units/declaration/").content.decode()
    versions = re.sub(r"<[^>]+>|\s+", " ", page.split('data-testid="declared-versions"')[1])
    assert ("¥47,000.00 × 100 %" in re.sub(" +", " ", versions), re.search(r"\(\s*\)", versions)) == (True, None)
