"""The bank's numbers are one however they are typed: letters and digits tell them apart, nothing else."""

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from shop.accounts.models import User
from shop.core.errors import InvalidInput
from shop.core.projections import run_all
from shop.sales.errors import WrongState
from shop.sales.models import Refund, Remittance, StatementLine
from shop.sales.operations.payouts import give_account, pay_out, pay_out_together
from shop.sales.rules import reference_key
from tests.factories import AT
from tests.sales.test_bank_lines import program
from tests.sales.test_money_trails import announced, book, finance, sent, that_day

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]
__all__ = ["that_day"]
# Dashes of every kind, dots, slashes, underscores, full-width signs, what nobody sees.
SPELLINGS = [
    *("ICBC77001", "icbc-77001", "ICBC–77001", "ICBC—77001", "ICBC−77001", "ICBC.77001", "ICBC/77001", "ICBC_77001"),
    *(
        "ＩＣＢＣ－７７００１",
        "ICBC 77001",
        "ICBC\u200b77001",
        "ICBC\u00ad77001",
        "ICBC·77001",
        "ICBC：77001",
        "ICBC#77001",
    ),
]


@pytest.mark.parametrize("typed", SPELLINGS)
def test_a_reference_is_compared_by_letters_and_digits(typed: str) -> None:
    assert reference_key(typed) == "ICBC77001"


@pytest.mark.parametrize(("one", "other"), [("OUT-1", "OUT-2"), ("A1", "A11"), ("工行1", "建行1")])
def test_other_letters_or_digits_are_another_reference(one: str, other: str) -> None:
    assert reference_key(one) != reference_key(other)


@pytest.mark.parametrize("typed", SPELLINGS[1:])
def test_a_line_is_not_booked_twice_with_a_dash_more(typed: str) -> None:
    (_one, first), (_two, second) = announced(key="a"), announced(key="b")
    book(first, 89_80, reference="ICBC77001")
    with pytest.raises(InvalidInput) as refused:
        book(second, 89_80, reference=typed)
    assert (refused.value.code, refused.value.field) == ("reference_used", "reference")
    assert (StatementLine.objects.count(), Remittance.objects.count()) == (1, 1)
    assert [found for _name, found in run_all() if found] == []


def test_a_part_of_the_same_transfer_is_not_booked_twice_with_a_dash_more() -> None:
    _purchase, payment = announced()
    book(payment, 40_00, "ask", "ICBC-77001")
    with pytest.raises(WrongState, match="这条流水已经入账了"):
        book(payment, 10_00, "ask", "ICBC 77001")


def test_what_was_typed_is_what_is_shown() -> None:
    _purchase, payment = announced()
    book(payment, 40_00, "give_back", "  F2026/11-24 no.1 ")
    assert Remittance.objects.get().reference == "F2026/11-24 no.1"
    assert Remittance.objects.get().reference_key == StatementLine.objects.get().key == "F20261124NO1"


def test_a_refund_is_not_paid_out_with_the_reference_of_another_by_page_or_api() -> None:
    refunds = []
    for key in ("a", "b"):
        purchase, payment = announced(key=key)
        book(payment, 40_00, "give_back")
        give_account(purchase=purchase, holder="周敏", bank="工行广州", number="622208360200", actor=None, at=AT)
        refunds.append(Refund.objects.get(payment=payment))
    pay_out(refund_id=refunds[0].pk, reference="OUT-1", account_version=1, actor=None, at=AT)
    for typed in ("OUT1", "out.1", "ＯＵＴ－１", "OUT\u200b-1"):
        again = finance_once().post(f"/review/payouts/{refunds[1].pk}/", sent(typed))
        assert (again.status_code, again.context["field"]) == (422, "reference")
    refused = program().post(
        f"/review/payouts/{refunds[1].pk}/payment", {"reference": "OUT/1", "account_version": 1}, key="k"
    )
    assert (refused.status_code, refused.data["code"]) == (422, "reference_used")
    # The same payment told twice is one, however it is typed; it is shown as it was typed first.
    assert pay_out(refund_id=refunds[0].pk, reference="out1", actor=None, at=AT).provider_ref == "OUT-1"


