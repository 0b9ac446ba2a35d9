"""What the checkout and the doors beside it say of what can't be taken: once, beside its field, in the reader's words."""

from typing import Any

import pytest
from django import forms
from django.test import Client

from catalog.models import Listing
from shop.sales.forms.checkout import CheckoutForm
from shop.sales.models import Purchase
from tests.factories import make_division, make_listing, spec_of
from tests.sales.test_checkout_keys import filled

pytestmark = pytest.mark.django_db


def _forms(kind: type[Any]) -> list[type[Any]]:
    return [kind, *(each for sub in kind.__subclasses__() for each in _forms(sub))]


def test_no_field_of_a_form_takes_a_longer_e_mail_than_is_kept() -> None:
    fields = [
        (form.__name__, name, field)
        for form in _forms(forms.BaseForm)
        if form.__module__.partition(".")[0] in ("shop", "catalog", "procurement", "livestream", "traceability")
        for name, field in getattr(form, "base_fields", {}).items()
        if isinstance(field, forms.EmailField)
    ]
    assert ("CheckoutForm", "invoice_email") in [(form, name) for form, name, _field in fields]
    assert [(form, name) for form, name, field in fields if not field.max_length or field.max_length > 254] == []


def test_the_checkouts_texts_are_no_longer_than_the_purchase_keeps() -> None:
    for name, column in (
        ("name", "ship_name"), ("street", "ship_street"), ("invoice_title", "invoice_title"),
        ("invoice_email", "invoice_email"),
    ):  # fmt: skip
        most = Purchase._meta.get_field(column).max_length
        assert (name, CheckoutForm.base_fields[name].max_length <= most) == (name, True)


def test_a_too_long_invoice_is_said_once_beside_its_field() -> None:
    make_division()
    client = Client()
    sent = filled(client, f"{spec_of(make_listing(stock=9)).specification_id}:1")
    domain = ".".join(["b" * 60] * 4)
    wrong = {"invoice": "person", "invoice_title": "长" * 121, "invoice_email": f"{'a' * 50}@{domain}.cn"}
    refused = client.post("/shop/checkout/", sent | wrong)
    errors = refused.context["form"].errors
    assert (refused.status_code, Purchase.objects.count()) == (422, 0)
    assert [len(errors[name]) for name in ("invoice_title", "invoice_email")] == [1, 1]


def test_a_guest_who_goes_back_and_sends_the_form_again_is_led_to_the_purchase() -> None:
    make_division()
    client, stranger = Client(), Client()
    sent = filled(client, f"{spec_of(make_listing(stock=9)).specification_id}:1")
    placed = client.post("/shop/checkout/", sent)
    assert client.get(placed["Location"]).status_code == 200
    purchase = Purchase.objects.get()
    again = client.post("/shop/checkout/", sent)
    assert (again.status_code, again["Location"]) == (302, f"/pay/{purchase.number}/")
    other = client.post("/shop/checkout/", sent | {"name": "王五"})
    told = stranger.post("/shop/checkout/", sent)
    for refused in (other, told):
        assert (refused.status_code, purchase.number in refused.content.decode()) == (409, False)
    assert Purchase.objects.count() == 1


def test_what_is_limited_is_said_once_and_the_typed_phone_comes_along() -> None:
    make_division()
    listing = make_listing(stock=9)
    Listing.objects.filter(pk=listing.pk).update(purchase_limit=1)
    client = Client()
    sent = filled(client, f"{spec_of(listing).specification_id}:1")
    page = client.get("/shop/checkout/", {"buy": sent["buy"]}).content.decode()
    assert (page.count('data-testid="prove-phone"'), "line-problem" in page) == (1, False)
    led = client.post("/shop/checkout/", sent | {"prove": "1"})
    shown = client.get(led["Location"]).content.decode()
    assert ('value="13800002046"' in shown, "先用验证码" in shown) == (True, True)
