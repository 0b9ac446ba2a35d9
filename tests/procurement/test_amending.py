"""A confirmed declaration is amended by a new version; the union has a fund of its own; who pays is registered."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from procurement.errors import NoBudget, WrongStep
from procurement.models import DeclarationSnapshot, QuotaPolicy
from procurement.operations.deciding import decide_request
from procurement.operations.declarations import decide_declaration
from procurement.operations.payers import end_payer, register_payer
from procurement.operations.paying import start_transfer
from procurement.operations.units import grant_budget
from procurement.queries.quota import budget_of, standing
from procurement.queries.rates import rate_of
from shop.core import ledger, projections
from shop.core.errors import InvalidInput, KeyUsed, NotAllowed
from shop.core.models import AuditEntry
from shop.sales.models import Payment, Purchase
from shop.sales.queries.transfers import expected_payers, transfers
from tests.api.conftest import program_of
from tests.factories import AT

from .offices import YEAR, as_, confirm, declaration_of, declared, figure, make_office, ordered, submitted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]
LATER = AT + timedelta(days=2)


def quota(office, what, fund="canteen"):
    return ledger.balance(f"quota:{office.unit.pk}:{YEAR}:{fund}:{what}")


def agree():
    return [each for _name, each in projections.run_all() if each] == []


def test_a_confirmed_declaration_is_amended_with_a_reason_and_confirmed_again(office):
    with pytest.raises(InvalidInput) as refused:
        declaration_of(office, 7_000_000)
    assert refused.value.field == "change_reason"
    QuotaPolicy.objects.create(region_code="440106", from_year=YEAR, ratio_bp=2000, name_zh="新规", name_en="New")

    waiting = declaration_of(office, 7_000_000, at=LATER, change_reason="学生减半")
    assert (waiting.state, waiting.version, quota(office, "reserved")) == ("submitted", 2, 4_200_000)
    assert standing(office.unit, YEAR, AT.date()).whole.reserved == 4_200_000
    assert agree()
    confirm(waiting, by=office.above.approver, at=LATER)

    assert quota(office, "reserved") == 1_400_000
    kept = list(DeclarationSnapshot.objects.values_list("version", "ratio_bp", "reserved_fen", "change_reason"))
    assert kept == [(1, 3000, 4_200_000, ""), (2, 2000, 1_400_000, "学生减半")]
    assert [rate_of(office.unit, YEAR, at).counted[0].amounts.reserved for at in (AT, LATER)] == [4_200_000, 1_400_000]
    assert agree()
    with pytest.raises(WrongStep):
        confirm(waiting, by=office.above.approver)


def test_a_returned_amendment_leaves_what_was_confirmed(office):
    waiting = declaration_of(office, 7_000_000, change_reason="学生减半")
    decide_declaration(
        declaration_id=waiting.pk, version=2, confirm=False, reason="附证明", actor=office.above.approver, at=AT
    )
    assert quota(office, "reserved") == 4_200_000
    assert agree()
    page = as_(office.buyer).get(f"/units/declaration/?year={YEAR}")
    assert 'data-testid="in-force"' in page.content.decode()
    again = declaration_of(office, 28_000_000, change_reason="附证明了")
    confirm(again, by=office.above.approver)
    assert quota(office, "reserved") == 8_400_000
    assert agree()


def test_confirmed_versions_can_not_be_changed_or_deleted(office):
    for spoil in (
        lambda: DeclarationSnapshot.objects.update(reserved_fen=1),
        lambda: DeclarationSnapshot.objects.filter(unit=office.unit)._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            spoil()
    assert DeclarationSnapshot.objects.get().reserved_fen == 4_200_000


def test_amending_through_pages_and_api(office):
    path = f"/units/declaration/?year={YEAR}"
    given = {
        "version": 1,
        "canteen": "own",
        "canteen_spend": "70000",
        "contact_name": "李",
        "contact_phone": "13800002046",
    }
    assert as_(office.buyer).post(path, given).status_code == 422
    assert as_(office.buyer).post(path, given | {"change_reason": "学生减半"}).status_code == 302
    waiting = DeclarationSnapshot.objects.get().declaration
    above = as_(office.above.approver)
    shown = above.get(f"/units/declarations/{waiting.pk}/").content.decode()
    assert "学生减半" in shown
    assert 'data-testid="declared-version"' in shown
    assert above.post(f"/units/declarations/{waiting.pk}/", {"version": 2, "decision": "approve"}).status_code == 302
    program = program_of(office.buyer)
    versions = program.get(f"/units/declaration/versions?year={YEAR}").data["items"]
    assert [(each["version"], each["reserved"]) for each in versions] == [(2, "21000.00"), (1, "42000.00")]
    body = {key: value for key, value in given.items() if key != "canteen_spend"} | {
        "version": 2,
        "canteen_spend": "80000.00",
    }
    assert program.send("PUT", f"/units/declaration?year={YEAR}", body, key="d0").status_code == 422
    done = program.send("PUT", f"/units/declaration?year={YEAR}", body | {"change_reason": "又增加"}, key="d1").data
    assert (done["state"], done["version"], done["version_in_force"]) == ("submitted", 3, 2)


def test_the_unions_money_is_a_budget_of_its_own_and_counts_for_the_unit(listing):
    above = make_office(kind="supervising")
    office = make_office(above.unit)
    declared(office, 14_000_000, union_fen=100_000, by=above.approver)
    grant_budget(
        unit_id=office.unit.pk, year=YEAR, fen=500_000, key="c", reason="年度预算批复", actor=office.finance, at=AT
    )
    request = submitted(office, (listing, 2), fund="union")
    decision = {"request_id": request.pk, "version": request.version, "actor": office.approver, "at": AT}
    with pytest.raises(NoBudget):
        decide_request(approve=True, **decision)
    grant_budget(
        unit_id=office.unit.pk,
        year=YEAR,
        fen=20_000,
        key="c",
        reason="年度预算批复",
        fund="union",
        actor=office.finance,
        at=AT,
    )
    decide_request(approve=True, **decision)
    assert (budget_of(office.unit.pk, YEAR), budget_of(office.unit.pk, YEAR, "union")) == ((500_000, 0), (0, 20_000))
    assert figure(as_(office.finance).get("/units/settings/"), "budget-left-union") == "¥0.00"
    shown = program_of(office.buyer).get("/units/quota").data
    assert (shown["budgets"]["union"]["spent"], shown["whole"]["reserved"]) == ("200.00", "43000.00")
    assert agree()


def test_policy_rows_of_the_unions_money_bind_and_each_has_its_bar(office, listing):
    facts = {"region_code": "44", "from_year": YEAR, "name_en": "", "until_year": YEAR}
    QuotaPolicy.objects.create(basis="union_funds", canteen="none", ratio_bp=2000, name_zh="经费", **facts)
    QuotaPolicy.objects.create(basis="union_gifts", ratio_bp=3000, cap_head_fen=200_000, name_zh="福利", **facts)
    unit = make_office(office.above.unit, people=10, budget_fen=1_000_000)
    with pytest.raises(InvalidInput) as refused:
        declaration_of(unit, 0, canteen="none", note="无", union_gifts_fen=2_000_001)
    assert refused.value.field == "union_gifts"
    waiting = declaration_of(unit, 0, canteen="none", note="无", union_funds_fen=1_000_000, union_gifts_fen=500_000)
    assert [(each["basis"], each["reserved_fen"]) for each in waiting.shares] == [
        ("canteen_food", 0), ("union_funds", 200_000), ("union_gifts", 150_000),
    ]  # fmt: skip
    confirm(waiting, by=office.above.approver)
    assert (quota(unit, "reserved", "union"), quota(unit, "reserved")) == (200_000, 0)
    ordered(unit, (listing, 2), fund="union")
    page = as_(unit.buyer).get("/units/").content.decode()
    assert page.count('data-testid="share-bar"') == 2
    # The row ended with its year: the next has none of it.
    later = declaration_of(unit, 0, year=YEAR + 1, canteen="none", note="无", union_gifts_fen=500_000)
    assert later.union_reserved_fen == 0
    assert agree()


def test_a_units_transfer_comes_from_its_registered_name_or_accounts_only(office, listing):
    (order,) = ordered(office, (listing, 2), terms="prepaid")
    start_transfer(request_id=order.purchase.request.pk, actor=office.finance, at=AT)
    payment = Payment.objects.get()
    Purchase.objects.update(ship_name="李四", invoice_title="别的公司")
    legal = office.unit.organisation.name_zh
    assert expected_payers(payment) == [legal]
    given = {"name": "朝霞小学食堂专户", "bank": "广州农商", "account": "6222 0200-0001"}
    with pytest.raises(NotAllowed):
        register_payer(unit_id=office.unit.pk, actor=office.buyer, at=AT, **given)
    with pytest.raises(InvalidInput):
        register_payer(unit_id=office.unit.pk, actor=office.finance, at=AT, **given | {"account": "六二"})
    row = register_payer(unit_id=office.unit.pk, actor=office.finance, at=AT, **given)
    with pytest.raises(InvalidInput):
        register_payer(unit_id=office.unit.pk, actor=office.finance, at=AT, **given)
    assert expected_payers(payment) == [legal, "朝霞小学食堂专户", "622202000001"]
    assert next(iter(transfers().object_list)).payers == [legal, "朝霞小学食堂专户", "622202000001"]
    end_payer(payer_id=row.pk, actor=office.finance, at=AT)
    assert expected_payers(payment) == [legal]


def test_payers_are_registered_on_the_page_and_by_the_api(office):
    given = {"what": "payer", "payer_name": "朝霞小学专户", "payer_bank": "农商", "payer_account": "62220200000"}
    finance = as_(office.finance)
    assert finance.post("/units/settings/", given | {"payer_account": "1"}).status_code == 422
    assert as_(office.buyer).post("/units/settings/", given).status_code == 403
    assert finance.post("/units/settings/", given).status_code == 302
    program = program_of(office.finance)
    (payer,) = program.get("/units/payers").data["items"]
    stranger = program_of(make_office().finance)
    assert stranger.post(f"/units/payers/{payer['id']}/end").status_code == 404
    assert program.post(f"/units/payers/{payer['id']}/end").data["ended_at"] is not None
    body = {"name": "朝霞小学专户", "bank": "农商", "account": "62220200000"}
    assert program.post("/units/payers", body, key="p1").status_code == 201


def test_a_budget_is_raised_once_for_a_key_and_another_amount_is_refused(listing):
    office = make_office()
    raised = {"unit_id": office.unit.pk, "year": YEAR, "key": "k", "reason": "追加", "actor": office.finance, "at": AT}
    before = budget_of(office.unit.pk, YEAR)[0]
    for _again in range(2):
        grant_budget(fen=500_000, **raised)
    for fen in (400_000, -500_000):
        with pytest.raises(KeyUsed):
            grant_budget(fen=fen, **raised)
    assert budget_of(office.unit.pk, YEAR)[0] == before + 500_000
    assert (
        AuditEntry.objects.filter(action="grant_budget", object_id=str(office.unit.pk), data__fen=500_000).count() == 1
    )
