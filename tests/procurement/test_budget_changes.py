"""A budget changes once old and new were shown and confirmed, never below what is approved, with who and why kept."""

import re
from datetime import timedelta

import pytest

from procurement.errors import ChangedSince, NoBudget
from procurement.operations.units import grant_budget
from procurement.queries.budgets import budget_steps
from procurement.queries.quota import budget_of
from procurement.rules.budget import BudgetChange
from shop.core import ledger
from shop.core.errors import InvalidInput
from shop.core.models import AuditEntry, Transfer
from tests.api.conftest import program_of
from tests.factories import AT

from .offices import YEAR, approved, as_, make_office

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]
URL = f"/units/settings/?year={YEAR}"
RAISE = {"what": "budget", "amount": "12.50", "key": "k1", "fund": "canteen", "reason": "追加食堂经费"}


def shown(page):
    """Return what the question shows: whole, used, left."""
    names = ("budget-whole", "budget-used", "budget-left-after")
    rows = [re.search(rf'data-testid="{name}">(.*?)</li>', page.content.decode(), re.DOTALL).group(1) for name in names]
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]


def asked_of(finance, **changed):
    """Type a change; return the page that shows it, at an address of its own, and what confirms it."""
    sent_on = finance.post(URL, RAISE | changed)
    assert sent_on.status_code == 302
    page = finance.get(sent_on["Location"])
    token = re.search(r'name="change" value="([^"]+)"', page.content.decode()).group(1)
    return page, {"what": "budget-sure", "change": token}


def test_a_change_of_a_budget_is_worked_out():
    change = BudgetChange(whole_fen=1_000, spent_fen=600, by_fen=-400)
    assert (change.left_fen, change.new_whole_fen, change.new_left_fen, change.is_covered) == (400, 600, 0, True)
    assert BudgetChange(1_000, 600, -401).is_covered is False


def test_a_budget_changes_only_after_old_and_new_were_shown(office, listing):
    approved(office, (listing, 3))
    finance = as_(office.finance)
    asked, sure = asked_of(finance)
    assert asked.status_code == 200
    assert shown(asked) == ["¥100,000.00 → ¥100,012.50", "¥300.00", "¥99,700.00 → ¥99,712.50"]
    assert RAISE["reason"] in asked.content.decode()
    assert budget_of(office.unit.pk, YEAR) == (9_970_000, 30_000)
    for _again in range(2):
        assert finance.post(URL, sure).status_code == 302
    assert budget_of(office.unit.pk, YEAR) == (9_971_250, 30_000)
    assert ledger.balance(f"budget:{office.unit.pk}:{YEAR}") == 9_971_250


def test_a_change_that_was_not_shown_is_asked_again(office):
    finance = as_(office.finance)
    _page, sure = asked_of(finance)
    grant_budget(unit_id=office.unit.pk, year=YEAR, fen=500, key="other", reason="批复", actor=office.finance, at=AT)
    asked = finance.post(URL, sure)
    assert (asked.status_code, shown(asked)[0]) == (409, "¥100,005.00 → ¥100,017.50")
    assert "预算刚刚被改过，现在是 ¥100,005.00" in asked.content.decode()
    # "sure" without what was shown is no confirmation.
    assert finance.post(URL, {"what": "budget-sure"}).status_code == 422
    assert budget_of(office.unit.pk, YEAR) == (10_000_500, 0)


def test_a_confirmation_binds_the_amount_and_the_reason_that_it_showed(office):
    finance = as_(office.finance)
    _page, sure = asked_of(finance, amount="10")
    # What is typed beside it counts for nothing; a token that was altered is none.
    altered = sure | {"amount": "99999", "reason": "别的", "fund": "union", "whole": "1", "key": "k2", "sure": "on"}
    spoilt = sure | {"change": sure["change"][:-1] + ("a" if sure["change"][-1] != "a" else "b")}
    refused = finance.post(URL, spoilt)
    assert (refused.status_code, "与刚才显示的改动不一致" in refused.content.decode()) == (422, True)
    assert budget_of(office.unit.pk, YEAR) == (10_000_000, 0)
    assert finance.post(URL, altered).status_code == 302
    assert budget_of(office.unit.pk, YEAR) == (10_001_000, 0)
    assert (budget_of(office.unit.pk, YEAR, "union"), budget_steps(office.unit.pk, YEAR)[0].reason) == (
        (10_000_000, 0), RAISE["reason"],
    )  # fmt: skip


def test_a_confirmation_is_of_one_person_unit_and_year(office):
    _page, sure = asked_of(as_(office.finance))
    other = make_office()
    assert as_(other.finance).post(URL, sure).status_code == 422
    assert as_(office.finance).post(URL.replace(str(YEAR), str(YEAR + 1)), sure).status_code == 422
    assert budget_of(office.unit.pk, YEAR) == (10_000_000, 0)


def test_the_way_back_from_a_saved_change_asks_nothing_again(office):
    finance = as_(office.finance)
    address = finance.post(URL, RAISE)["Location"]
    token = re.search(r'name="change" value="([^"]+)"', finance.get(address).content.decode()).group(1)
    finance.post(URL, {"what": "budget-sure", "change": token})
    back = finance.get(address, follow=True)
    assert (back.status_code, back.redirect_chain) == (200, [(URL, 302)])
    assert "这次改动已保存" in back.content.decode()
    assert budget_of(office.unit.pk, YEAR) == (10_001_250, 0)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"amount": "0"}, "金额"), ({"amount": ""}, "金额"), ({"reason": " "}, "为什么"), ({"amount": "abc"}, "12000.00")],
)
def test_a_change_without_amount_or_reason_is_refused_beside_its_field(office, wrong, said):
    page = as_(office.finance).post(URL, RAISE | wrong)
    assert (page.status_code, said in page.content.decode()) == (422, True)
    assert budget_of(office.unit.pk, YEAR) == (10_000_000, 0)


