"""What guests had sent to an account's phone, by API: seen and received, and nothing else."""

from typing import Any

import pytest

from shop.sales.models import Purchase
from tests.factories import make_listing, make_user
from tests.sales.selling import PHONE, paid, ship

from .conftest import program_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def zhou() -> Any:
    return make_user(phone=PHONE, phone_verified=True)


def test_a_recipient_reads_and_receives_and_does_nothing_else_by_api(zhou: Any) -> None:
    order = ship(paid((make_listing("山中金柚", stock=9), 1), token="c" * 43))
    number, api = order.order.number, program_of(zhou)
    listed = api.get("/received-orders").json()["items"]
    assert [(row["number"], row["state"]) for row in listed] == [(number, "shipped")]
    shown = api.get(f"/received-orders/{number}").json()
    assert (shown["can"], [row["tracking_no"] for row in shown["parcels"]]) == (["receive"], ["SF1234567890123"])
    assert not {"total", "purchase", "history", "refunded"} & set(shown)
    assert api.get("/orders").json()["items"] == []
    pay = f"/purchases/{order.purchase.number}"
    account = {"holder": "周敏", "bank": "工商银行", "number": "6222020000000000"}
    assert api.post(f"/orders/{number}/cancel", key="1").status_code == 404
    assert api.post(f"/orders/{number}/receipt", key="2").status_code == 404
    assert [api.get(pay).status_code, api.post(f"{pay}/refund-account", account, key="3").status_code] == [404, 404]
    other = program_of(make_user(phone=PHONE.replace("2046", "2047"), phone_verified=True))
    assert other.get(f"/received-orders/{number}").status_code == 404
    assert other.post(f"/received-orders/{number}/receipt", key="5").status_code == 404
    assert api.post(f"/received-orders/{number}/receipt", key="4").json()["state"] == "completed"
    assert Purchase.objects.get().user is None


def test_a_declined_order_is_read_no_more_by_api(zhou: Any) -> None:
    order = ship(paid((make_listing(stock=9), 1), token="c" * 43))
    number, api = order.order.number, program_of(zhou)
    assert api.post(f"/received-orders/{number}/decline").json() == {"number": number}
    assert api.get("/received-orders").json()["items"] == []
    assert api.get(f"/received-orders/{number}").status_code == 404
    assert Purchase.objects.get().user is None
