"""Several refunds to one account are paid by one transfer with one proof: each is noted once, or none."""

from typing import Any

import pytest

from shop.accounts.models import Message
from shop.core import ledger, outbox
from shop.core.errors import InvalidInput
from shop.core.models import AuditEntry
from shop.core.projections import run_all
from shop.sales.errors import WrongState
from shop.sales.models import Purchase, Refund
from shop.sales.operations.payouts import give_account, pay_out, pay_out_together
from tests.factories import AT, make_user
from tests.sales.selling import photo
from tests.sales.test_bank_lines import program
from tests.sales.test_money_trails import announced, as_, book, finance, that_day

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]
__all__ = ["that_day"]
ACCOUNT = {"holder": "周敏", "bank": "工行广州", "number": "622208360200"}


def two_refunds(key: str = "k1", user: Any = None, **account: str) -> tuple[Purchase, list[Refund]]:
    """Money that came twice too short and goes back: 40 and 30 元 of one purchase."""
    purchase, payment = announced(user, key=key)
    for fen in (40_00, 30_00):
        book(payment, fen, "give_back", f"in-{key}-{fen}")
    give_account(purchase=purchase, **(ACCOUNT | account), actor=None, at=AT)
    return purchase, list(Refund.objects.filter(payment=payment).order_by("pk"))


def states() -> list[tuple[str, str]]:
    return list(Refund.objects.order_by("pk").values_list("state", "provider_ref"))


def test_one_transfer_pays_both_refunds_of_a_purchase_on_the_page() -> None:
    buyer = make_user()
    purchase, (first, second) = two_refunds(user=buyer)
    desk = finance()
    page = desk.get("/review/payouts/").content.decode()
    assert page.count('data-testid="payout-also"') == 2
    assert ("转账共 ¥70.00" in page, f'value="{second.pk}-1"' in page) == (True, True)
    form = {"reference": "OUT-7", "account_version": "1", "also": [f"{second.pk}-1"], "proof": photo()}
    said = desk.post(f"/review/payouts/{first.pk}/", form, follow=True).content.decode()
    assert ("2 笔退款" in said, "¥70.00" in said) == (True, True)
    assert states() == [("succeeded", "OUT-7 (1/2)"), ("succeeded", "OUT-7 (2/2)")]
    proofs = set(Refund.objects.values_list("proof", "account_version"))
    assert (len(proofs), None in {proof for proof, _version in proofs}) == (1, False)
    assert (ledger.balance("refunds:to_pay"), ledger.balance("gateway:transfer")) == (0, 0)
    assert [found for _name, found in run_all() if found] == []
    outbox.drain(at=AT)
    told = Message.objects.filter(user=buyer, kind="refund_paid_out")
    assert [each.params["amount_fen"] for each in told] == [70_00]
    own = as_(buyer).get(f"/pay/{purchase.number}/transfer/").content.decode()
    assert (own.count("OUT-7"), "退款处理中" in own) == (2, False)
    found = desk.get("/review/payouts/", {"paid": "1", "q": "out7"})
    assert len(found.context["page"].object_list) == 2


def test_refunds_of_two_purchases_to_one_account_are_paid_together_by_api() -> None:
    (_one, refunds), (_other, more) = two_refunds("a"), two_refunds("b", holder=" 周 敏")
    ids = [each.pk for each in (*refunds, *more)]
    desk = program()
    body = {"refunds": [{"id": pk, "account_version": 1} for pk in ids[:3]], "reference": "OUT-8"}
    assert desk.post("/review/payouts/payment", body, key="k").status_code == 204
    assert states() == [("succeeded", f"OUT-8 ({n}/3)") for n in (1, 2, 3)] + [("requested", "")]
    # The same again is the same payment; with one that it did not pay it is none.
    assert desk.post("/review/payouts/payment", body, key="k2").status_code == 204
    assert AuditEntry.objects.filter(action="refund_paid_out").count() == 3
    body["refunds"].append({"id": ids[3], "account_version": 1})
    refused = desk.post("/review/payouts/payment", body, key="k3")
    assert (refused.status_code, refused.data["code"]) == (409, "refund_paid_already")
    with pytest.raises(InvalidInput) as used:
        pay_out(refund_id=ids[3], reference="out 8", actor=None, at=AT)
    assert (used.value.code, used.value.field) == ("reference_used", "reference")
    unknown = {"refunds": [{"id": 999_999, "account_version": 1}], "reference": "OUT-9"}
    assert desk.post("/review/payouts/payment", unknown, key="k4").status_code == 404
    assert [found for _name, found in run_all() if found] == []


