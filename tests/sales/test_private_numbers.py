"""What a supplier sees of the buyer's phone, on its pages."""

import pytest
from django.test import Client, override_settings

from shop.sales.private_numbers import phone_for_supplier
from tests.factories import make_listing, make_supplier, make_user
from tests.sales.selling import buy, lines_of, paid, receive, ship

pytestmark = pytest.mark.django_db


class Lines:
    """A provider of private numbers."""

    def number_for(self, *, order_number: str, phone: str) -> str:
        """Return an extension of one line."""
        return f"95013-{len(order_number)}{phone[-2:]}"


def test_the_whole_phone_is_shown_while_the_order_is_packed_only() -> None:
    member = make_user()
    order = paid((make_listing(stock=9, supplier=make_supplier(member=member)), 2))
    seller = Client()
    seller.force_login(member)
    page = f"/seller/orders/{order.order.number}/"
    assert "13800002046" in seller.get(page).content.decode()
    (line,) = lines_of(order)
    ship(order, {line.pk: 1})
    assert "13800002046" in seller.get(page).content.decode()
    ship(order, number="SF1234567890124")
    for _ in range(2):
        html = seller.get(page).content.decode()
        assert ("13800002046" in html, "138****2046" in html) == (False, True)
        receive(order)


def test_a_private_number_stands_for_the_phone_until_the_parcel_is_received() -> None:
    unpaid = buy((make_listing(stock=9), 1), key="k0").orders.get()
    order = paid((make_listing(stock=9), 1))
    with override_settings(PRIVATE_NUMBERS=f"{__name__}.Lines"):
        assert phone_for_supplier(unpaid) == "138****2046"
        assert phone_for_supplier(order) == "13800002046"
        assert phone_for_supplier(ship(order)) == "95013-1646"
        assert phone_for_supplier(receive(order)) == "138****2046"
