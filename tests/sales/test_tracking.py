"""The number on a parcel: put right with a reason, and on no other address's parcel."""

from typing import Any

import pytest
from django.test import Client

from shop.core.errors import InvalidInput
from shop.core.models import AuditEntry
from shop.sales.errors import WrongState
from shop.sales.models import OrderFacts, Purchase, Shipment
from shop.sales.notices import tell_tracking_corrected
from shop.sales.operations.shipping import Parcel, ship_order
from shop.sales.operations.tracking import correct_tracking
from shop.sales.rules import clean_tracking_no
from tests.factories import AT, make_listing, make_supplier, make_user
from tests.sales.selling import lines_of, paid, receive, ship

pytestmark = pytest.mark.django_db
FIRST, RIGHT = "SF1234567890123", "SF1234567890132"


def right(shipment: Shipment, **changes: Any) -> Shipment:
    given = {"carrier": "sf", "tracking_no": RIGHT, "reason": "两位数字写反了", "actor": None, "at": AT}
    return correct_tracking(shipment_id=shipment.pk, **(given | changes))


@pytest.fixture
def sold():
    """A member's supplier, its product and a parcel of it on the way."""
    member = make_user()
    listing = make_listing(supplier=make_supplier(member=member), stock=50)
    order = ship(paid((listing, 2)))
    return member, listing, order, Shipment.objects.get(order=order)


def changed(order: OrderFacts, **facts: str) -> OrderFacts:
    """Change what the purchase of an order says."""
    Purchase.objects.filter(pk=order.purchase_id).update(**facts)
    return OrderFacts.objects.get(pk=order.pk)


def signed_in(user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_number_is_put_right_once_and_what_it_said_stays_in_the_trail(sold):
    shipment = sold[-1]
    right(shipment)
    right(shipment)
    shipment.refresh_from_db()
    assert (shipment.carrier, shipment.tracking_no) == ("sf", RIGHT)
    entry = AuditEntry.objects.get(action="tracking_corrected")
    assert entry.data == {
        "old_carrier": "sf", "old_number": FIRST, "carrier": "sf", "number": RIGHT, "reason": "两位数字写反了",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"reason": " "}, "reason", "reason_missing"),
        ({"tracking_no": "123"}, "tracking_no", "number_wrong"),
        ({"carrier": "pigeon"}, "carrier", "carrier_unknown"),
    ],
)
def test_a_correction_that_can_t_be_is_refused_beside_its_field(sold, changes, field, code):
    with pytest.raises(InvalidInput) as refused:
        right(sold[-1], **changes)
    assert (refused.value.field, refused.value.code) == (field, code)
    assert Shipment.objects.get().tracking_no == FIRST


def test_a_parcel_that_arrived_keeps_its_number(sold):
    *_rest, order, shipment = sold
    receive(order)
    with pytest.raises(WrongState):
        right(shipment)


def test_a_number_on_a_parcel_to_another_address_is_refused(sold):
    other = changed(paid((sold[1], 1), key="k2"), ship_street="另一条街 9 号")
    with pytest.raises(InvalidInput) as refused:
        ship(other)
    assert (refused.value.code, refused.value.field) == ("number_used", "tracking_no")
    ship(other, number=RIGHT)
    with pytest.raises(InvalidInput):
        right(Shipment.objects.get(order=other), tracking_no=FIRST)


def test_one_parcel_may_carry_two_orders_of_one_buyer_but_not_of_two_suppliers(sold):
    assert ship(paid((sold[1], 1), key="k2")).state == "shipped"
    tea = make_listing("英红", supplier=make_supplier("另一家合作社"), stock=5)
    with pytest.raises(InvalidInput):
        ship(paid((tea, 1), key="k3"))


@pytest.mark.parametrize(
    ("carrier", "number"), [("jt", "JT5123456789012"), ("sto", "773012345678901"), ("deppon", "DPK210012345678")]
)
def test_parcels_go_by_the_carriers_that_suppliers_use(carrier, number):
    order = paid((make_listing(stock=5), 1))
    parcel = Parcel(carrier, number, {lines_of(order)[0].pk: 1})
    assert ship_order(order_id=order.pk, parcel=parcel, actor=None, at=AT).carrier == carrier


def test_the_supplier_puts_it_right_on_the_page_and_reads_what_it_was(sold):
    member, _listing, order, shipment = sold
    client = signed_in(member)
    url = f"/seller/orders/{order.order.number}/"
    sent = {"carrier": "sf", "tracking_no": "sf 1234-567890132", "reason": ""}
    refused = client.post(f"{url}parcels/{shipment.pk}/", sent)
    page = refused.content.decode()
    assert (refused.status_code, "请写明单号错在哪里。" in page, 'value="sf 1234-567890132"' in page) == (
        422,
        True,
        True,
    )
    assert client.post(f"{url}parcels/{shipment.pk}/", sent | {"reason": "两位写反"}).status_code == 302
    page = client.get(url).content.decode()
    assert [word in page for word in (RIGHT, FIRST, "两位写反", 'data-testid="correction"')] == [True] * 4
    assert client.post(f"{url}parcels/{shipment.pk + 1}/", sent).status_code == 404


def test_the_buyer_is_told_each_correction_once(sold, monkeypatch):
    shipment = sold[-1]
    right(shipment)
    entry = AuditEntry.objects.get(action="tracking_corrected")
    told = []
    monkeypatch.setattr("shop.sales.notices._tell_buyer", lambda *args, **facts: told.append((*args, facts["key"])))
    tell_tracking_corrected(shipment_id=shipment.pk, entry_id=entry.pk, at=AT)
    ((_order, kind, params, key),) = told
    wanted = ("order_tracking_corrected", RIGHT, f"tracking_corrected:{entry.pk}")
    assert (kind, params["tracking_no"], key) == wanted


def test_the_supplier_reads_the_title_and_tax_number_of_the_invoice(sold):
    member, _listing, order, _shipment = sold
    client = signed_in(member)
    url = f"/seller/orders/{order.order.number}/"
    assert 'data-testid="invoice"' not in client.get(url).content.decode()
    changed(order, invoice_title="某市第一小学", invoice_tax_no="12440000MB2C000000")
    page = client.get(url).content.decode()
    assert ["某市第一小学" in page, "12440000MB2C000000" in page] == [True, True]


def test_full_width_characters_are_read_as_what_they_mean(sold):
    assert clean_tracking_no("ＳＦ１２３４\u3000５６７８９－０１３２") == RIGHT
    right(sold[-1], tracking_no="ＳＦ１２３４５６７８９０１３２")
    sold[-1].refresh_from_db()
    assert sold[-1].tracking_no == RIGHT


def test_the_same_number_again_says_that_nothing_changed(sold):
    member, _listing, order, shipment = sold
    client = signed_in(member)
    sent = {"carrier": "sf", "tracking_no": "sf 1234 5678 90123", "reason": "再看一次"}
    answer = client.post(f"/seller/orders/{order.order.number}/parcels/{shipment.pk}/", sent, follow=True)
    page = answer.content.decode()
    assert "单号与原来相同：没有任何改动，也未通知任何人。" in page
    assert "已告知买家" not in page
    assert not AuditEntry.objects.filter(action="tracking_corrected").exists()
