"""What was taken off a unit's orders: its quota and the supervising unit's report of sales are parts of one figure."""

import random

import pytest
from django.contrib.auth.models import Group
from django.db.models import Q

from procurement import books
from procurement.models import UnitOrder
from procurement.operations.accepting import accept_goods
from procurement.operations.paying import pay_in_demo
from procurement.queries.quota import amounts_of, order_page
from shop.accounts import roles
from shop.accounts.models import Organisation
from shop.sales.models import OrderFacts
from shop.sales.operations.closing import cancel_order
from shop.sales.periods import Period
from shop.sales.queries.reports import TakenOff, report, taken_off, taken_off_units
from shop.sales.queries.reports.scopes import Scope
from tests.api.conftest import program_of
from tests.factories import AT, make_freight, make_listing
from tests.sales.selling import lines_of, ship

from .happening import happen
from .offices import YEAR, as_, declared, figure, make_office, ordered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]
YEAR_LONG = Period(AT.date().replace(month=1, day=1), AT.date().replace(month=12, day=31))


@pytest.fixture
def above():
    return make_office(kind="supervising")


def reversed_of(unit):
    return sum(each.reversed for each in amounts_of([unit.pk], YEAR)[unit.pk].values())


def sold(scope, **facts):
    return report(
        dimension="unit", since=YEAR_LONG.since, until=YEAR_LONG.until, scope=scope, at=AT, **facts
    ).total.taken_fen


@pytest.mark.parametrize("seed", range(3))
def test_the_reversed_of_a_unit_is_the_reports_deduction_and_its_other_parts(above, seed):
    chance = random.Random(seed)
    listings = [make_listing(price_fen=1_003, stock=5_000), make_listing(price_fen=780, stock=5_000)]
    make_freight(listings[0].supplier)
    offices = [make_office(above.unit, budget_fen=50_000_000) for _n in range(2)]
    for office in offices:
        declared(office, 1_000_000, by=above.approver)
    for _turn in range(24):
        happen(chance, offices, above, listings, AT, amends=False)
    scope = Scope(units=tuple(str(each.unit.pk) for each in offices))
    for office in offices:
        own = Scope(units=(str(office.unit.pk),))
        taken = taken_off_units(YEAR_LONG, own)
        assert taken == taken_off(Q(pk__in=UnitOrder.objects.filter(unit=office.unit).values("pk")))
        assert taken.goods_fen == sold(own)
        assert taken.whole_fen == reversed_of(office.unit)
        assert order_page(office.unit, YEAR, books.REVERSED, "", 1)[1].taken == taken
        assert min(taken.goods_fen, taken.freight_fen, taken.unsold_fen) >= 0
    whole = taken_off_units(YEAR_LONG, scope)
    assert whole.whole_fen == sum(reversed_of(each.unit) for each in offices)
    assert whole.goods_fen == sold(scope)


@pytest.fixture
def parted(above):
    """A unit with an order that was refused whole (it had freight), and one that was cancelled before it was paid."""
    office = make_office(above.unit, budget_fen=50_000_000)
    declared(office, 1_000_000, by=above.approver)
    Organisation.objects.filter(pk=above.unit.organisation_id).update(kind=Organisation.Kind.SUPERVISING_UNIT)
    for user in (above.buyer, above.approver):
        user.groups.add(Group.objects.get_or_create(name=roles.SUPERVISING)[0])
    listing = make_listing(price_fen=1_000, stock=100)
    make_freight(listing.supplier, {"storage_class": "ambient", "first_fen": 500, "step_fen": 0})
    paid, unpaid = (ordered(office, (listing, 4), terms="prepaid")[0] for _n in range(2))
    pay_in_demo(request_id=UnitOrder.objects.get(pk=paid.pk).request_id, actor=office.finance, at=AT)
    cancel_order(order_id=unpaid.pk, actor=office.buyer, at=AT, through="unit")
    ship(OrderFacts.objects.get(pk=paid.pk))
    accept_goods(order_id=paid.pk, accepted={lines_of(paid)[0].pk: 0}, note="烂了", actor=office.buyer, at=AT)
    return office


def test_pages_files_and_programs_name_the_parts_of_what_was_taken_off(above, parted):
    expected = TakenOff(goods_fen=4_000, freight_fen=500, unsold_fen=4_500)
    assert taken_off_units(YEAR_LONG, Scope(units=(str(parted.unit.pk),))) == expected
    page = as_(parted.buyer).get(f"/units/orders/?year={YEAR}&kind=reversed")
    parts = [figure(page, f"taken-{part}") for part in ("goods", "freight", "unsold")]
    assert (figure(page, "figure"), parts) == ("¥90.00", ["¥40.00", "¥5.00", "¥45.00"])
    assert 'data-testid="taken-report"' not in page.content.decode()
    rate = as_(parted.buyer).get(f"/units/rate/?year={YEAR}")
    assert figure(rate, "rate-reversed") == "¥90.00"
    shown = as_(above.buyer).get(f"/reports/unit/?since={YEAR}-01-01&until={YEAR}-12-31")
    assert figure(shown, "total-taken") == "¥40.00"
    beside = "另有运费 ¥5.00、未计入销售的订单 ¥45.00，份额已退减合计 ¥90.00"
    assert beside in figure(shown, "taken-beside")
    url = f"/units/board/{parted.unit.pk}/orders/?year={YEAR}&kind=reversed"
    opened = as_(above.buyer).get(url).content.decode()
    link = opened.split('data-testid="taken-report"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    lines = as_(above.buyer).get(link)
    assert (figure(lines, "figure-taken"), beside in figure(lines, "taken-beside")) == ("¥40.00", True)
    read = program_of(above.approver).get(f"/reports/sales?by=unit&since={YEAR}-01-01&until={YEAR}-12-31").data
    assert (read["total"]["taken"], read["taken_off"]) == (
        "40.00", {"goods": "40.00", "freight": "5.00", "unsold": "45.00", "whole": "90.00", "currency": "CNY"},
    )  # fmt: skip
    listed = program_of(parted.buyer).get(f"/units/orders?year={YEAR}&kind=reversed").data
    assert (listed["figure"], listed["reversed"]["goods"], listed["reversed"]["unsold"]) == ("90.00", "40.00", "45.00")
    assert program_of(parted.buyer).get(f"/units/orders?year={YEAR}").data["reversed"] is None
