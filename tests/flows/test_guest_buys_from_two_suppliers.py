"""A guest buys from two suppliers in one checkout; both ship, it arrives, damage is paid back, a review is shown."""

import re

import pytest
from django.test import Client

from shop.accounts import roles
from shop.accounts.operations.groups import give_role
from shop.core import ledger, outbox
from shop.sales.models import AfterSale, LineFacts, OrderFacts, Purchase, ReviewFacts
from tests.factories import AT, make_division, make_freight, make_listing, make_supplier, make_user, spec_of
from tests.sales.selling import photo

pytestmark = pytest.mark.django_db

ADDRESS = {
    "address": "new",
    "name": "周敏",
    "phone": "138 0000 2046",
    "province": "44",
    "city": "4401",
    "division": "440106",
    "street": "龙口西路 8 号 1202",
}


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def test_from_the_basket_to_a_review_that_is_shown():
    make_division()
    members = [make_user(), make_user()]
    listings = [
        make_listing(name, supplier=make_supplier(name, member=member), price_fen=fen)
        for name, member, fen in (("金柚", members[0], 3280), ("红茶", members[1], 8600))
    ]
    for listing in listings:
        make_freight(listing.supplier)
    guest = Client()

    for listing in listings:
        form = {"spec": spec_of(listing).specification_id, "quantity": 2}
        assert guest.post("/shop/basket/add/", form).status_code == 302
    page = guest.get("/shop/checkout/").content.decode()
    key = re.search(r'name="key" value="([^"]+)"', page)
    placed = guest.post("/shop/checkout/", ADDRESS | {"place": "1", "key": key[1] if key else "k"})
    purchase = Purchase.objects.get()
    assert (placed.status_code, placed["Location"]) == (302, f"/pay/{purchase.number}/")
    assert purchase.orders.count() == 2

    guest.post(f"/pay/{purchase.number}/", {"method": "demo"})
    guest.post(f"/pay/{purchase.number}/demo/", {"outcome": "paid"})
    purchase.refresh_from_db()
    assert purchase.state == "paid"

    for n, (listing, member) in enumerate(zip(listings, members, strict=True)):
        order = OrderFacts.objects.get(supplier=listing.supplier)
        line = LineFacts.objects.get(order=order)
        form = {"carrier": "sf", "tracking_no": f"SF123456789012{n}", f"pieces-{line.pk}": "2"}
        assert signed_in(member).post(f"/seller/orders/{order.order.number}/ship/", form).status_code == 302
        assert guest.post(f"/account/orders/{order.order.number}/receive/").status_code == 302

    pomelo = OrderFacts.objects.get(supplier=listings[0].supplier)
    line = LineFacts.objects.get(order=pomelo)
    mine = f"/account/orders/{pomelo.order.number}"
    claim = {"kind": "damaged", "quantity": "1", "amount": "32.80", "reason": "压坏了一个", "photos": photo()}
    assert guest.post(f"{mine}/after-sale/{line.pk}/", claim).status_code == 302
    case = AfterSale.objects.get()
    decision = {"decision": "approve", "amount": "32.80"}
    assert signed_in(members[0]).post(f"/seller/after-sales/{case.pk}/", decision).status_code == 302
    assert ledger.balance(f"supplier:{pomelo.supplier_id}:payable") == pomelo.total_fen - 3280
    assert ledger.balance(f"supplier:{pomelo.supplier_id}:held") == 0

    review = {"stars": "5", "text": "坏的赔了，好的很甜", "photos": photo()}
    assert guest.post(f"{mine}/review/{line.pk}/", review).status_code == 302
    product = f"/shop/p/{listings[0].slug}/"
    assert "好的很甜" not in Client().get(product).content.decode()
    reviewer = make_user()
    give_role(user=reviewer, role=roles.PLATFORM_REVIEWER, actor=None, at=AT)
    url = f"/review/reviews/{ReviewFacts.objects.get().pk}/"
    assert signed_in(reviewer).post(url, {"decision": "approve"}).status_code == 302
    assert "好的很甜" in Client().get(product).content.decode()
    outbox.drain(at=purchase.paid_at)