def test_a_budget_is_not_lowered_below_what_is_approved(office, listing):
    approved(office, (listing, 3))
    page = as_(office.finance).post(URL, RAISE | {"amount": "-99700.01"})
    assert (page.status_code, "已批准 ¥300.00" in page.content.decode()) == (409, True)
    page, sure = asked_of(as_(office.finance), amount="-99700")
    assert (page.status_code, shown(page)[0]) == (200, "¥100,000.00 → ¥300.00")
    approved(office, (listing, 1))
    page = as_(office.finance).post(URL, sure)
    assert (page.status_code, "已批准 ¥400.00" in page.content.decode()) == (409, True)
    with pytest.raises(NoBudget) as refused:
        grant_budget(
            unit_id=office.unit.pk, year=YEAR, fen=-9_970_001, key="l", reason="压减", actor=office.finance, at=AT
        )
    assert (refused.value.field, refused.value.details) == ("amount", {"spent_fen": 40_000})
    assert budget_of(office.unit.pk, YEAR) == (9_960_000, 40_000)


def test_only_finance_is_asked_to_confirm(office):
    _page, sure = asked_of(as_(office.finance))
    for given in (RAISE, sure):
        assert as_(office.buyer).post(URL, given).status_code == (403 if given is RAISE else 422)
    assert budget_of(office.unit.pk, YEAR) == (10_000_000, 0)


def test_the_history_of_a_budget_says_who_changed_it_and_why(office):
    by = {"unit_id": office.unit.pk, "year": YEAR, "actor": office.finance}
    grant_budget(fen=500, key="a", reason="追加", at=AT + timedelta(minutes=1), **by)
    grant_budget(fen=-200, key="b", reason="压减", fund="union", at=AT + timedelta(minutes=2), **by)
    steps = [(each.fund, each.before_fen, each.after_fen, each.reason) for each in budget_steps(office.unit.pk, YEAR)]
    assert steps == [
        ("union", 10_000_000, 9_999_800, "压减"),
        ("canteen", 10_000_000, 10_000_500, "追加"),
        ("union", 0, 10_000_000, "年度预算批复"),
        ("canteen", 0, 10_000_000, "年度预算批复"),
    ]
    assert {each.name for each in budget_steps(office.unit.pk, YEAR)} == {office.finance.name}
    entry = AuditEntry.objects.filter(action="grant_budget").last()
    assert {name: entry.data[name] for name in ("fen", "before_fen", "fund", "reason")} == {
        "fen": -200, "before_fen": 10_000_000, "fund": "union", "reason": "压减",
    }  # fmt: skip
    page = as_(office.buyer).get(URL).content.decode()
    assert page.count('data-testid="budget-step"') == 4
    assert (office.finance.name in page, "压减" in page) == (True, True)


def test_a_budget_without_a_reason_is_not_changed(office):
    with pytest.raises(InvalidInput) as refused:
        grant_budget(unit_id=office.unit.pk, year=YEAR, fen=5, key="x", reason=" ", actor=office.finance, at=AT)
    assert (refused.value.field, refused.value.code) == ("reason", "reason_missing")


def test_a_budget_of_another_whole_is_not_changed(office):
    before = Transfer.objects.count()
    with pytest.raises(ChangedSince):
        grant_budget(
            unit_id=office.unit.pk, year=YEAR, fen=5, key="x", reason="追加", whole_fen=9, actor=office.finance, at=AT
        )
    assert (budget_of(office.unit.pk, YEAR), Transfer.objects.count()) == ((10_000_000, 0), before)


def test_a_program_changes_a_budget_that_it_read_and_reads_its_history(office):
    program = program_of(office.finance)
    body = {"fund": "union", "amount": "12.00", "whole": "100000.00", "reason": "年末调整", "reference": "x"}
    raised = program.post("/units/budget", body, key="b1").data
    assert (raised["whole"], raised["left"], raised["spent"]) == ("100012.00", "100012.00", "0.00")
    stale = program.post("/units/budget", body | {"reference": "y"}, key="b2")
    assert (stale.status_code, stale.data["code"]) == (409, "changed_since")
    for wrong in ({"reason": ""}, {"whole": None}):
        assert program.post("/units/budget", body | wrong | {"reference": "z"}, key=f"b{wrong}"[:20]).status_code == 422
    lower = body | {"amount": "100012.01", "lowers": True, "whole": "100012.00", "reference": "v"}
    refused = program.post("/units/budget", lower, key="b4")
    assert (refused.status_code, refused.data["code"]) == (409, "no_budget")
    lowered = program.post("/units/budget", lower | {"amount": "12.00", "reference": "w"}, key="b5")
    assert lowered.data["whole"] == "100000.00"
    assert program.get("/units/quota").data["budgets"]["union"]["whole"] == "100000.00"
    items = program.get("/units/budget/changes").data["items"]
    assert [(each["before"], each["after"], each["reason"]) for each in items[:2]] == [
        ("100012.00", "100000.00", "年末调整"), ("100000.00", "100012.00", "年末调整"),
    ]  # fmt: skip
    assert program_of(make_office().buyer).get("/units/budget/changes").data["items"] == []
