"""What is typed wrong on the way to the cashier: said in words, and still there to be mended."""

import pytest
from django.test import Client

from tests.factories import make_division, make_listing, spec_of
from tests.sales.test_buying import add, order

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _place() -> None:
    make_division()


def test_who_was_signed_out_comes_back_to_the_same_goods() -> None:
    listing = make_listing()
    spec = spec_of(listing).specification_id
    said = Client().post("/shop/checkout/", {"as_user": "1", "buy": f"{spec}:2", "place": "1"})
    assert said.status_code == 409
    assert f"/account/login/?next=/shop/checkout/%3Fbuy%3D{spec}%253A2" in said.content.decode()


def test_what_was_typed_for_an_invoice_not_wanted_stops_nothing() -> None:
    client = Client()
    add(client, make_listing())
    wrong = {"invoice_tax_no": "91440101MA5XYZ1234", "invoice_email": "no"}
    company = order(client, invoice="company", invoice_title="公司", **wrong)
    assert list(company.context["form"].errors) == ["invoice_tax_no", "invoice_email"]
    assert list(order(client, invoice="person", invoice_title="周", **wrong).context["form"].errors) == [
        "invoice_email"
    ]
    assert order(client, **wrong).status_code == 302


def test_pieces_that_can_not_be_had_stay_typed_beside_the_reason() -> None:
    client = Client()
    listing = make_listing(stock=5)
    add(client, listing)
    spec = spec_of(listing).specification_id
    page = client.post("/shop/basket/update/", {"spec": spec, "quantity": "9"})
    assert page.status_code == 422
    assert 'name="quantity" value="9"' in page.content.decode()
    now = {"spec": spec, "quantity": "2", "buy_now": "1"}
    answer = client.post("/shop/basket/add/", now, headers={"Accept": "application/json"})
    assert answer.json()["next"].rpartition("&once=")[0] == f"/shop/checkout/?buy={spec}:2"
