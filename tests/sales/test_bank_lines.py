"""Money in and out by hand: a line of the statement is booked once, a refund goes to the account that finance saw."""

from typing import Any

import pytest

from shop.accounts.models import User
from shop.core.errors import InvalidInput
from shop.core.models import AuditEntry
from shop.core.projections import run_all
from shop.sales.errors import AccountChanged
from shop.sales.models import Payment, Purchase, Refund, Remittance, StatementLine
from shop.sales.operations.payouts import give_account, pay_out
from shop.sales.operations.transfers import match_transfer
from tests.api.conftest import program_of
from tests.factories import AT, make_user
from tests.sales.test_money_trails import announced, book, finance, sent, that_day

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]
__all__ = ["that_day"]


def wrong() -> list[Any]:
    return [found for _name, found in run_all() if found]


def program() -> Any:
    admin = make_user("admin@example.cn")
    User.objects.filter(pk=admin.pk).update(is_superuser=True)
    return program_of(admin)


def refund_with_account(holder: str = "周敏") -> tuple[Purchase, Refund]:
    purchase, payment = announced()
    book(payment, 40_00, "give_back")
    give_account(purchase=purchase, holder=holder, bank="工行广州", number="622208360200", actor=None, at=AT)
    return purchase, Refund.objects.get()


def test_a_refund_is_not_noted_as_paid_to_an_account_that_finance_never_saw() -> None:
    purchase, refund = refund_with_account()
    desk = finance()
    assert 'name="account_version" value="1"' in desk.get("/review/payouts/").content.decode()
    give_account(purchase=purchase, holder="赵六", bank="农行广州", number="6228480012345678", actor=None, at=AT)
    for stale in (sent("OUT-1"), {"reference": "OUT-1"}, sent("OUT-1", 0)):
        refused = desk.post(f"/review/payouts/{refund.pk}/", stale)
        text = refused.content.decode()
        assert refused.status_code == 409
        assert "收款账户在您打开本页后已更改" in text
        # It shows the new account, and keeps what was typed.
        assert "赵六" in text
        assert 'value="OUT-1"' in text
    path = f"/review/payouts/{refund.pk}/payment"
    answer = program().post(path, {"reference": "OUT-1", "account_version": 1}, key="k")
    assert (answer.status_code, answer.data["code"]) == (409, "account_changed")
    with pytest.raises(AccountChanged):
        pay_out(refund_id=refund.pk, reference="OUT-1", account_version=1, actor=None, at=AT)
    refund.refresh_from_db()
    assert refund.state == "requested"
    assert desk.post(f"/review/payouts/{refund.pk}/", sent("OUT-1", 2) | {"why": "代收"}).status_code == 302
    refund.refresh_from_db()
    assert (refund.state, refund.account_version) == ("succeeded", 2)
    assert wrong() == []


def test_the_same_account_given_twice_is_the_one_that_finance_saw() -> None:
    purchase, refund = refund_with_account()
    again = give_account(purchase=purchase, holder="周敏", bank="工行广州", number="6222 0836 0200", actor=None, at=AT)
    assert again.version == 1
    assert pay_out(refund_id=refund.pk, reference="OUT-1", account_version=1, actor=None, at=AT).state == "succeeded"


def test_what_was_paid_is_not_shown_beside_an_account_named_later() -> None:
    purchase, refund = refund_with_account()
    pay_out(refund_id=refund.pk, reference="OUT-1", account_version=1, actor=None, at=AT)
    book(Payment.objects.get(), 10_00, "give_back", "L2")
    give_account(purchase=purchase, holder="赵六", bank="农行广州", number="6228480012345678", actor=None, at=AT)
    text = finance().get("/review/payouts/?paid=1").content.decode()
    assert "赵六" not in text
    assert 'data-testid="other-account"' in text
    [row] = program().get("/review/payouts?state=paid").data["items"]
    assert row["account"] is None


