"""Paid orders that wait for a lot that failed: nothing is promised of it any more, and their buyers are told."""

import pytest
from django.test import Client
from django.utils import timezone

from shop.accounts import sms
from shop.accounts.models import Message
from shop.core import outbox
from tests.api.conftest import program_of
from tests.factories import make_user
from tests.traceability.growing import look, make_grown, make_lot, paid_order, report

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch, settings):
    settings.SMS_SENDER = "shop.accounts.sms.Outbox"
    monkeypatch.setattr(sms.Outbox, "sent", found := [])
    return found


def drain() -> None:
    outbox.drain(at=timezone.now())


def test_a_paid_order_of_a_failed_lot_is_promised_nothing_and_its_buyer_is_told():
    buyer, member = make_user(), make_user()
    listing = make_grown(member, stock=20)
    lot = make_lot(listing, pieces=20)
    order = paid_order(listing, 2)
    order.purchase.user = buyer
    order.purchase.save(update_fields=["user"])
    number = order.order.number
    client = Client()
    client.force_login(buyer)
    program = program_of(buyer, "orders:read")
    row = program.get(f"/orders/{number}").data["lines"][0]
    assert (row["undated"], row["promised_from"] is None) == ("", False)
    assert 'data-testid="promised"' in client.get(f"/account/orders/{number}/").content.decode()
    look(lot, report(passed=False))
    drain()
    (message,) = Message.objects.filter(kind="goods_failed")
    assert (message.user_id, message.url) == (buyer.pk, f"/account/orders/{number}/")
    for path in (f"/account/orders/{number}/", "/account/orders/"):
        page = client.get(path).content.decode()
        assert ('data-testid="promised"' in page, "前发货" in page) == (False, False), path
    page = client.get(f"/account/orders/{number}/").content.decode()
    assert ('data-testid="undated"' in page, "改发其他货物" in page) == (True, True)
    told = program.get(f"/orders/{number}").data
    row = told["lines"][0]
    assert (row["undated"], row["promised_from"], row["promised_until"]) == ("stopped", None, None)
    assert "改发其他货物" in program_of(buyer, language="zh-hans").get(f"/orders/{number}").data["next_step"]
    listed = program.get("/orders").data["items"][0]["lines"][0]
    assert (listed["undated"], listed["promised_from"]) == ("stopped", None)
    # Its supplier is still held to what was promised.
    sold = program_of(member, "seller:read").get(f"/seller/orders/{number}").data["lines"][0]
    assert sold["promised_from"] is not None
    make_lot(listing, pieces=20, days_ago=1)
    assert program.get(f"/orders/{number}").data["lines"][0]["undated"] == ""


def test_a_guest_whose_goods_failed_is_told_by_short_message(sent):
    listing = make_grown(make_user(), stock=20)
    lot = make_lot(listing, pieces=20)
    order = paid_order(listing, 2)
    look(lot, report(passed=False))
    drain()
    drain()
    (words,) = [text for phone, text in sent if phone == order.purchase.contact_phone and order.order.number in text]
    assert ("/account/orders/find/" in words, "取消" in words) == (True, True)


def test_nobody_is_told_where_a_sound_lot_has_goods_for_all():
    listing = make_grown(make_user(), stock=40)
    lot = make_lot(listing, pieces=20)
    make_lot(listing, pieces=20, days_ago=4)
    order = paid_order(listing, 2)
    order.purchase.user = buyer = make_user()
    order.purchase.save(update_fields=["user"])
    look(lot, report(passed=False))
    drain()
    assert not Message.objects.filter(kind="goods_failed").exists()
    row = program_of(buyer).get(f"/orders/{order.order.number}").data["lines"][0]
    assert (row["undated"], row["promised_from"] is None) == ("", False)
