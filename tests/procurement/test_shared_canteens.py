"""A shared canteen: one level, no circle, agreed by who declares; what is bought there counts for it."""

import pytest

from procurement.errors import WrongStep
from procurement.models import QuotaDeclaration, UnitOrder
from procurement.operations.accepting import accept_goods
from procurement.operations.representing import answer_representation
from procurement.queries.quota import board
from shop.accounts.models import Message
from shop.core import ledger, outbox, projections
from shop.core.errors import InvalidInput, NotAllowed
from tests.api.conftest import program_of
from tests.factories import AT
from tests.sales.selling import lines_of, ship

from .offices import YEAR, as_, confirm, declaration_of, declared, figure, make_office, ordered, shares

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]


@pytest.fixture
def above():
    return make_office(kind="supervising")


@pytest.fixture
def host(above):
    """A unit with a canteen of its own, confirmed: 42,000 reserved."""
    host = make_office(above.unit, budget_fen=10_000_000)
    declared(host, 14_000_000, by=above.approver)
    return host


@pytest.fixture
def guest(above):
    return make_office(above.unit, budget_fen=10_000_000)


def quota(office, what, fund="canteen"):
    return ledger.balance(f"quota:{office.unit.pk}:{YEAR}:{fund}:{what}")


def agree():
    return [each for _name, each in projections.run_all() if each] == []


def named(office, host):
    return declaration_of(office, 0, canteen="shared", represented_by_id=host.unit.pk)


def test_two_units_cannot_point_at_each_other(above):
    one, other = make_office(above.unit), make_office(above.unit)
    named(one, other)
    with pytest.raises(InvalidInput) as refused:
        named(other, one)
    assert refused.value.field == "represented_by"


def test_only_a_unit_with_a_canteen_declares_for_others(above, host, guest):
    without = make_office(above.unit)
    declaration_of(without, 0, canteen="none", note="无食堂")
    for wrong in (without, guest):
        with pytest.raises(InvalidInput):
            named(guest, wrong)
    third = make_office(above.unit)
    confirm(shares(guest, host), by=above.approver)
    with pytest.raises(InvalidInput):
        named(third, guest)


def test_who_declares_for_others_keeps_its_canteen(above, host, guest):
    shares(guest, host)
    for canteen, facts in (("none", {"note": "停办"}), ("shared", {"represented_by_id": guest.unit.pk})):
        with pytest.raises(InvalidInput) as refused:
            declaration_of(host, 0, canteen=canteen, change_reason="停办", **facts)
        assert refused.value.field in ("canteen", "represented_by")
    declaration_of(host, 20_000_000, canteen="outsourced", change_reason="外包")


def test_nothing_is_shared_before_the_other_unit_agreed_and_is_confirmed(above, guest):
    host = make_office(above.unit)
    waiting = named(guest, host)
    answer = {"declaration_id": waiting.pk, "version": waiting.version, "at": AT}
    with pytest.raises(WrongStep):
        answer_representation(accept=True, actor=host.buyer, **answer)
    mine = declaration_of(host)
    with pytest.raises(NotAllowed):
        answer_representation(accept=True, actor=guest.buyer, **answer)
    with pytest.raises(WrongStep):
        confirm(waiting, by=above.approver)
    answer_representation(accept=True, actor=host.finance, **answer)
    with pytest.raises(WrongStep):
        confirm(waiting, by=above.approver)
    confirm(mine, by=above.approver)
    assert confirm(waiting, by=above.approver).state == "confirmed"


def test_a_unit_may_say_no_and_the_other_is_told(host, guest):
    waiting = named(guest, host)
    outbox.drain(at=AT)
    assert Message.objects.filter(kind="representation_asked", user=host.finance).exists()
    url = f"/units/declaration/{waiting.pk}/answer/?year={YEAR}"
    given = {"version": waiting.version, "answer": "no"}
    assert as_(host.buyer).post(url, given).status_code == 422
    assert as_(guest.buyer).post(url, given | {"reason": "不是"}).status_code == 404
    assert as_(host.buyer).post(url, given | {"reason": "我们不共用"}).status_code == 302
    outbox.drain(at=AT)
    assert Message.objects.get(kind="declaration_returned", user=guest.buyer).params["reason"] == "我们不共用"
    assert "我们不共用" in as_(guest.buyer).get(f"/units/declaration/?year={YEAR}").content.decode()


def test_orders_of_a_shared_canteen_count_for_the_unit_that_declares(above, host, guest, listing):
    (before,) = ordered(guest, (listing, 4))
    ship(before)
    accept_goods(order_id=before.pk, accepted={lines_of(before)[0].pk: 3}, actor=guest.buyer, at=AT)
    assert (quota(guest, "fulfilled"), quota(guest, "reversed")) == (30_000, 10_000)

    confirm(shares(guest, host), by=above.approver)

    assert (quota(guest, "fulfilled"), quota(guest, "reversed")) == (0, 0)
    assert (quota(host, "fulfilled"), quota(host, "reversed")) == (30_000, 10_000)
    (after,) = ordered(guest, (listing, 5))
    (of_union,) = ordered(guest, (listing, 2), fund="union")
    assert (quota(host, "committed"), quota(guest, "committed"), quota(guest, "committed", "union")) == (
        50_000, 0, 20_000,
    )  # fmt: skip
    ship(after)
    accept_goods(order_id=after.pk, accepted={lines_of(after)[0].pk: 5}, actor=guest.buyer, at=AT)
    assert quota(host, "fulfilled") == 80_000
    assert UnitOrder.objects.get(pk=of_union.pk).counts_for_id == guest.unit.pk
    assert agree()

    found = board(above.unit, YEAR, AT.date())
    top = found.top
    assert (str(top.amounts.rate), top.amounts.committed, top.apart.committed) == ("1.90", 20_000, 0)
    shown = as_(host.buyer).get("/units/orders/?kind=fulfilled")
    assert figure(shown, "figure") == "¥800.00"
    page = as_(host.buyer).get(f"/units/orders/{after.order.number}/")
    assert figure(page, "counts-for") == host.unit.organisation.name_zh
    assert "go-accept" not in page.content.decode()
    order = program_of(guest.buyer).get(f"/units/orders/{after.order.number}").data
    assert (order["unit"], order["counts_for"]) == (guest.unit.pk, host.unit.pk)


def test_a_unit_that_gets_its_own_canteen_takes_its_orders_along(above, host, guest, listing):
    confirm(shares(guest, host), by=above.approver)
    ordered(guest, (listing, 5))
    confirm(declaration_of(guest, 1_000_000, change_reason="自办食堂"), by=above.approver)
    assert (quota(host, "committed"), quota(guest, "committed"), quota(guest, "reserved")) == (0, 50_000, 300_000)
    assert agree()


def test_the_api_answers_for_a_shared_canteen(host, guest):
    waiting = named(guest, host)
    program = program_of(host.finance)
    assert [each["id"] for each in program.get(f"/units/representations?year={YEAR}").data["items"]] == [waiting.pk]
    path = f"/units/representations/{waiting.pk}/answer?year={YEAR}"
    body = {"version": waiting.version, "approve": True}
    assert program_of(guest.finance).post(path, body, key="a0").status_code == 404
    assert program.post(path, body, key="a1").data["representation_agreed"] is True
    assert QuotaDeclaration.objects.get(pk=waiting.pk).accepted_by == host.finance
