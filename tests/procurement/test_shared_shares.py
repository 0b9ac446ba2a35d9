"""A shared canteen's share goes with its orders: a rate has the same canteens above and below its line, at every moment."""

import contextlib
import random

import pytest

from procurement.models import QuotaDeclaration
from procurement.operations.accepting import accept_goods
from procurement.operations.representing import answer_representation
from procurement.queries.quota import board, counted_orders, standing
from procurement.queries.rates import rate_of
from procurement.rules.quota import share_fen
from shop.accounts.models import Organisation
from shop.core import ledger, projections
from shop.core.errors import DomainError
from shop.sales.operations.closing import cancel_order
from tests.api.conftest import program_of
from tests.factories import AT
from tests.sales.selling import lines_of, ship

from .offices import YEAR, amount, as_, confirm, declaration_of, declared, figure, make_office, ordered, shares

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]


@pytest.fixture
def above():
    return make_office(kind="supervising")


@pytest.fixture
def host(above):
    """A unit with a canteen of its own, confirmed: 3,000 of 10,000 reserved."""
    host = make_office(above.unit, budget_fen=10_000_000)
    declared(host, 1_000_000, by=above.approver)
    return host


@pytest.fixture
def guest(above):
    """A unit with a canteen of its own, confirmed: 1,200 of 4,000 reserved."""
    guest = make_office(above.unit, budget_fen=10_000_000)
    declared(guest, 400_000, by=above.approver)
    return guest


def reserved(office):
    return ledger.balance(f"quota:{office.unit.pk}:{YEAR}:canteen:reserved")


def top(above):
    return board(above.unit, YEAR, AT.date()).top.amounts


def agree():
    return [each for _name, each in projections.run_all() if each] == []


def buys(office, listing, pieces):
    (order,) = ordered(office, (listing, pieces))
    ship(order)
    accept_goods(order_id=order.pk, accepted={lines_of(order)[0].pk: pieces}, actor=office.buyer, at=AT)
    return order


def test_a_share_goes_to_the_representative_at_the_moment_its_orders_do(above, host, guest, listing):
    buys(guest, listing, 5)
    before = top(above)
    assert (before.reserved, before.fulfilled) == (420_000, 50_000)

    waiting = declaration_of(guest, 0, canteen="shared", represented_by_id=host.unit.pk, change_reason="合并食堂")
    assert (waiting.canteen_spend_fen, waiting.passed_on_fen, waiting.reserved_fen) == (400_000, 120_000, 0)
    said = {"declaration_id": waiting.pk, "version": waiting.version, "accept": True}
    answer_representation(actor=host.approver, at=AT, **said)
    assert (reserved(host), reserved(guest), top(above)) == (300_000, 120_000, before)

    confirm(waiting, by=above.approver)
    assert (reserved(host), reserved(guest), top(above)) == (420_000, 0, before)
    assert board(above.unit, YEAR, AT.date()).rows[1].amounts.fulfilled == 50_000
    assert agree()

    confirm(declaration_of(guest, 500_000, canteen="own", change_reason="分开"), by=above.approver)
    assert (reserved(host), reserved(guest)) == (300_000, 150_000)
    assert agree()


def test_another_representative_takes_the_share_over(above, host, guest):
    other = make_office(above.unit)
    declared(other, 100_000, by=above.approver)
    confirm(shares(guest, host, change_reason="合并"), by=above.approver)
    confirm(shares(guest, other, change_reason="改由另一单位"), by=above.approver)
    assert [reserved(each) for each in (host, guest, other)] == [300_000, 0, 150_000]
    assert agree()


def test_an_amended_spend_asks_the_representative_anew(host, guest):
    asked = shares(guest, host, change_reason="合并食堂")
    QuotaDeclaration.objects.filter(pk=asked.pk).update(state="returned")
    anew = declaration_of(
        guest, 600_000, canteen="shared", represented_by_id=host.unit.pk, change_reason="人数增加",
    )  # fmt: skip
    assert (anew.accepted_at, anew.passed_on_fen) == (None, 180_000)


@pytest.mark.parametrize("seed", range(4))
def test_sharing_never_changes_what_is_reserved_together_unless_a_spend_was_confirmed(above, seed):
    chance = random.Random(seed)
    offices = [make_office(above.unit) for _ in range(3)]
    for office in offices:
        declared(office, chance.randrange(1, 10**6), by=above.approver)
    spends = {office.unit.pk: found(office).in_force.canteen_spend_fen for office in offices}
    for _ in range(12):
        office, host = chance.sample(offices, 2)
        with contextlib.suppress(DomainError):
            step(chance, office, host, above, spends)
        assert top(above).reserved == sum(share_fen(spend, 3000) for spend in spends.values())
    assert agree()


