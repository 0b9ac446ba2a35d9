"""The note to a gift's supplier is the system's own: it is read in the reader's language."""

import pytest

from procurement.models import Pledge
from tests.api.conftest import program_of
from tests.factories import make_listing, make_supplier, make_user
from tests.sales.selling import pay

from .giving import as_, gift, need, order_of  # noqa: F401  reason: fixtures

pytestmark = pytest.mark.django_db


@pytest.fixture
def listing():
    return make_listing(supplier=make_supplier(member=make_user("seller@example.com")), price_fen=3_000, stock=100)


def test_a_gifts_note_is_read_in_the_readers_language(need, listing):  # noqa: F811  reason: a fixture
    donor = make_user()
    pledge = gift(need, listing, donor=donor)
    pay(pledge.purchase)
    order = order_of(pledge)
    beneficiary = Pledge.objects.get().beneficiary
    number, seller = order.order.number, listing.supplier.organisation.memberships.get().user
    pages = [(donor, f"/account/orders/{number}/"), (seller, f"/seller/orders/{number}/"), (seller, "/seller/orders/")]
    for user, path in pages:
        english = as_(user).get(f"/en{path}").content.decode()
        assert (f"A gift for {beneficiary.name_en}" in english, "以购代捐：" in english) == (True, False), path
        assert f"以购代捐：{beneficiary.name_zh}" in as_(user).get(path).content.decode()
    assert program_of(seller, "seller:read", language="en").get(f"/seller/orders/{number}").data["note"] == (
        f"A gift for {beneficiary.name_en}"
    )


def test_what_somebody_typed_stays_as_it_is(need, listing):  # noqa: F811  reason: a fixture
    donor = make_user()
    pledge = gift(need, listing, donor=donor)
    order = order_of(pledge)
    order.note = "请轻放"
    order.save(update_fields=["note"])
    page = as_(donor).get(f"/en/account/orders/{order.order.number}/").content.decode()
    assert "请轻放" in page