def finance_once() -> Any:
    User.objects.filter(email="finance@example.com").delete()
    return finance()


@pytest.mark.parametrize("typed", ["---", "·/ _", "－"])
def test_a_reference_without_letters_or_digits_is_refused(typed: str) -> None:
    _purchase, payment = announced()
    refused = finance().post(
        f"/review/transfers/{payment.pk}/", {"received": "89.80", "payer": "周敏", "why": "本人", "reference": typed}
    )
    assert (refused.status_code, refused.context["field"]) == (422, "reference")
    assert "银行流水号应含字母或数字" in refused.content.decode()
    answer = program().post(
        f"/review/transfers/{payment.pk}/match",
        {"received": "89.80", "payer": "周敏", "why": "本人", "reference": typed},
        key="k",
    )
    assert (answer.status_code, answer.data["code"]) == (422, "reference_wrong")


def test_a_reference_too_long_is_refused_not_cut() -> None:
    _purchase, payment = announced()
    with pytest.raises(InvalidInput) as refused:
        book(payment, 89_80, reference="9" * 61)
    assert refused.value.code == "reference_too_long"


def test_the_database_keeps_one_key_for_one_refund() -> None:
    _purchase, payment = announced()
    book(payment, 40_00, "give_back", "in-1")
    book(payment, 30_00, "give_back", "in-2")
    one, other = Refund.objects.order_by("pk")
    Refund.objects.filter(pk=one.pk).update(provider_ref="A-1", reference_key="A1")
    with pytest.raises(IntegrityError), transaction.atomic():
        Refund.objects.filter(pk=other.pk).update(provider_ref="A1", reference_key="A1")


def test_what_was_booked_under_two_spellings_is_counted_as_one_line() -> None:
    """The migration meets rows that its keys make the same."""
    migration = import_module("shop.sales.migrations.0023_references_by_letters_and_digits")
    _purchase, payment = announced()
    book(payment, 40_00, "ask", "IN-1")
    book(payment, 30_00, "ask", "tmp")
    # As before keys: two spellings, two lines.
    Remittance.objects.filter(reference="tmp").update(reference="IN1", reference_key="")
    Remittance.objects.filter(reference="IN-1").update(reference_key="")
    for number, line in enumerate(StatementLine.objects.order_by("pk")):
        StatementLine.objects.filter(pk=line.pk).update(key=f"?{number}", reference=["IN-1", "IN1"][number])
    migration.fill_keys(apps, None)
    first, second = Remittance.objects.order_by("pk")
    assert (first.reference_key, second.reference_key) == ("IN1", f"IN1#{second.pk}")
    line = StatementLine.objects.get()
    assert (line.key, line.booked_fen, line.amount_fen) == ("IN1", 70_00, 70_00)
    # Seals are younger than that migration: theirs is of what it made of the rows.
    said = {each.what for _name, found in run_all() for each in found}
    assert said == {f"what remittance {second.pk} said when it was written"}
    with pytest.raises(WrongState):
        book(payment, 10_00, "ask", "IN/1")


def test_refunds_paid_under_two_spellings_keep_their_rows() -> None:
    migration = import_module("shop.sales.migrations.0023_references_by_letters_and_digits")
    _purchase, payment = announced()
    book(payment, 40_00, "give_back", "in-1")
    book(payment, 30_00, "give_back", "in-2")
    one, other = Refund.objects.order_by("pk")
    Refund.objects.filter(pk=one.pk).update(provider_ref="OUT-1")
    Refund.objects.filter(pk=other.pk).update(provider_ref="OUT1")
    migration.fill_keys(apps, None)
    assert list(Refund.objects.order_by("pk").values_list("reference_key", flat=True)) == ["OUT1", f"OUT1#{other.pk}"]


