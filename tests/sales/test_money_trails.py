"""What became of a transfer, said to finance and to the buyer; slips; one bank reference for one payout."""

import base64
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from shop.accounts import roles
from shop.accounts.models import User
from shop.core.errors import InvalidInput
from shop.core.projections import run_all
from shop.sales.errors import WrongState
from shop.sales.models import Payment, Purchase, Refund, TransferSlip
from shop.sales.operations.payments import capture_payment, fail_payment, start_payment
from shop.sales.operations.payouts import give_account, pay_out
from shop.sales.operations.transfers import match_transfer
from shop.sales.queries.trails import trail_of
from shop.sales.rules import reference_key, transfer_state
from tests.api.conftest import program_of
from tests.factories import AT, make_listing, make_user
from tests.sales.selling import buy, photo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]


@pytest.fixture
def that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)


def announced(user: Any = None, key: str = "k1", price_fen: int = 89_80) -> tuple[Purchase, Payment]:
    purchase = buy((make_listing(stock=9, price_fen=price_fen), 1), user=user or make_user(), key=key)
    return purchase, start_payment(purchase=purchase, gateway_name="transfer", at=AT)[0]


def book(payment: Payment, fen: int, then: str = "", reference: str = "") -> Payment:
    return match_transfer(
        payment_id=payment.pk, received_fen=fen, payer="周敏", why="本人", then=then, reference=reference, actor=None,
        at=AT,
    )  # fmt: skip


def paid_out(purchase: Purchase, refund: Refund, reference: str) -> None:
    give_account(purchase=purchase, holder="周敏", bank="工行广州", number="622208360200", actor=None, at=AT)
    pay_out(refund_id=refund.pk, reference=reference, actor=None, at=AT)


def finance() -> Client:
    staff = make_user("finance@example.com")
    staff.groups.add(Group.objects.get_or_create(name=roles.PLATFORM_ADMIN)[0])
    return as_(staff)


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ((0, 0, 0, True), "waiting"),
        ((4000, 0, 0, True), "partly"),
        ((4000, 4000, 0, True), "to_pay_back"),
        ((4000, 0, 4000, True), "paid_back"),
        ((4000, 2000, 2000, True), "to_pay_back"),
        ((8980, 0, 0, False), "booked"),
        ((9980, 1000, 0, False), "to_pay_back"),
        ((9980, 0, 1000, False), "booked"),
        ((8980, 8980, 0, False), "to_pay_back"),
        ((8980, 0, 8980, False), "paid_back"),
    ],
)
def test_a_transfers_state_follows_what_is_kept_of_it(facts: tuple[int, int, int, bool], state: str) -> None:
    received, going, gone, is_open = facts
    assert transfer_state(received_fen=received, going_back_fen=going, gone_back_fen=gone, is_open=is_open) == state


def test_a_short_transfer_that_was_given_back_is_not_said_to_be_a_part() -> None:
    buyer, desk = make_user(), finance()
    purchase, payment = announced(buyer)
    book(payment, 40_00, "give_back", "in-1")
    page = desk.get("/review/transfers/").content.decode()
    assert "已到账 ¥40.00，还差" not in page
    assert ("¥40.00 待退款，见“待退款”。" in page, "购买单仍待付全额 ¥89.80。" in page) == (True, True)
    own = as_(buyer).get(f"/pay/{purchase.number}/transfer/").content.decode()
    assert "您汇来的 ¥40.00 将退给您：退款处理中。" in own
    assert "请按应付金额 ¥89.80 一次汇足。" in own
    booked = desk.get("/review/transfers/?shown=booked").content.decode()
    assert ('data-state="to_pay_back"' in booked, "部分到账" in booked) == (True, False)

    paid_out(purchase, Refund.objects.get(), "OUT-1")
    page = desk.get("/review/transfers/").content.decode()
    assert "¥40.00 · 2026-11-23 已退款，银行流水号 OUT-1" in page
    assert "购买单仍待付全额 ¥89.80。" in page
    own = as_(buyer).get(f"/pay/{purchase.number}/transfer/").content.decode()
    assert ("已退款，银行流水号 OUT-1" in own, "退款处理中" in own) == (True, False)
    assert 'data-state="paid_back"' in desk.get("/review/transfers/?shown=booked").content.decode()
    assert [found for _name, found in run_all() if found] == []


