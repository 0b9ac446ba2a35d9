"""The checkout tells the time to pay that placing will give: that of the thing itself."""

import pytest
from django.utils import timezone

from livestream.models import Drop
from shop.sales.models import PayTime
from shop.sales.queries.checkout import checkout_page
from tests.factories import AT, make_listing, spec_of
from tests.livestream.rooms import drop_of, make_session, put

pytestmark = pytest.mark.django_db


def test_a_drops_checkout_tells_the_drops_own_time():
    PayTime.objects.all().delete()
    PayTime.objects.create(kind="drop", online_minutes=15, document="例", valid_from="2020-01-01")
    session, host = make_session()
    listing = make_listing(supplier=session.room.supplier, stock=50, price_fen=3280)
    drop = drop_of(session, put(session, listing, host), host)
    spec_id = spec_of(listing).specification_id
    assert checkout_page(at=AT, buy=(spec_id, 1), deal=f"drop:{drop.pk}").pay_minutes == 15
    assert checkout_page(at=AT, buy=(spec_id, 1)).pay_minutes == 30


def test_the_page_says_it(client):
    PayTime.objects.all().delete()
    PayTime.objects.create(kind="drop", online_minutes=12, document="例", valid_from="2020-01-01")
    session, host = make_session()
    listing = make_listing(supplier=session.room.supplier, stock=50, price_fen=3280)
    drop = drop_of(session, put(session, listing, host), host)
    Drop.objects.update(ends_at=timezone.now() + timezone.timedelta(hours=1))
    where = f"/shop/checkout/?buy={spec_of(listing).specification_id}:1&deal=drop:{drop.pk}"
    html = client.get(where).content.decode()
    assert "12 分钟内付款" in html
    assert "30 分钟" not in html
