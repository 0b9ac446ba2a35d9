"""A guest takes a drop's pieces and pays by bank transfer: its own time is said, and keeps no piece longer than that."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from livestream.models import Drop
from shop.core import ledger
from shop.core.projections import run_all
from shop.sales.models import Payment, PayTime, Purchase, Refund
from shop.sales.operations.closing import expire_purchases
from shop.sales.operations.transfers import match_transfer
from tests.factories import make_division, make_listing, spec_of
from tests.livestream.rooms import drop_of, make_session, put
from tests.sales.test_guest_access import ADDRESS
from tests.sales.test_money_trails import finance

pytestmark = pytest.mark.django_db
PIECES = 10


def stage(transfer_minutes: int | None) -> tuple[str, Drop]:
    make_division()
    PayTime.objects.all().delete()
    PayTime.objects.create(
        kind="drop", online_minutes=15, transfer_minutes=transfer_minutes, document="例", valid_from="2020-01-01"
    )
    session, host = make_session()
    listing = make_listing(supplier=session.room.supplier, stock=50, price_fen=3280)
    drop = drop_of(session, put(session, listing, host), host, pieces=PIECES)
    Drop.objects.update(ends_at=timezone.now() + timedelta(hours=3))
    return f"/shop/checkout/?buy={spec_of(listing).specification_id}:2&deal=drop:{drop.pk}", drop


def free(drop: Drop) -> int:
    drop.refresh_from_db()
    return int(drop.stock.on_hand - drop.stock.reserved)


def ordered(client: Client, address: str) -> Purchase:
    page = client.get(address).context
    given = {"key": page["key"], "buy": page["buy"], "deal": page["deal"]}
    assert client.post("/shop/checkout/", {**ADDRESS, **given}).status_code == 302
    return Purchase.objects.get()


def test_the_checkout_says_before_ordering_that_a_drop_takes_no_transfer() -> None:
    address, _drop = stage(None)
    client = Client()
    page = client.get(address).content.decode()
    assert ('data-testid="transfer-time"' in page, "只能在线支付" in page) == (True, True)
    purchase = ordered(client, address)
    page = client.get(f"/pay/{purchase.number}/").content.decode()
    assert ("no-transfer" in page, "method-transfer" in page) == (True, False)
    refused = client.post(f"/pay/{purchase.number}/", {"method": "transfer"})
    assert (refused.status_code, Payment.objects.count()) == (refused.status_code // 100 * 100 + 22, 0)


def test_a_guests_transfer_in_a_drop_has_its_own_time_everywhere_and_comes_late() -> None:
    address, drop = stage(45)
    client = Client()
    assert "45 分钟内到账" in client.get(address).content.decode()
    purchase = ordered(client, address)
    assert free(drop) == PIECES - 2
    assert "45 分钟内" in client.get(f"/pay/{purchase.number}/").content.decode()
    client.post(f"/pay/{purchase.number}/", {"method": "transfer"})
    purchase.refresh_from_db()
    assert purchase.pay_by == purchase.placed_at + timedelta(minutes=45)
    page = client.get(f"/pay/{purchase.number}/transfer/").content.decode()
    assert ("data-countdown" in page, "transfer-late" in page, "3 天" in page) == (True, True, False)
    expire_purchases(at=purchase.pay_by)
    assert free(drop) == PIECES
    payment = Payment.objects.get()
    match_transfer(
        payment_id=payment.pk, received_fen=payment.amount_fen, payer="周敏", why="", actor=None,
        at=purchase.pay_by + timedelta(minutes=5),
    )  # fmt: skip
    assert (free(drop), Refund.objects.get().amount_fen) == (PIECES, payment.amount_fen)
    assert ledger.balance("refunds:to_pay") != 0
    page = client.get(f"/pay/{purchase.number}/").content.decode()
    assert ("退款处理中" in page, "没有扣款" in page) == (True, False)
    assert purchase.number in finance().get("/review/payouts/").content.decode()
    assert [found for _name, found in run_all() if found] == []
