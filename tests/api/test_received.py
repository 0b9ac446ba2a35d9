"""What guests bought with an account's phone, by API: read and acted on like its own, and taken from nobody."""

from typing import Any

import pytest

from shop.sales.models import AfterSale, CaseMove, Purchase, RefundAccount
from shop.sales.operations.payments import start_payment
from shop.sales.operations.transfers import match_transfer
from tests.factories import AT, make_listing, make_user
from tests.sales.selling import PHONE, buy, paid, ship

from .conftest import program_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def zhou() -> Any:
    return make_user(phone=PHONE, phone_verified=True)


def test_an_account_with_the_phone_reads_and_acts_by_api_and_takes_nothing_from_the_buyer(zhou: Any) -> None:
    order = ship(paid((make_listing("山中金柚", stock=9), 1), token="c" * 43))
    number, api = order.order.number, program_of(zhou)
    listed = api.get("/received-orders").json()["items"]
    assert [(row["number"], row["state"]) for row in listed] == [(number, "shipped")]
    assert [(row["number"], row["by_phone"]) for row in api.get("/orders").json()["items"]] == [(number, True)]
    shown = api.get(f"/orders/{number}").json()
    assert ("receive" in shown["can"], [row["tracking_no"] for row in shown["parcels"]]) == (True, ["SF1234567890123"])
    line = shown["lines"][0]["id"]
    claim = {"kind": "refund_only", "quantity": 1, "amount": "1.00", "reason": "少了"}
    assert api.post(f"/orders/{number}/lines/{line}/after-sale", claim, key="1").status_code == 201
    case = AfterSale.objects.get().pk
    assert api.post(f"/orders/{number}/after-sales/{case}/withdraw").status_code == 200
    done = api.post(f"/orders/{number}/receipt", key="2").json()
    assert (done["state"], done["by_phone"]) == ("completed", True)
    history = [(row["title"], row["text"]) for row in done["history"]]
    assert ("Receipt confirmed", "By an account with the phone of the recipient") in history
    assert list(CaseMove.objects.values_list("way", flat=True)) == ["phone", "phone"]
    other = program_of(make_user(phone=PHONE.replace("2046", "2047"), phone_verified=True))
    assert other.get(f"/orders/{number}").status_code == 404
    assert other.post(f"/orders/{number}/receipt", key="3").status_code == 404
    assert (Purchase.objects.get().user, Purchase.objects.get().guest_token_hash == "") == (None, False)


def test_by_api_a_refund_goes_back_to_who_paid_alone(zhou: Any) -> None:
    purchase = buy((make_listing(stock=9), 1), token="c" * 43)
    payment, _started = start_payment(purchase=purchase, gateway_name="transfer", at=AT)
    match_transfer(
        payment_id=payment.pk, received_fen=purchase.total_fen, payer="陈付", why="本人", reference="L-77", actor=None,
        at=AT,
    )  # fmt: skip
    api, path = program_of(zhou), f"/purchases/{purchase.number}"
    assert api.post(f"/orders/{purchase.orders.get().order.number}/cancel", key="1").json()["state"] == "cancelled"
    shown = api.get(path).json()
    assert [(row["payer"], row["reference"]) for row in shown["came"]] == [("", "")]
    account = {"holder": "周敏", "bank": "工商银行", "number": "6222020000000000"}
    refused = api.post(f"{path}/refund-account", account, key="2")
    assert (refused.status_code, refused.data["code"]) == (422, "holder_not_payer")
    assert api.post(f"{path}/refund-account", account | {"holder": "陈付"}, key="3").status_code == 200
    assert RefundAccount.objects.get().way == "phone"


def test_a_declined_order_is_read_no_more_by_api(zhou: Any) -> None:
    order = ship(paid((make_listing(stock=9), 1), token="c" * 43))
    number, api = order.order.number, program_of(zhou)
    assert api.post(f"/received-orders/{number}/decline").json() == {"number": number}
    assert api.get("/received-orders").json()["items"] == []
    assert api.get(f"/orders/{number}").status_code == 404
    assert api.get("/orders").json()["items"] == []
    assert Purchase.objects.get().user is None