def test_a_refund_is_not_paid_out_with_the_number_of_money_that_came_in_by_page_or_api() -> None:
    purchase, payment = announced()
    book(payment, 40_00, "give_back", "IN-77")
    give_account(purchase=purchase, holder="周敏", bank="工行广州", number="622208360200", actor=None, at=AT)
    refund = Refund.objects.get(payment=payment)
    page = finance_once().post(f"/review/payouts/{refund.pk}/", sent("in 77"))
    assert (page.status_code, page.context["field"]) == (422, "reference")
    assert "这个流水号是一笔来账" in page.content.decode()
    path, body = f"/review/payouts/{refund.pk}/payment", {"reference": "IN/77", "account_version": 1}
    refused = program().post(path, body, key="k")
    assert (refused.status_code, refused.data["code"]) == (422, "reference_used")
    # Also where the line was booked before lines were counted.
    StatementLine.objects.all().delete()
    with pytest.raises(InvalidInput):
        pay_out(refund_id=refund.pk, reference="IN77", actor=None, at=AT)
    refund.refresh_from_db()
    assert (refund.state, refund.reference_key) == ("requested", "")


def test_money_is_not_booked_as_come_in_with_the_number_of_a_refund_by_page_or_api() -> None:
    purchase, payment = announced()
    book(payment, 40_00, "give_back", "IN-1")
    give_account(purchase=purchase, holder="周敏", bank="工行广州", number="622208360200", actor=None, at=AT)
    pay_out(refund_id=Refund.objects.get(payment=payment).pk, reference="OUT-1", actor=None, at=AT)
    _other, waiting = announced(key="b")
    facts = {"received": "89.80", "payer": "周敏", "why": "本人", "reference": "out1"}
    page = finance_once().post(f"/review/transfers/{waiting.pk}/", facts)
    assert (page.status_code, page.context["field"]) == (422, "reference")
    answer = program().post(f"/review/transfers/{waiting.pk}/match", facts, key="k")
    assert (answer.status_code, answer.data["code"]) == (422, "reference_used")
    assert (Remittance.objects.filter(payment=waiting).count(), StatementLine.objects.count()) == (0, 1)


@pytest.mark.parametrize("unknown", ["999999", "-1", "9" * 30])
def test_an_unknown_offset_is_said_beside_the_field_on_page_and_api(unknown: str) -> None:
    _purchase, payment = announced()
    facts = {"received": "189.80", "payer": "周敏", "why": "本人"}
    page = finance().post(f"/review/transfers/{payment.pk}/", facts | {"then": f"offset:{unknown}"})
    assert (page.status_code, page.context["field"]) == (422, "then")
    answer = program().post(
        f"/review/transfers/{payment.pk}/match", facts | {"then": "offset", "offset": int(unknown)}, key="k"
    )
    assert answer.status_code == 422


def test_refunds_that_were_paid_together_are_found_by_the_sum_that_left_the_bank() -> None:
    purchase, payment = announced(key="a")
    book(payment, 40_00, "give_back")
    other, second = announced(key="b")
    book(second, 33_00, "give_back", "ICBC-2")
    for each in (purchase, other):
        give_account(purchase=each, holder="周敏", bank="工行广州", number="622208360200", actor=None, at=AT)
    refunds = {each.pk: 1 for each in Refund.objects.all()}
    assert len(refunds) == 2
    pay_out_together(refunds=refunds, reference="OUT-1", actor=None, at=AT)
    desk, api = finance(), program()
    for typed in ("73.00", "73", "¥73.00"):
        page = desk.get("/review/payouts/", {"paid": "1", "q": typed}).content.decode()
        assert (purchase.number in page, other.number in page) == (True, True), typed
        found = api.get(f"/review/payouts?state=paid&q={typed}").data["items"]
        assert {each["id"] for each in found} == set(refunds)
    assert api.get("/review/payouts?state=paid&q=73.01").data["items"] == []
    assert [each["id"] for each in api.get("/review/payouts?state=paid&q=33.00").data["items"]] == [max(refunds)]
