"""Every order of a unit with a confirmed declaration counts once, whatever was moved, cancelled, accepted or given back."""

import io
import random
import re
from datetime import datetime, timedelta

import pytest
from openpyxl import load_workbook

from procurement.models import QuotaDeclaration, UnitOrder
from procurement.operations.accepting import accept_goods
from procurement.queries.quota import board, order_page
from procurement.queries.rates import all_order_parts, rate_of
from procurement.rules.quota import counted_fen, counts_at
from shop.accounts.models import Organisation
from shop.core import projections
from shop.sales.states import OrderState
from tests.api.conftest import program_of
from tests.factories import AT, make_listing
from tests.sales.selling import lines_of, ship

from .happening import happen
from .offices import YEAR, amount, as_, confirm, declaration_of, declared, figure, make_office, ordered, shares

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]
START = AT - timedelta(days=90)


@pytest.fixture
def above():
    return make_office(kind="supervising")


def accepted(office, listing, pieces, **facts):
    (order,) = ordered(office, (listing, pieces), **facts)
    ship(order)
    accept_goods(order_id=order.pk, accepted={lines_of(order)[0].pk: pieces}, actor=office.buyer, at=AT)
    return order


@pytest.fixture
def sharing(above, listing):
    """A host, a guest that shares its canteen and bought with its union's money, and a unit without a declaration."""
    host, guest, undeclared = (make_office(above.unit, budget_fen=10_000_000) for _n in range(3))
    declared(host, 1_000_000, by=above.approver)
    declared(guest, 400_000, by=above.approver)
    accepted(host, listing, 20)
    accepted(guest, listing, 5)
    accepted(guest, listing, 3, fund="union")
    accepted(undeclared, listing, 7)
    return host, guest, undeclared


def test_union_orders_stay_in_the_rate_when_the_canteen_becomes_shared_and_back(above, sharing):
    _host, guest, undeclared = sharing
    before = board(above.unit, YEAR, AT.date()).top
    assert (before.amounts.fulfilled, str(before.amounts.rate), before.apart.fulfilled) == (280_000, "66.66", 70_000)
    confirm(shares(guest, sharing[0], change_reason="合并食堂"), by=above.approver)
    found = board(above.unit, YEAR, AT.date())
    assert (found.top.amounts, found.top.apart) == (before.amounts, before.apart)
    assert [row.unit for row in found.apart] == [undeclared.unit]
    assert rate_of(above.unit, YEAR, AT).together.counted == before.amounts
    confirm(declaration_of(guest, 400_000, change_reason="分开"), by=above.approver)
    assert board(above.unit, YEAR, AT.date()).top.amounts == before.amounts


def test_who_declared_that_nothing_is_reserved_is_counted_and_not_apart(above, listing):
    other, without = (make_office(above.unit, budget_fen=10_000_000) for _n in range(2))
    declared(other, 1_000_000, by=above.approver)
    declared(without, 0, canteen="none", note="无食堂", by=above.approver)
    accepted(without, listing, 3, fund="union")
    found = board(above.unit, YEAR, AT.date())
    assert (found.apart, found.top.amounts.fulfilled, found.top.apart.fulfilled) == ([], 30_000, 0)


def yuan(text):
    return int(re.sub(r"[¥,.\s]", "", text))


def cells(page, testid):
    return [yuan(each) for each in re.findall(rf'data-testid="{testid}"[^>]*>\s*(¥[\d,.]+)', page.content.decode())]


def test_every_total_of_the_board_is_the_sum_of_its_rows_on_every_door(above, sharing):
    host, guest, undeclared = sharing
    confirm(shares(guest, host, change_reason="合并食堂"), by=above.approver)
    Organisation.objects.filter(pk=above.unit.organisation_id).update(kind=Organisation.Kind.SUPERVISING_UNIT)
    page = as_(above.buyer).get(f"/units/board/?year={YEAR}")
    assert sorted(cells(page, "board-fulfilled")) == [30_000, 250_000]  # By name, which is a number here.
    assert figure(page, "quota-fulfilled") == figure(page, "together-fulfilled") == "¥2,800.00"
    assert cells(page, "apart-fulfilled") == [70_000]
    assert figure(page, "apart-together") == "¥700.00"
    assert host.unit.organisation.name_zh in page.content.decode().split('data-testid="shared-row"')[1][:400]

    items = program_of(above.approver).get(f"/units/board?year={YEAR}").data["items"]
    whole, *rows = items
    counted = [yuan(row["quota"]["fulfilled"]) for row in rows if row["is_counted"]]
    apart = [yuan(row["apart"]["fulfilled"]) for row in rows if not row["is_counted"]]
    assert (yuan(whole["quota"]["fulfilled"]), yuan(whole["apart"]["fulfilled"])) == (sum(counted), sum(apart))
    assert [row["unit"] for row in rows if not row["is_counted"]] == [undeclared.unit.pk]

    file = as_(above.buyer).get(f"/units/rate/file.xlsx?year={YEAR}")
    _figures, units, orders, _reserved = load_workbook(io.BytesIO(b"".join(file))).worksheets
    parts = [(row[1], row[7]) for row in units.iter_rows(min_row=2, values_only=True)]
    assert sum(fen for is_counted, fen in parts if is_counted == "是") == 2800
    assert sum(row[6] for row in orders.iter_rows(min_row=2, values_only=True)) == 2800
    opened = as_(above.buyer).get(f"/units/board/{above.unit.pk}/orders/?year={YEAR}&kind=fulfilled")
    assert (figure(opened, "figure"), amount(opened, "figure")) == ("¥2,800.00", "¥2,800.00")
    opened = as_(above.buyer).get(f"/units/board/{above.unit.pk}/orders/?year={YEAR}&kind=fulfilled&set=apart")
    assert figure(opened, "figure") == "¥700.00"


