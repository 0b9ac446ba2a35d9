"""A unit's payment page: account and code on each visit, slips, what came and what went back."""

import base64
from typing import Any

import pytest

from procurement.models import PurchaseRequest
from shop.sales.models import Payment, Refund, TransferSlip
from shop.sales.operations.payouts import give_account, pay_out
from shop.sales.operations.transfers import match_transfer
from tests.api.conftest import program_of
from tests.factories import AT
from tests.sales.selling import photo

from .offices import amount, as_, figure, make_office, ordered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]


def book(fen: int, then: str = "") -> None:
    match_transfer(
        payment_id=Payment.objects.get().pk, received_fen=fen, payer="学校", why="代付", then=then, reference="IN-1",
        actor=None, at=AT,
    )  # fmt: skip


def test_account_and_code_stay_on_the_page(office: Any, listing: Any) -> None:
    ordered(office, (listing, 5), terms="prepaid")
    path = f"/units/payments/{PurchaseRequest.objects.get().number}/"
    assert "remittance-code" not in as_(office.finance).get(path).content.decode()
    code = figure(as_(office.finance).post(path, {"how": "transfer"}), "remittance-code")
    for _visit in range(2):
        # Each time signed in anew.
        page = as_(office.finance).get(path)
        assert (figure(page, "remittance-code"), "start-transfer" in page.content.decode()) == (code, False)
    assert "remittance-code" not in as_(office.buyer).get(path).content.decode()
    number = PurchaseRequest.objects.get().number
    assert program_of(office.finance).get(f"/units/requests/{number}/payment").data["remittance_code"] == code


def test_an_overpayment_is_traced_on_the_payment_page(office: Any, listing: Any) -> None:
    (order,) = ordered(office, (listing, 5), terms="prepaid")
    number = PurchaseRequest.objects.get().number
    path = f"/units/payments/{number}/"
    as_(office.finance).post(path, {"how": "transfer"})
    book(510_00, "give_back")
    page = as_(office.finance).get(path)
    assert (amount(page, "money-came"), amount(page, "money-went")) == ("¥510.00", "¥10.00")
    assert ('data-state="waiting"' in page.content.decode(), "已退款" in page.content.decode()) == (True, False)
    purchase = order.purchase
    give_account(
        purchase=purchase,
        holder=office.unit.organisation.name_zh,
        bank="工行",
        number="622208360200",
        through="unit",
        actor=None,
        at=AT,
    )
    pay_out(refund_id=Refund.objects.get().pk, reference="OUT-1", actor=None, at=AT)
    page = as_(office.finance).get(path).content.decode()
    assert ("2026-11-23 已退款，银行流水号 OUT-1" in page, "退款处理中" in page) == (True, False)
    told = program_of(office.finance).get(f"/units/requests/{number}/payment").data
    assert [each["reference"] for each in told["went_back"]] == ["OUT-1"]
    assert [(each["amount"], each["reference"]) for each in told["came"]] == [("510.00", "IN-1")]


def test_a_units_finance_adds_a_slip_that_others_do_not_see(office: Any, listing: Any) -> None:
    ordered(office, (listing, 5), terms="prepaid")
    number = PurchaseRequest.objects.get().number
    path = f"/units/payments/{number}/"
    early = as_(office.finance).post(f"{path}slip/", {"slip": photo()})
    assert early.status_code == 409
    as_(office.finance).post(path, {"how": "transfer"})
    assert as_(office.buyer).post(f"{path}slip/", {"slip": photo()}).status_code == 403
    wrong = as_(office.finance).post(f"{path}slip/", {})
    assert (wrong.status_code, "请选择回单的图片" in wrong.content.decode()) == (422, True)
    assert as_(office.finance).post(f"{path}slip/", {"slip": photo()}).status_code == 302
    assert TransferSlip.objects.get().added_by_id == office.finance.pk
    thumb = as_(office.finance).get(path).context["slips"][0].thumb
    other = make_office()
    people = (office.finance, office.buyer, office.approver, other.finance)
    assert [as_(each).get(thumb).status_code for each in people] == [200, 200, 404, 404]
    body = {"picture": base64.b64encode(photo().read()).decode()}
    sent = program_of(office.finance).post(f"/units/requests/{number}/payment/slips", body, key="s")
    assert (sent.status_code, TransferSlip.objects.count()) == (201, 2)
    refused = program_of(office.buyer).post(f"/units/requests/{number}/payment/slips", body, key="t")
    assert refused.status_code == 403
