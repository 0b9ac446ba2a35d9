"""An amendment that changes nothing is refused; a declaration that waits can be withdrawn until it is decided."""

import pytest

from procurement.errors import ChangedSince, WrongStep
from procurement.models import QuotaDeclaration, QuotaPolicy
from procurement.operations.declarations import withdraw_declaration
from procurement.queries.quota import board
from procurement.queries.requests import asked_to_represent
from procurement.queries.requests import declaration_of as read
from procurement.states import DeclarationState
from shop.core import projections
from shop.core.errors import InvalidInput, NotAllowed
from tests.api.conftest import program_of
from tests.factories import AT

from .offices import YEAR, as_, confirm, declaration_of, declared, make_office

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]
URL = f"/units/declaration/?year={YEAR}"
WITHDRAW = f"/units/declaration/withdraw/?year={YEAR}"
FACTS = {"union_fen": 70_000, "contact_name": "何", "contact_phone": "13800002046"}


@pytest.fixture
def above():
    return make_office(kind="supervising")


@pytest.fixture
def unit(above):
    """A unit that declared 10,000 元 of food and 700 元 of the union's; confirmed."""
    unit = make_office(above.unit)
    declared(unit, 1_000_000, by=above.approver, **FACTS)
    return unit


def now_of(unit):
    row = QuotaDeclaration.objects.select_related("in_force").get(unit=unit.unit)
    return row.state, row.version, row.in_force.version if row.in_force else None


def test_an_amendment_that_changes_nothing_is_refused_on_every_door(unit):
    with pytest.raises(InvalidInput) as refused:
        declaration_of(unit, 1_000_000, **FACTS, change_reason="没变")
    assert (refused.value.code, refused.value.field) == ("nothing_changed", "change_reason")
    given = {
        "version": "1", "canteen": "own", "canteen_spend": "10000", "union": "700", "contact_name": "何",
        "contact_phone": "13800002046", "change_reason": "没变",
    }  # fmt: skip
    page = as_(unit.buyer).post(URL, given)
    assert (page.status_code, "与已核定的内容相同" in page.content.decode()) == (422, True)
    body = given | {"version": 1, "canteen_spend": "10000.00", "union": "700.00"}
    answer = program_of(unit.buyer).send("PUT", URL.replace("/?", "?"), body, key="d1")
    assert (answer.status_code, answer.data["code"]) == (422, "nothing_changed")
    assert now_of(unit) == ("confirmed", 1, 1)
    # Who can be asked is something else: that may change alone.
    declaration_of(unit, 1_000_000, **(FACTS | {"contact_name": "李"}), change_reason="换人")
    assert now_of(unit) == ("submitted", 2, 1)


def test_an_amendment_that_goes_back_to_what_is_in_force_is_refused(unit):
    waiting = declaration_of(unit, 900_000, **FACTS, change_reason="减少")
    withdraw_declaration(declaration_id=waiting.pk, version=2, actor=unit.buyer, at=AT)
    with pytest.raises(InvalidInput):
        declaration_of(unit, 1_000_000, **FACTS, change_reason="还原")
    declaration_of(unit, 900_000, **FACTS, change_reason="还是减少")
    assert now_of(unit) == ("submitted", 3, 1)


def test_a_waiting_amendment_is_withdrawn_and_what_is_in_force_stays(unit, above):
    waiting = declaration_of(unit, 900_000, **FACTS, change_reason="减少")
    page = as_(unit.buyer).get(URL).content.decode()
    assert 'data-testid="withdraw-declaration"' in page
    assert as_(unit.buyer).post(WITHDRAW, {"version": "2"}).status_code == 302
    assert now_of(unit) == ("draft", 2, 1)
    page = as_(unit.buyer).get(URL).content.decode()
    assert ('data-testid="withdraw-declaration"' in page, 'data-testid="submit-declaration"' in page) == (False, True)
    assert f"{unit.buyer.name} 于" in page.split('data-testid="declaration-withdrawn"')[1][:200]
    told = program_of(unit.buyer).get(f"/units/declaration/versions?year={YEAR}").data
    assert [(each["version"], each["by"]) for each in told["withdrawn"]] == [(2, unit.buyer.name)]
    assert [each["version"] for each in told["items"]] == [1]
    assert board(above.unit, YEAR, AT.date()).waiting == []
    with pytest.raises(WrongStep):
        confirm(waiting, by=above.approver)
    again = declaration_of(unit, 800_000, **FACTS, change_reason="再减少")
    confirm(again, by=above.approver)
    assert now_of(unit) == ("confirmed", 3, 3)
    assert [found for _name, found in projections.run_all() if found] == []


def test_a_declaration_is_withdrawn_by_its_unit_only_and_only_while_it_waits(unit, above):
    waiting = declaration_of(unit, 900_000, **FACTS, change_reason="减少")
    with pytest.raises(NotAllowed):
        withdraw_declaration(declaration_id=waiting.pk, version=2, actor=above.buyer, at=AT)
    with pytest.raises(ChangedSince):
        withdraw_declaration(declaration_id=waiting.pk, version=1, actor=unit.buyer, at=AT)
    assert as_(above.buyer).post(WITHDRAW, {"version": "2"}).status_code == 404
    confirm(waiting, by=above.approver)
    with pytest.raises(WrongStep):
        withdraw_declaration(declaration_id=waiting.pk, version=2, actor=unit.buyer, at=AT)
    late = as_(unit.buyer).post(WITHDRAW, {"version": "2"})
    assert (late.status_code, 'data-testid="refusal"' in late.content.decode()) == (409, True)
    assert now_of(unit) == ("confirmed", 2, 2)


def test_a_first_declaration_is_withdrawn_by_a_program_and_is_to_be_declared_again(above):
    unit = make_office(above.unit)
    declaration_of(unit, 900_000)
    program = program_of(unit.buyer)
    done = program.post(f"/units/declaration/withdrawal?year={YEAR}", {"version": 1}, key="w1").data
    assert (done["state"], done["version"], done["version_in_force"]) == ("draft", 1, None)
    again = program.post(f"/units/declaration/withdrawal?year={YEAR}", {"version": 1}, key="w2")
    assert (again.status_code, again.data["code"]) == (409, "wrong_step")
    assert f"填报 {YEAR}" in as_(unit.buyer).get("/units/").content.decode()
    assert read(unit.unit.pk, YEAR).state == DeclarationState.DRAFT


def test_a_host_is_no_more_asked_by_a_declaration_that_was_withdrawn(above):
    host, guest = make_office(above.unit), make_office(above.unit)
    declared(host, 1_000_000, by=above.approver)
    waiting = declaration_of(guest, 0, canteen="shared", represented_by_id=host.unit.pk)
    assert [row.pk for row in asked_to_represent(host.unit.pk, YEAR)] == [waiting.pk]
    withdraw_declaration(declaration_id=waiting.pk, version=1, actor=guest.buyer, at=AT)
    assert asked_to_represent(host.unit.pk, YEAR) == []


def test_an_amendment_under_a_rule_that_was_renamed_since_changes_nothing(unit):
    QuotaPolicy.objects.update(name_zh="新名称", name_en="Renamed", document="新文号")
    with pytest.raises(InvalidInput) as refused:
        declaration_of(unit, 1_000_000, **FACTS, change_reason="没变")
    assert (refused.value.code, now_of(unit)) == ("nothing_changed", ("confirmed", 1, 1))
    # Another ratio asks for another amount.
    QuotaPolicy.objects.filter(basis="canteen_food").update(ratio_bp=2000)
    assert declaration_of(unit, 1_000_000, **FACTS, change_reason="比例变了").reserved_fen != 0
