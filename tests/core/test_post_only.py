"""Addresses that only take a form lead whoever opens them to the page above."""

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import resolve

from shop.accounts.models import User
from shop.core.post_only import CATCH_ALL, page_above
from tests.security.routes import all_routes

pytestmark = pytest.mark.django_db


def post_only_addresses() -> list[str]:
    """Every storefront address that only takes a form, with samples in its places."""
    addresses = [route.address() for route in all_routes() if not route.pattern.startswith(("cms/", "admin/", "api/"))]
    return [each for each in addresses if getattr(resolve(each).func, "is_post_only", False)]


def test_every_address_that_only_takes_a_form_leads_to_a_page(client: Client) -> None:
    addresses = post_only_addresses()
    assert len(addresses) > 40
    for address in addresses:
        answer = client.get(address)
        led = answer.headers["Location"].partition("?")[0]
        above = page_above(address)
        assert (answer.status_code, led in {above, "/account/login/"}) == (302, True), address
        found = resolve(above)
        assert (found.url_name == CATCH_ALL, getattr(found.func, "is_post_only", False)) == (False, False), address


@pytest.mark.parametrize(
    ("address", "above"),
    [
        ("/units/requests/new/", "/units/requests/"),
        ("/account/orders/7/case/9/withdraw/", "/account/orders/7/"),
        ("/nowhere/at/all/", "/"),
    ],
)
def test_the_page_above(address: str, above: str) -> None:
    assert page_above(address) == above


def test_who_is_signed_in_is_told_that_nothing_was_sent(client: Client) -> None:
    client.force_login(User.objects.create(email="wu@example.cn"), backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get("/shop/basket/add/")
    assert answer.headers["Location"] == "/shop/basket/"
    assert [str(each) for each in get_messages(answer.wsgi_request)] == [
        "没有提交任何内容。如果还要办理，请在这里重新操作。"
    ]
    assert client.get("/en/units/requests/SQ1/submit/").status_code == 403  # who acts for no unit is told so first
    assert client.get("/en/account/tokens/7/revoke/").headers["Location"] == "/en/account/tokens/"
    assert client.put("/shop/basket/add/").status_code == 405
    assert client.head("/shop/basket/add/").headers["Location"] == "/shop/basket/"
