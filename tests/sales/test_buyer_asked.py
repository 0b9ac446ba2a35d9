"""Goods of a certificate revoked since are sent once their supplier says that the buyer was asked; it is kept who said so."""

import pytest
from django.test import Client

from catalog.operations.revoking import restore_certificate
from shop.core.models import AuditEntry
from shop.sales.errors import BuyerNotAsked
from shop.sales.operations.shipping import Parcel, ship_order
from tests.api.conftest import program_of
from tests.catalog.listing import make_reviewer
from tests.catalog.test_revoking import REASON, revoke
from tests.factories import AT, make_certificate, make_listing, make_supplier, make_user
from tests.sales.selling import lines_of, paid, ship

pytestmark = pytest.mark.django_db
NUMBER = "SF1234567890123"


@pytest.fixture
def sold():
    """A paid order of three pieces under a certificate that was revoked since; its supplier's member."""
    member = make_user()
    listing = make_listing(supplier=make_supplier(member=member), stock=50, price_fen=1000)
    certificate = make_certificate(listing, yearly_output_grams=10**9)
    order = paid((listing, 3))
    revoke(certificate)
    return order, member, certificate


def noted():
    rows = AuditEntry.objects.filter(action="buyer_asked").order_by("pk")
    return [(row.object_id, row.actor_id, row.data["certificates"]) for row in rows]


def send(order, pieces: int, actor, number: str = NUMBER, *, asked: bool):
    (line,) = lines_of(order)
    parcel = Parcel("sf", number, {line.pk: pieces}, buyer_asked=asked)
    return ship_order(order_id=order.pk, parcel=parcel, actor=actor, at=AT)


def test_goods_of_a_revoked_certificate_are_sent_once_the_buyer_was_asked(sold):
    order, member, certificate = sold
    with pytest.raises(BuyerNotAsked) as refused:
        send(order, 1, member, asked=False)
    assert (refused.value.field, refused.value.details["certificates"]) == ("buyer_asked", [certificate.number])
    assert (noted(), order.shipments.count()) == ([], 0)
    send(order, 1, member, asked=True)
    # Asked once, of all that the order has of it.
    send(order, 2, member, "SF1234567890124", asked=False)
    assert noted() == [(str(order.pk), member.pk, [certificate.number])]


def test_nobody_is_asked_where_the_certificate_holds(sold):
    order, _member, certificate = sold
    restore_certificate(certificate_id=certificate.pk, reason=REASON, actor=make_reviewer(), at=AT)
    ship(order)
    assert noted() == []


def test_the_packing_page_asks_and_says_afterwards_who_was_asked(sold):
    order, member, certificate = sold
    client = Client()
    client.force_login(member)
    path = f"/seller/orders/{order.order.number}/"
    assert 'data-testid="buyer-asked"' in client.get(path).content.decode()
    facts = {"carrier": "sf", "tracking_no": NUMBER, "nth": 1, f"pieces-{lines_of(order)[0].pk}": 2}
    refused = client.post(f"{path}ship/", facts)
    assert refused.status_code == 409
    assert f"（{certificate.number}）" in refused.content.decode()
    assert client.post(f"{path}ship/", facts | {"buyer_asked": "on"}).status_code == 302
    page = client.get(path).content.decode()
    assert ('data-testid="buyer-asked"' in page, 'data-testid="was-asked"' in page) == (False, True)
    assert noted() == [(str(order.pk), member.pk, [certificate.number])]


def test_the_api_asks_alike(sold):
    order, member, certificate = sold
    farm = program_of(member, "seller:read", "seller:write")
    path = f"/seller/orders/{order.order.number}/parcels"
    refused = farm.post(path, {"carrier": "sf", "tracking_no": NUMBER}, key="one")
    assert (refused.status_code, refused.data["code"]) == (409, "buyer_not_asked")
    assert refused.data["errors"][0]["field"] == "buyer_asked"
    assert farm.post(path, {"carrier": "sf", "tracking_no": NUMBER, "buyer_asked": True}, key="two").status_code == 201
    assert noted() == [(str(order.pk), member.pk, [certificate.number])]