def test_a_part_that_is_kept_and_one_that_went_back_have_a_sentence_each() -> None:
    purchase, payment = announced()
    book(payment, 40_00, "give_back", "in-1")
    paid_out(purchase, Refund.objects.get(), "OUT-1")
    book(payment, 30_00, "ask", "in-2")
    page = finance().get("/review/transfers/").content.decode()
    assert "已到账 ¥30.00，还差 ¥59.80，已请买家补足。" in page
    assert "¥40.00 · 2026-11-23 已退款，银行流水号 OUT-1" in page
    assert "购买单仍待付全额" not in page


def test_an_overpayment_leaves_a_trace_once_it_was_paid_out() -> None:
    buyer = make_user()
    purchase, payment = announced(buyer)
    book(payment, 99_80, "give_back", "in-1")
    page = as_(buyer).get(f"/pay/{purchase.number}/done/").content.decode()
    assert ('data-state="waiting"' in page, "退款处理中" in page) == (True, True)
    paid_out(purchase, Refund.objects.get(), "OUT-9")
    page = as_(buyer).get(f"/pay/{purchase.number}/done/").content.decode()
    assert ('data-state="done"' in page, "已退款，银行流水号 OUT-9" in page) == (True, True)
    told = program_of(buyer).get(f"/purchases/{purchase.number}").data
    assert [(each["amount"], each["reference"]) for each in told["came"]] == [("99.80", "in-1")]
    assert [(each["amount"], each["reference"]) for each in told["went_back"]] == [("10.00", "OUT-9")]
    assert trail_of(purchase.pk).state(is_open=False) == "booked"


def test_the_api_says_a_transfers_outcome() -> None:
    admin = make_user("admin@example.cn")
    User.objects.filter(pk=admin.pk).update(is_superuser=True)
    desk, (_purchase, payment) = program_of(admin), announced()
    assert desk.get("/review/transfers").data["items"][0]["outcome"] == "waiting"
    book(payment, 40_00, "give_back")
    (row,) = desk.get("/review/transfers?state=booked").data["items"]
    assert (row["outcome"], row["received"], row["slip_count"]) == ("to_pay_back", "40.00", 0)
    assert row["said"] == [
        "¥40.00 is to be paid back, see the payouts.",
        "The purchase still waits for the whole ¥89.80.",
    ]


def sent(reference: str, version: int = 1) -> dict[str, Any]:
    """What finance's form says: the reference, and which account it shows."""
    return {"reference": reference, "account_version": str(version)}


def test_one_bank_reference_pays_one_refund() -> None:
    refunds = []
    for key in ("a", "b"):
        purchase, payment = announced(key=key)
        book(payment, 40_00, "give_back")
        refunds.append(Refund.objects.get(payment=payment))
        give_account(purchase=purchase, holder="周敏", bank="工行广州", number="622208360200", actor=None, at=AT)
    desk = finance()
    assert desk.post(f"/review/payouts/{refunds[0].pk}/", sent("HT 2026-001")).status_code == 302
    # However it is typed: spaces, full-width letters, small ones.
    again = desk.post(f"/review/payouts/{refunds[1].pk}/", sent("ｈt2026-001 "))
    assert (again.status_code, again.context["field"]) == (422, "reference")
    assert "该银行流水号已登记在另一笔退款上" in again.content.decode()
    admin = make_user("admin@example.cn")
    User.objects.filter(pk=admin.pk).update(is_superuser=True)
    path = f"/review/payouts/{refunds[1].pk}/payment"
    refused = program_of(admin).post(path, {"reference": "HT2026-001", "account_version": 1}, key="k")
    assert (refused.status_code, refused.data["code"], refused.data["errors"][0]["field"]) == (
        422, "reference_used", "reference",
    )  # fmt: skip
    refunds[1].refresh_from_db()
    assert (refunds[1].state, refunds[1].provider_ref) == ("requested", "")
    # The same refund told twice is one payment.
    pay_out(refund_id=refunds[0].pk, reference="ht2026-001", actor=None, at=AT)
    assert [found for _name, found in run_all() if found] == []


def test_a_line_of_the_statement_is_one_however_its_number_is_typed() -> None:
    _purchase, payment = announced()
    book(payment, 40_00, "ask", "cmb 88")
    with pytest.raises(WrongState, match="这条流水已经入账了"):
        book(payment, 10_00, "ask", "CMB88")
    assert reference_key("　ｃmb 88 ") == "CMB88"


