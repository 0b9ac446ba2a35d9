"""Sums of rates: the same units above and below the line; every percentage opens to what it stands on."""

import io
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from procurement.operations.accepting import accept_goods
from procurement.queries.quota import board, order_page
from procurement.queries.rates import order_parts, rate_of
from procurement.rules.quota import Amounts, add_up, counted_fen, fulfilment_rate
from shop.core import projections
from shop.sales.operations.closing import cancel_order
from tests.api.conftest import program_of
from tests.factories import AT
from tests.sales.selling import lines_of, ship

from .offices import YEAR, as_, declaration_of, declared, figure, make_office, ordered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]
money = st.integers(min_value=0, max_value=10**12)
amounts = st.builds(Amounts, st.one_of(st.just(0), money), money, money, money)
# Nothing is reserved before a declaration is confirmed; a confirmed one may reserve nothing.
parts = st.one_of(
    st.tuples(amounts, st.just(True)),
    st.tuples(st.builds(Amounts, st.just(0), money, money, money), st.just(False)),
)


@given(st.lists(parts, max_size=12))
def test_a_sums_rate_has_the_same_units_above_and_below(units):
    found = add_up(units)
    counted = [each for each, is_confirmed in units if is_confirmed]

    assert found.counted.fulfilled == sum(each.fulfilled for each in counted)
    assert found.counted.rate == fulfilment_rate(found.counted.fulfilled, sum(each.reserved for each in counted))
    whole = sum((each for each, _is_confirmed in units), Amounts())
    assert (found.apart.reserved, found.counted + found.apart) == (0, whole)
    if counted and all(each.reserved for each in counted):
        rates = [each.fulfilled / each.reserved for each in counted]
        assert min(rates) * 100 - 0.01 <= float(found.counted.rate) <= max(rates) * 100 + 0.01


def accepted(office, listing, pieces, *, short=0):
    (order,) = ordered(office, (listing, pieces))
    ship(order)
    accept_goods(order_id=order.pk, accepted={lines_of(order)[0].pk: pieces - short}, actor=office.buyer, at=AT)
    return order


@pytest.fixture
def tree(listing):
    """An office and a unit above two: one declared (42,000 reserved), the other waits; both bought."""
    top = make_office(kind="finance_office")
    middle = make_office(top.unit, kind="supervising")
    good, undeclared = (make_office(middle.unit, budget_fen=10_000_000) for _n in range(2))
    declared(good, 14_000_000, by=middle.approver)
    declaration_of(undeclared, 9_000_000)
    accepted(good, listing, 50, short=1)
    accepted(undeclared, listing, 30)
    return top, middle, good, undeclared


def test_a_unit_without_a_confirmed_declaration_moves_no_rate(tree):
    top, middle, _good, undeclared = tree
    for unit in (top.unit, middle.unit):
        found = board(unit, YEAR, AT.date())
        assert (found.top.amounts.fulfilled, found.top.amounts.reserved) == (490_000, 4_200_000)
        assert found.top.amounts.rate == Decimal("11.66")  # 18.80 with the other's 300,000 above the line alone
        assert (found.top.apart.fulfilled, found.top.pace.rate_bp) == (300_000, 1166)
        assert [row.unit for row in found.apart] == [undeclared.unit]
    page = as_(top.buyer).get("/units/board/")
    assert figure(page, "fulfilment-rate") == "11.66 %"
    assert (figure(page, "apart-fulfilled"), figure(page, "apart-together")) == ("¥3,000.00", "¥3,000.00")
    for figures, orders in ((("", "¥4,900.00"), 1), (("&set=apart", "¥3,000.00"), 1)):
        listed = as_(top.buyer).get(f"/units/board/{middle.unit.pk}/orders/?kind=fulfilled{figures[0]}")
        assert figure(listed, "figure") == figures[1]
        assert listed.content.decode().count('data-testid="unit-order"') == orders


def test_the_api_adds_up_like_the_board(tree):
    top, middle, good, undeclared = tree
    items = {each["unit"]: each for each in program_of(top.buyer).get("/units/board").data["items"]}
    assert (items[middle.unit.pk]["quota"]["rate"], items[middle.unit.pk]["apart"]["fulfilled"]) == ("11.66", "3000.00")
    assert (items[good.unit.pk]["is_counted"], items[undeclared.unit.pk]["is_counted"]) == (True, False)
    rate = program_of(top.buyer).get(f"/units/rate?below={middle.unit.pk}").data
    assert (rate["quota"]["rate"], [each["is_counted"] for each in rate["units"]]) == ("11.66", [True, False])
    assert [(each["fulfilled"], each["reversed"]) for each in rate["items"]] == [("4900.00", "100.00")]


