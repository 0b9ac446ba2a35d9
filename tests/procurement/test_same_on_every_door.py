"""One unit, one year, one set of figures: home, rate, file, lists, board, report and programs all say the same."""

import csv
import io
import random
from dataclasses import dataclass

import pytest
from django.contrib.auth.models import Group
from openpyxl import load_workbook

from procurement.models import QuotaDeclaration, UnitOrder
from procurement.rules.quota import counted_fen, counts_at, fulfilment_rate
from shop.accounts import roles
from shop.accounts.models import Organisation
from shop.core import projections
from shop.core.money import in_yuan, to_yuan
from shop.sales.states import OrderState
from tests.api.conftest import program_of
from tests.factories import AT, make_freight, make_listing

from .happening import happen
from .offices import YEAR, as_, declared, figure, make_office

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]
SIDES = ("reserved", "committed", "fulfilled", "reversed", "remaining")


@dataclass
class Told:
    """What a unit's figures have to be, worked out from its declarations and orders, in 分."""

    reserved: int = 0
    committed: int = 0
    fulfilled: int = 0
    reversed: int = 0

    @property
    def remaining(self):
        return max(0, self.reserved - self.committed - self.fulfilled)

    @property
    def rate(self):
        return fulfilment_rate(self.fulfilled, self.reserved)

    @property
    def yuan(self):
        return {side: str(to_yuan(getattr(self, side))) for side in SIDES}

    @property
    def shown(self):
        return {side: in_yuan(getattr(self, side)) for side in SIDES}


def told_of(office):
    told = Told()
    for row in QuotaDeclaration.objects.filter(in_force__isnull=False).select_related("in_force"):
        told.reserved += sum(
            fen for (unit_id, _fund), fen in counts_at(row.in_force).items() if unit_id == office.unit.pk
        )
    for row in UnitOrder.objects.filter(counts_for=office.unit).select_related("order"):
        order = row.order
        is_cancelled = order.state == OrderState.CANCELLED
        counts = counted_fen(order.total_fen, order.refunded_fen, order.waived_fen, is_cancelled=is_cancelled)
        side = "fulfilled" if order.state == OrderState.COMPLETED else "committed"
        setattr(told, side, getattr(told, side) + counts)
        told.reversed += order.total_fen - counts
    return told


@pytest.fixture
def above():
    above = make_office(kind="supervising")
    Organisation.objects.filter(pk=above.unit.organisation_id).update(kind=Organisation.Kind.SUPERVISING_UNIT)
    for user in (above.buyer, above.approver):
        user.groups.add(Group.objects.get_or_create(name=roles.SUPERVISING)[0])
    return above


@pytest.mark.parametrize("seed", range(2))
def test_a_units_figures_are_the_same_on_every_door(above, seed):
    chance = random.Random(seed)
    listings = [make_listing(price_fen=price, stock=5_000) for price in (1_003, 780)]
    make_freight(listings[0].supplier)
    offices = [make_office(above.unit, budget_fen=50_000_000) for _n in range(2)]
    for office in offices:
        declared(office, 300_000, by=above.approver)
    for _turn in range(36):
        happen(chance, offices, above, listings, AT)
    told = {office.unit.pk: told_of(office) for office in offices}
    assert any(each.reversed for each in told.values())
    for office in offices:
        _own_doors(office, told[office.unit.pk])
    _doors_above(above, offices, told)
    assert [each for _name, each in projections.run_all() if each] == []


def _own_doors(office, told):
    client, program = as_(office.buyer), program_of(office.buyer)
    home = client.get(f"/units/?year={YEAR}")
    for side in ("reserved", "committed", "fulfilled", "remaining"):
        assert figure(home, f"quota-{side}") == told.shown[side], side
    assert figure(home, "fulfilment-rate") == ("–" if told.rate is None else f"{told.rate} %")
    said = figure(home, "quota-reversed")
    assert told.shown["reversed"] in said if told.reversed else said == "没有退减"

    rate = client.get(f"/units/rate/?year={YEAR}")
    shown = [figure(rate, name) for name in ("rate-reserved", "rate-traded", "rate-reversed", "rate")]
    assert shown[:3] == [told.shown[side] for side in ("reserved", "fulfilled", "reversed")]
    assert shown[3] == figure(home, "fulfilment-rate")
    for side in ("committed", "fulfilled", "reversed"):
        opened = client.get(f"/units/orders/?year={YEAR}&kind={side}")
        assert figure(opened, "figure") == told.shown[side], side
        assert program.get(f"/units/orders?year={YEAR}&kind={side}").data["figure"] == told.yuan[side], side

    book = load_workbook(io.BytesIO(b"".join(client.get(f"/units/rate/file.xlsx?year={YEAR}"))))
    figures = {row[0]: row[1] for row in book.worksheets[0].iter_rows(values_only=True)}
    names = {"reserved": "预留", "committed": "已签约未验收", "fulfilled": "已验收", "reversed": "已退减"}
    for side, name in names.items():
        assert f"{figures[name]:.2f}" == told.yuan[side], side
    orders = list(book.worksheets[2].iter_rows(min_row=2, values_only=True))
    for column, side in enumerate(("committed", "fulfilled", "reversed"), start=5):
        assert f"{sum(row[column] for row in orders):.2f}" == told.yuan[side], side

    quota = program.get(f"/units/quota?year={YEAR}").data
    assert {side: quota["whole"][side] for side in SIDES} == told.yuan
    assert quota["whole"]["rate"] == (None if told.rate is None else str(told.rate))
    read = program.get(f"/units/rate?year={YEAR}").data
    assert {side: read["quota"][side] for side in SIDES} == told.yuan
    settings = client.get(f"/units/settings/?year={YEAR}")
    for fund, testid in (("canteen", "budget-spent"), ("union", "budget-spent-union")):
        assert figure(settings, testid) == f"¥{float(quota['budgets'][fund]['spent']):,.2f}"


def _doors_above(above, offices, told):
    client, program = as_(above.buyer), program_of(above.approver)
    rows = {each["unit"]: each for each in program.get(f"/units/board?year={YEAR}").data["items"]}
    for pk, each in told.items():
        assert {side: rows[pk]["quota"][side] for side in SIDES} == each.yuan
        for side in ("committed", "fulfilled", "reversed"):
            opened = client.get(f"/units/board/{pk}/orders/?year={YEAR}&kind={side}")
            assert figure(opened, "figure") == each.shown[side], (pk, side)
    whole = {side: sum(getattr(each, side) for each in told.values()) for side in SIDES}
    board = client.get(f"/units/board/?year={YEAR}")
    for side in ("reserved", "committed", "fulfilled", "remaining"):
        assert figure(board, f"quota-{side}") == in_yuan(whole[side]), side
    page = board.content.decode()
    assert all(each.shown["fulfilled"] in page and each.shown["committed"] in page for each in told.values())

    period = f"since={YEAR}-01-01&until={YEAR}-12-31"
    report = client.get(f"/reports/unit/?{period}")
    read = program.get(f"/reports/sales?by=unit&{period}").data
    assert (figure(report, "total-taken"), read["taken_off"]["whole"]) == (
        in_yuan(round(float(read["taken_off"]["goods"]) * 100)),
        str(to_yuan(whole["reversed"])),
    )
    text = b"".join(client.get(f"/reports/unit/table.csv?{period}")).decode("utf-8-sig")
    last = list(csv.reader(io.StringIO(text)))[-1]
    assert f"{float(last[6]) + float(last[7]):.2f}" == read["taken_off"]["goods"]
    assert {row["key"] for row in read["items"]} <= {str(each.unit.pk) for each in offices}