@pytest.mark.parametrize(("holder", "differs"), [("赵六", True), ("周 敏", False)])
def test_a_holder_other_than_the_payer_is_marked(holder: str, differs: bool) -> None:
    refund_with_account(holder)
    assert ('data-testid="holder-differs"' in finance().get("/review/payouts/").content.decode()) == differs
    [row] = program().get("/review/payouts").data["items"]
    assert row["holder_differs"] == differs


def test_a_name_that_is_too_long_is_told_so() -> None:
    purchase, _refund = refund_with_account()
    with pytest.raises(InvalidInput, match="最多 120 个字") as refused:
        give_account(purchase=purchase, holder="户" * 121, bank="工行", number="622208360200", actor=None, at=AT)
    assert (refused.value.code, refused.value.field) == ("holder_too_long", "holder")


def test_one_line_of_the_statement_is_booked_on_one_purchase() -> None:
    payments = [announced(key=f"k{number}")[1] for number in range(3)]
    book(payments[0], 89_80, reference="CMB 20261124-7")
    desk, api = finance(), program()
    facts = {"received": "89.80", "payer": "周敏", "why": "本人", "reference": "ｃmb20261124-7"}
    refused = desk.post(f"/review/transfers/{payments[1].pk}/", facts)
    assert (refused.status_code, refused.context["field"]) == (422, "reference")
    assert "这条流水已有 ¥89.80 入账到其他汇款" in refused.content.decode()
    assert 'name="line"' in refused.content.decode()
    path = f"/review/transfers/{payments[2].pk}/match"
    body = {"received": "89.80", "payer": "周敏", "why": "本人", "reference": "CMB20261124-7"}
    answer = api.post(path, body, key="k")
    assert (answer.status_code, answer.data["code"]) == (422, "reference_used")
    assert list(Payment.objects.filter(received_fen__gt=0).values_list("pk", flat=True)) == [payments[0].pk]
    # Said in so many words that more came with the line, it is split.
    assert desk.post(f"/review/transfers/{payments[1].pk}/", facts | {"line": "179.60"}).status_code == 302
    line = StatementLine.objects.get()
    assert (line.amount_fen, line.booked_fen, line.is_stated) == (179_60, 179_60, True)
    answer = api.post(path, body | {"line": "300.00"}, key="k2")
    assert (answer.status_code, answer.data["code"], answer.data["errors"][0]["field"]) == (
        422, "line_amount_differs", "line",
    )  # fmt: skip
    assert wrong() == []


def test_a_line_is_split_up_to_its_amount() -> None:
    payments = [announced(key=f"k{number}")[1] for number in range(3)]
    facts: dict[str, Any] = {"payer": "周敏", "why": "本人", "reference": "L7", "actor": None, "at": AT}
    match_transfer(payment_id=payments[0].pk, received_fen=89_80, line_fen=200_00, **facts)
    match_transfer(payment_id=payments[1].pk, received_fen=89_80, **facts)
    with pytest.raises(InvalidInput) as refused:
        match_transfer(payment_id=payments[2].pk, received_fen=89_80, **facts)
    assert (refused.value.code, refused.value.field) == ("reference_used", "reference")
    match_transfer(payment_id=payments[2].pk, received_fen=20_40, then="ask", **facts)
    with pytest.raises(InvalidInput) as refused:
        match_transfer(payment_id=payments[2].pk, received_fen=69_40, line_fen=50_00, **(facts | {"reference": "L8"}))
    assert (refused.value.code, refused.value.field) == ("line_amount_wrong", "line")
    assert wrong() == []