def test_who_comes_back_finds_account_and_code_again(settings: Any) -> None:
    settings.TRANSFER_ACCOUNT = {"payee": "禾桥", "bank": "广州农商", "number": "6222"}
    buyer = make_user()
    purchase, payment = announced(buyer)
    for _visit in range(2):
        page = as_(buyer).get(f"/pay/{purchase.number}/", follow=True).content.decode()
        assert (payment.provider_ref in page, "6222" in page) == (True, True)
    # Another way that failed does not hide the transfer that waits.
    other, _started = start_payment(purchase=purchase, gateway_name="demo", at=AT)
    fail_payment(payment_id=other.pk, at=AT)
    assert payment.provider_ref in as_(buyer).get(f"/pay/{purchase.number}/transfer/").content.decode()
    told = program_of(buyer).get(f"/purchases/{purchase.number}").data["payment"]
    assert (told["method"], told["reference"]) == ("transfer", payment.provider_ref)
    capture_payment(payment_id=payment.pk, at=AT)
    assert as_(buyer).get(f"/pay/{purchase.number}/transfer/").status_code == 302


def test_a_slip_is_added_by_who_pays_and_seen_by_those_concerned(client: Client) -> None:
    buyer, stranger, desk = make_user(), make_user(), finance()
    purchase, _payment = announced(buyer)
    path = f"/pay/{purchase.number}/slip/"
    assert as_(stranger).post(path, {"slip": photo()}).status_code == 404
    empty = as_(buyer).post(path, {})
    assert (empty.status_code, "请选择回单的图片" in empty.content.decode()) == (422, True)
    bad = as_(buyer).post(path, {"slip": SimpleUploadedFile("a.jpg", b"no picture")})
    assert (bad.status_code, bad.context["field"]) == (422, "slip")
    assert as_(buyer).post(path, {"slip": photo()}).status_code == 302
    slip = TransferSlip.objects.get()
    assert (slip.picture.is_private, slip.added_by_id) == (True, buyer.pk)
    shown = desk.get("/review/transfers/").context["page"].object_list[0].slips[0].thumb
    opened = [each.get(shown).status_code for each in (desk, as_(buyer), as_(stranger), client)]
    assert opened == [200, 200, 404, 404]


def test_a_slip_comes_by_the_api_too_and_three_are_enough() -> None:
    buyer = make_user()
    purchase, payment = announced(buyer)
    me, path = program_of(buyer), f"/purchases/{purchase.number}/transfer-slips"
    picture = {"picture": base64.b64encode(photo().read()).decode()}
    assert me.post(path, {"picture": "no base64!"}, key="s").data["errors"][0]["field"] == "picture"
    assert program_of(make_user()).post(path, picture, key="s").status_code == 404
    assert [me.post(path, picture, key=f"s{n}").status_code for n in range(4)] == [201, 201, 201, 422]
    admin = make_user("admin@example.cn")
    User.objects.filter(pk=admin.pk).update(is_superuser=True)
    read = f"/review/transfers/{payment.pk}/slips"
    assert len(program_of(admin).get(read).data["items"]) == 3
    assert me.get(read).status_code == 403
    capture_payment(payment_id=payment.pk, at=AT)
    assert me.post(path, picture, key="late").data["code"] == "wrong_state"


def test_the_proof_of_a_payout_is_for_finance_alone() -> None:
    buyer, desk = make_user(), finance()
    purchase, payment = announced(buyer)
    book(payment, 40_00, "give_back")
    give_account(purchase=purchase, holder="周敏", bank="工行广州", number="622208360200", actor=None, at=AT)
    refund = Refund.objects.get()
    desk.post(f"/review/payouts/{refund.pk}/", sent("OUT-1") | {"proof": photo()})
    shown = desk.get("/review/payouts/?paid=1").context["page"].object_list[0].slip
    assert [each.get(shown).status_code for each in (desk, as_(buyer))] == [200, 404]


def test_a_payout_without_reference_needs_the_slip() -> None:
    purchase, payment = announced()
    book(payment, 40_00, "give_back")
    with pytest.raises(InvalidInput) as refused:
        pay_out(refund_id=Refund.objects.get().pk, reference=" ", actor=None, at=AT)
    assert (refused.value.code, purchase.state) == ("proof_missing", "unpaid")