@pytest.mark.parametrize("seed", range(3))
def test_each_order_counts_exactly_once_whatever_happens(above, seed):
    chance = random.Random(seed)
    listing = make_listing(price_fen=1_003, stock=5_000)
    offices = [make_office(above.unit, budget_fen=50_000_000) for _n in range(3)]
    remembered: list[tuple[datetime, int, int]] = []
    for turn in range(28):
        at = START + timedelta(days=3 * turn)
        happen(chance, offices, above, [listing], at)
        counted, apart = _expected()
        found = board(above.unit, YEAR, AT.date())
        assert _traded(found.top.amounts) == counted
        assert _traded(found.top.apart) == apart
        assert sum(_traded(row.own) for row in found.rows if row.is_confirmed) == counted
        assert sum(_traded(row.own) for row in found.apart) == apart
        assert found.top.amounts.reserved == sum(_reserved())
        rate = rate_of(above.unit, YEAR, at)
        assert (_traded(rate.together.counted), rate.together.counted.reserved) == (counted, sum(_reserved()))
        assert sum(part.committed + part.fulfilled for part in all_order_parts(rate)) == counted
        remembered.append((at, counted, found.top.amounts.reserved))
    assert order_page(above.unit, YEAR, "", "", 1)[1].fen == counted
    assert order_page(above.unit, YEAR, "", "", 1, apart=True)[1].fen == apart
    # As it was at each earlier moment.
    for at, fen, reserved in remembered:
        together = rate_of(above.unit, YEAR, at).together.counted
        assert (_traded(together), together.reserved) == (fen, reserved)
    assert [each for _name, each in projections.run_all() if each] == []


def _traded(amounts):
    return amounts.committed + amounts.fulfilled


def _expected():
    """What the raw orders count: of units with a confirmed declaration, and of the others."""
    sums = {True: 0, False: 0}
    confirmed = set(QuotaDeclaration.objects.filter(in_force__isnull=False).values_list("unit_id", flat=True))
    for row in UnitOrder.objects.select_related("order"):
        order = row.order
        sums[row.unit_id in confirmed] += counted_fen(
            order.total_fen, order.refunded_fen, order.waived_fen, is_cancelled=order.state == OrderState.CANCELLED
        )
    return sums[True], sums[False]


def _reserved():
    for row in QuotaDeclaration.objects.filter(in_force__isnull=False).select_related("in_force"):
        yield from counts_at(row.in_force).values()


def test_a_rate_just_below_a_line_is_shown_below_it_on_every_door(above):
    """2,124,900 of 2,500,000 is 84.996 %: rounded it would stand at a line of 85 that was not reached."""
    office = make_office(above.unit, budget_fen=10_000_000)
    declared(office, 8_333_333, by=above.approver)
    accepted(office, make_listing(price_fen=212_490, stock=50), 10)
    Organisation.objects.filter(pk=above.unit.organisation_id).update(kind=Organisation.Kind.SUPERVISING_UNIT)
    board_page = as_(above.buyer).get(f"/units/board/?year={YEAR}")
    home = as_(office.buyer).get(f"/units/?year={YEAR}").content.decode()
    rate_page = as_(office.buyer).get(f"/units/rate/?year={YEAR}")
    assert (figure(board_page, "fulfilment-rate"), figure(board_page, "board-rate")) == ("84.99 %", "84.99 %")
    assert (figure(rate_page, "rate"), "84.99" in home) == ("84.99 %", True)
    for page in (board_page.content.decode(), home, rate_page.content.decode()):
        assert "85.00" not in page
    file = load_workbook(io.BytesIO(b"".join(as_(office.buyer).get(f"/units/rate/file.xlsx?year={YEAR}"))))
    figures = {row[0]: row[1] for row in file.worksheets[0].iter_rows(values_only=True)}
    assert [value for name, value in figures.items() if str(name).startswith("完成率")] == [84.99]
    quota = program_of(office.buyer).get(f"/units/quota?year={YEAR}").data
    top = program_of(above.approver).get(f"/units/board?year={YEAR}").data["items"][0]
    assert (quota["whole"]["rate"], quota["pace"]["rate"]) == ("84.99", "84.99")
    assert (top["quota"]["rate"], top["pace"]["rate"]) == ("84.99", "84.99")
