"""The lines behind a figure: they add up to it, and each reader gets their own."""

from decimal import Decimal

import pytest

from shop.accounts.models import Membership
from tests.factories import AT, make_user
from tests.sales.reporting import random_orders, sell, staff, two_counties
from tests.sales.selling import pay

from .conftest import Program, program_of

pytestmark = pytest.mark.django_db
SPAN = "since=2026-01-01&until=2026-12-31"


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)


def lines_of(program: Program, query: str) -> tuple[dict[str, object], list[dict[str, str]], int]:
    """Return the answer's head, all its lines, and how many pages they came in."""
    rows, cursor, pages = [], "", 0
    while cursor is not None:
        found = program.get(f"/reports/sales/lines?{SPAN}&{query}&limit=50&cursor={cursor}").data
        rows += found["items"]
        cursor, pages = found["next_cursor"], pages + 1
    return found, rows, pages


def test_the_lines_of_every_row_add_up_to_it() -> None:
    pomelo, goat = two_counties()
    random_orders(7, [pomelo, goat], 40)
    program = program_of(staff())
    for by in ("county", "channel"):
        report = program.get(f"/reports/sales?{SPAN}&by={by}").data
        for row in [*report["items"], report["total"] | {"key": "", "name": ""}]:
            found, lines, pages = lines_of(program, f"by={by}&key={row['key']}")
            assert {name: found["total"][name] for name in ("net", "taken", "pieces", "orders")} == {
                name: row[name] for name in ("net", "taken", "pieces", "orders")
            }
            assert found["name"] == row["name"]
            assert sum(Decimal(line["net"]) for line in lines) == Decimal(row["net"])
            assert sum(line["pieces"] for line in lines) == row["pieces"]
            assert pages == max(1, -(-len(lines) // 50))
    # Of the whole, asked last.
    assert pages > 1
    _found, taken, _pages = lines_of(program, "only=taken")
    assert taken
    assert all(line["taken"] != "0.00" for line in taken)


def test_each_reader_gets_their_own_and_no_persons_name() -> None:
    pomelo, goat = two_counties()
    pay(sell((pomelo, 2), (goat, 1), key="shop"))
    member = make_user()
    Membership.objects.create(user=member, organisation=pomelo.supplier.organisation, role="owner")
    own = program_of(member)
    _found, (line,), _pages = lines_of(own, "by=county")
    assert (line["supplier"], line["buyer"], line["net"]) == (pomelo.supplier.name_en, "周**", "20.00")
    foreign = own.get(f"/reports/sales/lines?by=supplier&key={goat.supplier_id}")
    assert (foreign.status_code, foreign.data["code"]) == (404, "not_found")
    buyer = program_of(make_user())
    assert buyer.get("/reports/sales/lines").data["code"] == "scope_missing"
    assert own.get("/reports/sales/lines?by=moon").data["errors"][0]["field"] == "by"
    assert own.get("/reports/sales/lines?since=2026-11-02&until=2026-11-01").data["errors"][0]["field"] == "since"
    assert own.get("/reports/sales/lines?cursor=invented").data["code"] == "invalid_cursor"
    assert own.get("/reports/sales/lines?by=supplier&key=nobody").data["code"] == "not_found"