def test_refunds_to_two_accounts_are_not_offered_together_nor_noted() -> None:
    (_one, (first, _second)), (_other, (third, _fourth)) = two_refunds("a"), two_refunds("b", number="622208360201")
    desk = finance()
    page = desk.get("/review/payouts/").context["page"]
    beside = {row.pk: [each.pk for each in row.beside] for row in page}
    assert (beside[first.pk], third.pk in beside[first.pk]) == ([first.pk + 1], False)
    form = {"reference": "OUT-1", "account_version": "1", "also": [f"{third.pk}-1"]}
    refused = desk.post(f"/review/payouts/{first.pk}/", form)
    assert (refused.status_code, "不同的账户" in refused.content.decode()) == (422, True)
    assert {state for state, _reference in states()} == {"requested"}
    for also in ("", "x", "0-1", f"{10**20}-1"):
        assert desk.post(f"/review/payouts/{first.pk}/", form | {"also": [also]}).status_code == 404


def test_nothing_is_noted_where_one_was_paid_or_its_account_was_changed() -> None:
    (purchase, (first, second)), (_other, (third, fourth)) = two_refunds("a"), two_refunds("b")
    pay_out(refund_id=second.pk, reference="ALONE", actor=None, at=AT)
    with pytest.raises(WrongState) as refused:
        pay_out_together(refunds={first.pk: 1, second.pk: 1}, reference="OUT-1", actor=None, at=AT)
    assert (refused.value.code, "ALONE" in str(refused.value.message)) == ("refund_paid_already", True)
    give_account(purchase=purchase, **(ACCOUNT | {"bank": "农行广州"}), actor=None, at=AT)
    form = {"reference": "OUT-1", "account_version": "1", "also": [f"{first.pk}-1", f"{fourth.pk}-1"]}
    answer = finance().post(f"/review/payouts/{third.pk}/", form)
    assert (answer.status_code, "已更改" in answer.content.decode()) == (409, True)
    assert [state for state, _reference in states()] == ["requested", "succeeded", "requested", "requested"]


def test_the_queue_of_payouts_asks_as_often_for_many_that_go_together(django_assert_max_num_queries: Any) -> None:
    for number in range(4):
        two_refunds(f"k{number}", number=f"62220836020{number}")
    two_refunds("same")
    desk = finance()
    desk.get("/review/payouts/")
    with django_assert_max_num_queries(30):
        desk.get("/review/payouts/")


@pytest.mark.parametrize("typed", ["OUT-7 (2/2)", "OUT-7（2/2）", "out 7(1/2)", "OUT-7 ( 3 / 9 )"])
def test_the_numbering_of_refunds_paid_together_is_no_other_reference(typed: str) -> None:
    _purchase, (first, second) = two_refunds()
    pay_out_together(refunds={first.pk: 1, second.pk: 1}, reference="OUT-7", actor=None, at=AT)
    _other, (third, _fourth) = two_refunds("b")
    with pytest.raises(InvalidInput) as refused:
        pay_out(refund_id=third.pk, reference=typed, actor=None, at=AT)
    assert (refused.value.code, refused.value.field) == ("reference_numbered", "reference")


def test_a_refund_is_named_once_in_a_payment() -> None:
    _purchase, (first, second) = two_refunds()
    desk = finance()
    form = {"reference": "OUT-7", "account_version": "1"}
    for also in ([f"{first.pk}-1"], [f"{second.pk}-1", f"{second.pk}-7"]):
        answer = desk.post(f"/review/payouts/{first.pk}/", form | {"also": also})
        assert (answer.status_code, "重复" in answer.content.decode()) == (422, True)
    named = [{"id": first.pk, "account_version": version} for version in (7, 1)]
    answer = program().post("/review/payouts/payment", {"refunds": named, "reference": "OUT-7"}, key="p1")
    assert (answer.status_code, answer.data["code"]) == (422, "refund_twice")
    assert {state for state, _reference in states()} == {"requested"}