def test_a_percentage_opens_to_its_declarations_orders_and_rule_at_any_day(tree, listing):
    top, _middle, good, _undeclared = tree
    found = rate_of(top.unit, YEAR, AT)
    assert found.together.counted.rate == Decimal("11.66")
    assert [(part.snapshot.version, part.snapshot.ratio_bp) for part in found.counted] == [(1, 3000)]
    orders = list(order_parts(found, 1))
    assert [(each.fulfilled, each.reversed) for each in orders] == [(490_000, 10_000)]
    assert rate_of(top.unit, YEAR, AT - timedelta(days=1)).together.counted == Amounts()

    page = as_(top.buyer).get(f"/units/rate/?year={YEAR}")
    assert (figure(page, "rate"), figure(page, "rate-traded")) == ("11.66 %", "¥4,900.00")
    assert "30 %" in page.content.decode()
    file = as_(top.buyer).get(f"/units/rate/file.xlsx?year={YEAR}")
    book = load_workbook(io.BytesIO(b"".join(file)))
    assert [sheet.max_row for sheet in book.worksheets] == [14, 3, 2, 2]
    assert as_(good.buyer).get(f"/units/rate/?unit={top.unit.pk}").status_code == 404
    assert figure(as_(good.buyer).get("/en/units/rate/"), "rate") == "11.66 %"
    assert [each for _name, each in projections.run_all() if each] == []


def test_a_cancelled_order_counts_for_nothing_on_every_door(office, listing):
    (order,) = ordered(office, (listing, 5))
    cancel_order(order_id=order.pk, actor=office.buyer, at=AT, through="unit")
    shown = program_of(office.buyer).get(f"/units/orders/{order.order.number}").data
    assert (shown["total"], shown["counted"], shown["deducted"]) == ("500.00", "0.00", "500.00")
    assert figure(as_(office.buyer).get(f"/units/orders/{order.order.number}/"), "counted") == "¥0.00"
    assert order_page(office.unit, YEAR, "", "", 1)[1].fen == 0
    assert order_page(office.unit, YEAR, "reversed", "", 1)[1].fen == 50_000
    assert counted_fen(10_000, 0, 0, is_cancelled=True) == 0


def test_what_is_reserved_adds_up_from_its_bases_on_every_door(listing):
    top = make_office(kind="supervising")
    unit = make_office(top.unit)
    declared(unit, 1_000_000, by=top.approver, union_fen=70_000)
    parts = ["¥10,000.00 × 30 % = ¥3,000.00", "¥700.00 × 100 % = ¥700.00"]
    page = as_(unit.buyer).get(f"/units/rate/?year={YEAR}")
    text = " ".join(page.content.decode().split())
    assert ([part in text for part in parts], figure(page, "rate-reserved")) == ([True, True], "¥3,700.00")
    declaration = " ".join(as_(unit.buyer).get(f"/units/declaration/?year={YEAR}").content.decode().split())
    declaration = re.sub(r"<[^>]+>", "", declaration)
    assert [part.split(" =")[0] in declaration for part in parts] == [True, True]
    file = load_workbook(io.BytesIO(b"".join(as_(unit.buyer).get(f"/units/rate/file.xlsx?year={YEAR}"))))
    assert [row[2:5] for row in file.worksheets[3].iter_rows(min_row=2, values_only=True)] == [
        (10_000, "30 %", 3_000), (700, "100 %", 700),
    ]  # fmt: skip
    (one,) = program_of(unit.buyer).get(f"/units/rate?year={YEAR}").data["units"]
    assert [each["reserved"] for each in one["reserved_parts"]] == ["3000.00", "700.00"]
    assert one["quota"]["reserved"] == "3700.00"


def test_a_day_that_is_none_is_said_to_be_none(listing):
    unit = make_office()
    for path in ("/units/rate/?on=2026-02-30", "/units/rate/file.xlsx?on=2026-02-30"):
        page = as_(unit.buyer).get(path)
        assert (page.status_code, "“2026-02-30”不是有效日期" in page.content.decode()) == (422, True)
    assert as_(unit.buyer).get("/units/rate/?on=").status_code == 200


def test_what_is_missing_together_says_that_it_is_each_units_own(tree):
    page = as_(tree[0].buyer).get(f"/units/board/?year={YEAR}").content.decode()
    assert "各单位差额之和" in page


def test_each_version_of_a_declaration_adds_up_from_its_parts_by_the_api():
    top = make_office(kind="supervising")
    unit = make_office(top.unit)
    declared(unit, 1_000_000, by=top.approver, union_fen=70_000)
    declared(unit, 1_000_000, by=top.approver, union_fen=90_000, change_reason="追加慰问")
    program = program_of(unit.buyer)
    versions = program.get(f"/units/declaration/versions?year={YEAR}").data["items"]
    parts = [[each["reserved"] for each in version["reserved_parts"]] for version in versions]
    assert parts == [["3000.00", "900.00"], ["3000.00", "700.00"]]
    assert [sum(map(Decimal, each)) for each in parts] == [Decimal(version["reserved"]) for version in versions]
    now = program.get(f"/units/quota?year={YEAR}").data["declaration"]
    assert (now["reserved"], now["reserved_parts"]) == ("3900.00", versions[0]["reserved_parts"])