def found(office):
    return QuotaDeclaration.objects.select_related("in_force").get(unit=office.unit, year=YEAR)


def step(chance, office, host, above, spends):
    row = found(office)
    what = chance.choice(("share", "own", "answer", "decide", "decide"))
    if what == "share":
        declaration_of(office, 0, canteen="shared", represented_by_id=host.unit.pk, change_reason="合并")
    elif what == "own":
        declaration_of(office, chance.randrange(1, 10**6), change_reason="调整")
    elif what == "answer" and row.represented_by_id:
        by = next(each for each in (office, host) if each.unit.pk == row.represented_by_id)
        answer_representation(declaration_id=row.pk, version=row.version, accept=True, actor=by.buyer, at=AT)
    elif row.state == "submitted":
        spends[office.unit.pk] = confirm(row, by=above.approver).in_force.canteen_spend_fen


def test_pages_and_api_say_what_is_taken_over(above, host, guest):
    waiting = declaration_of(guest, 0, canteen="shared", represented_by_id=host.unit.pk, change_reason="合并食堂")
    page = as_(host.buyer).get(f"/units/declaration/?year={YEAR}")
    assert "¥1,200.00" in page.content.decode()
    asked = program_of(host.finance).get(f"/units/representations?year={YEAR}").data["items"]
    assert [(each["id"], each["passed_on"]) for each in asked] == [(waiting.pk, "1200.00")]
    answer_representation(declaration_id=waiting.pk, version=waiting.version, accept=True, actor=host.approver, at=AT)
    confirm(waiting, by=above.approver)

    (part,) = [each for each in rate_of(above.unit, YEAR, AT).counted if each.taken_over]
    assert (part.unit.pk, part.amounts.reserved, part.taken_over[0].unit_id) == (host.unit.pk, 420_000, guest.unit.pk)
    assert rate_of(host.unit, YEAR, AT).counted[0].taken_over[0].passed_on_fen == 120_000
    assert 'data-testid="taken-over"' in as_(host.buyer).get(f"/units/rate/?year={YEAR}").content.decode()
    units = program_of(host.finance).get(f"/units/rate?year={YEAR}").data["units"]
    (over,) = units[0]["taken_over"]
    assert (over["unit"], over["base"], over["reserved"]) == (guest.unit.pk, "4000.00", "1200.00")


def test_a_represented_unit_keeps_its_own_orders_and_reads_who_declares_for_it(above, host, guest, listing):
    buys(guest, listing, 5)
    ordered(guest, (listing, 2))
    confirm(shares(guest, host, change_reason="合并食堂"), by=above.approver)

    found = standing(guest.unit, YEAR, AT.date())
    assert (found.orders, found.under_way, found.whole.fulfilled) == (2, 1, 0)
    assert counted_orders(guest.unit, YEAR).count() == 2
    home = as_(guest.buyer).get(f"/units/?year={YEAR}").content.decode()
    assert 'data-testid="declared-by"' in home
    assert host.unit.organisation.name_zh in home
    page = as_(guest.buyer).get(f"/units/orders/?year={YEAR}")
    assert (figure(page, "figure"), amount(page, "figure-elsewhere")) == ("¥0.00", "¥700.00")
    listed = program_of(guest.buyer).get(f"/units/orders?year={YEAR}").data
    assert (len(listed["items"]), listed["figure"], listed["elsewhere"]) == (2, "0.00", "700.00")
    quota = program_of(guest.buyer).get(f"/units/quota?year={YEAR}").data
    assert (quota["declared_by"], quota["orders"], quota["under_way"]) == (host.unit.pk, 2, 1)
    mine = program_of(host.buyer).get(f"/units/orders?year={YEAR}").data
    assert (mine["figure"], mine["elsewhere"]) == ("700.00", "0.00")