@pytest.mark.parametrize("door", ["page", "api"])
def test_a_refund_to_another_name_than_who_paid_needs_a_reason_that_is_kept(door: str) -> None:
    _purchase, refund = refund_with_account(holder="赵六")
    desk = finance()
    page = desk.get("/review/payouts/").content.decode()
    assert ("payee-warning" in page, "payout-why" in page, "赵六" in page) == (True, True, True)
    path = f"/review/payouts/{refund.pk}/"
    pays = program()
    for why in ("", "   "):
        if door == "page":
            refused = desk.post(path, sent("OUT-1", 1) | {"why": why})
            assert (refused.status_code, "请写明为什么付到这里" in refused.content.decode()) == (422, True)
        else:
            body = {"reference": "OUT-1", "account_version": 1, "why": why}
            refused = pays.post(f"{path}payment", body, key=f"k{len(why)}")
            assert (refused.status_code, refused.data["code"]) == (422, "payee_differs")
        refund.refresh_from_db()
        assert refund.state == "requested"
    why = "付款人来电：户主是其丈夫"
    if door == "page":
        assert desk.post(path, sent("OUT-1", 1) | {"why": why}).status_code == 302
    else:
        body = {"reference": "OUT-1", "account_version": 1, "why": why}
        assert pays.post(f"{path}payment", body, key="paid").status_code == 204
    refund.refresh_from_db()
    assert (refund.state, refund.payee_why) == ("succeeded", why)
    assert AuditEntry.objects.get(action="refund_paid_out").data["payee_why"] == why
    assert why in desk.get("/review/payouts/?paid=1").content.decode()
    shown = pays.get("/review/payouts?state=paid").data["items"][0]
    assert (shown["holder_differs"], shown["why"]) == (True, why)
    assert wrong() == []


def test_a_refund_to_who_paid_needs_no_reason() -> None:
    _purchase, refund = refund_with_account()
    desk = finance()
    assert "payee-warning" not in desk.get("/review/payouts/").content.decode()
    assert desk.post(f"/review/payouts/{refund.pk}/", sent("OUT-1", 1) | {"why": "无关"}).status_code == 302
    refund.refresh_from_db()
    assert (refund.state, refund.payee_why) == ("succeeded", "")


@pytest.mark.parametrize("stated", [None, 330_00])
def test_a_line_of_the_statement_has_one_payer(stated: int | None) -> None:
    payments = [announced(key=f"k{number}")[1] for number in range(3)]
    first: dict[str, Any] = {"then": "ask", "reference": "ICBC 2026-1130-001", "line_fen": stated, "why": "代付"}
    match_transfer(payment_id=payments[0].pk, received_fen=40_00, payer="马超", actor=None, at=AT, **first)
    facts = {"received": "89.80", "payer": "唐欣", "why": "本人", "reference": "ＩCBC20261130001", "line": "330"}
    desk = finance()
    refused = desk.post(f"/review/transfers/{payments[1].pk}/", facts)
    assert (refused.status_code, refused.context["field"]) == (422, "payer")
    assert "这条流水先前入账时的付款人是马超" in refused.content.decode()
    answer = program().post(f"/review/transfers/{payments[1].pk}/match", facts, key="k")
    assert (answer.status_code, answer.data["code"], answer.data["errors"][0]["field"]) == (
        422, "payer_differs_on_line", "payer",
    )  # fmt: skip
    line = StatementLine.objects.get()
    assert (line.booked_fen, Payment.objects.get(pk=payments[1].pk).received_fen) == (40_00, 0)
    # The same name, written another way, is the same payer.
    facts |= {"payer": "马 超", "why": "代付"}
    assert desk.post(f"/review/transfers/{payments[1].pk}/", facts).status_code == 302
    assert wrong() == []


def test_a_payer_whose_name_was_erased_is_no_other_payer() -> None:
    payments = [announced(key=f"k{number}")[1] for number in range(2)]
    book(payments[0], 89_80, reference="L9")
    Remittance.objects.update(payer="**")
    facts: dict[str, Any] = {"payer": "唐欣", "why": "本人", "reference": "L9", "line_fen": 200_00}
    match_transfer(payment_id=payments[1].pk, received_fen=89_80, actor=None, at=AT, **facts)
    assert StatementLine.objects.get().booked_fen == 179_60