def test_the_board_gives_a_shared_canteen_a_line_of_its_own(above, host, guest):
    confirm(shares(guest, host, change_reason="合并食堂"), by=above.approver)
    shown = board(above.unit, YEAR, AT.date())
    assert [row.unit.pk for row in shown.rows if row.is_shared] == [guest.unit.pk]
    assert shown.apart == []
    page = as_(above.buyer).get(f"/units/board/?year={YEAR}").content.decode()
    assert 'data-testid="shared-row"' in page
    assert 'data-testid="apart-row"' not in page
    Organisation.objects.filter(pk=above.unit.organisation_id).update(kind=Organisation.Kind.SUPERVISING_UNIT)
    items = program_of(above.approver).get(f"/units/board?year={YEAR}").data["items"]
    assert [each["declared_by"] for each in items if each["unit"] == guest.unit.pk] == [host.unit.pk]


def test_the_figure_of_orders_is_as_many_as_the_list_has(above, host, listing):
    ordered(host, (listing, 1))
    (gone,) = ordered(host, (listing, 2))
    cancel_order(order_id=gone.pk, actor=host.buyer, at=AT, reason="unit_cancelled", through="unit")
    listed = program_of(host.buyer).get(f"/units/orders?year={YEAR}").data["items"]
    quota = program_of(host.buyer).get(f"/units/quota?year={YEAR}").data
    assert quota["orders"] == len(listed) == counted_orders(host.unit, YEAR).count() == 2
    assert quota["under_way"] == 1


def test_who_confirms_an_amendment_reads_the_shared_canteens_with_it_on_every_door(above, host, guest):
    confirm(shares(guest, host, change_reason="合并食堂"), by=above.approver)
    waiting = declaration_of(host, 1_100_000, change_reason="人数增加")
    for page in (
        as_(above.approver).get(f"/units/declarations/{waiting.pk}/"),
        as_(host.buyer).get(f"/units/declaration/?year={YEAR}"),
    ):
        assert amount(page, "declared-share") == "¥3,300.00"
        assert ('data-testid="taken-over"' in page.content.decode(), amount(page, "reserved-in-all")) == (
            True,
            "¥4,500.00",
        )
    Organisation.objects.filter(pk=above.unit.organisation_id).update(kind=Organisation.Kind.SUPERVISING_UNIT)
    (told,) = program_of(above.finance).get(f"/units/board?year={YEAR}").data["waiting"]
    assert (told["reserved"], told["reserved_in_all"]) == ("3300.00", "4500.00")
    assert [(each["unit"], each["reserved"]) for each in told["taken_over"]] == [(guest.unit.pk, "1200.00")]
    own = program_of(host.finance).get(f"/units/quota?year={YEAR}").data["declaration"]
    assert own["reserved_in_all"] == "4500.00"


def test_the_board_says_the_share_of_a_shared_canteen_that_waits_and_who_takes_it_over(above, host, guest):
    waiting = declaration_of(guest, 0, canteen="shared", represented_by_id=host.unit.pk, change_reason="合并食堂")
    said = {"declaration_id": waiting.pk, "version": waiting.version, "accept": True}
    answer_representation(actor=host.approver, at=AT, **said)
    page = as_(above.approver).get(f"/units/board/?year={YEAR}")
    assert figure(page, "waiting-share") == "¥1,200.00"
    assert f"其中 ¥1,200.00 由共用食堂的 {host.unit.organisation.name_zh} 承担" in " ".join(
        page.content.decode().split()
    )
    Organisation.objects.filter(pk=above.unit.organisation_id).update(kind=Organisation.Kind.SUPERVISING_UNIT)
    (told,) = program_of(above.approver).get(f"/units/board?year={YEAR}").data["waiting"]
    assert (told["reserved"], told["passed_on"], told["asks"]) == ("0.00", "1200.00", "1200.00")
    own = declaration_of(host, 1_100_000, change_reason="增加")
    assert (own.reserved_fen, own.passed_on_fen, own.asks_fen) == (330_000, 0, 330_000)


def test_what_was_taken_over_is_said_to_the_unit_and_of_it_to_the_one_above(above, host, guest):
    shares_ = shares(guest, host, change_reason="合并食堂")
    confirm(shares_, by=above.approver)
    row = QuotaDeclaration.objects.get(unit=host.unit)
    to_unit = as_(host.buyer).get(f"/units/declaration/?year={YEAR}").content.decode()
    to_above = as_(above.approver).get(f"/units/declarations/{row.pk}/").content.decode()
    assert ("已确认，由您代为承担" in to_unit, "已确认，由该单位代为承担" in to_unit) == (True, False)
    assert ("已确认，由您代为承担" in to_above, "已确认，由该单位代为承担" in to_above) == (False, True)
