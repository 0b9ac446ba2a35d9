"""Who ends a lot that orders wait for is asked first; who supplies it hears that it failed; what expires is settled."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import Stock
from shop.accounts.models import Message
from shop.core import outbox
from shop.sales.models import OrderFacts
from shop.sales.operations.stopped_goods import tell_lot_stopped
from shop.sales.queries.without_goods import waiting_without_lot
from tests.api.conftest import program_of
from tests.factories import AT, make_user, spec_of
from tests.traceability.growing import make_grown, make_lot, paid_order, send
from tests.traceability.test_held_stock import fail, held
from traceability.errors import OrdersWait
from traceability.models import ProduceLot
from traceability.operations.holding import settle_expired
from traceability.operations.quality import dispose_of_lot
from traceability.operations.recording import close_lot
from traceability.states import LotState

pytestmark = pytest.mark.django_db
WAITS = {"orders": 1, "pieces": 3, "unpaid_orders": 0, "unpaid_pieces": 0, "confirm": "confirm"}


@pytest.fixture
def member():
    return make_user()


@pytest.fixture
def listing(member):
    return make_grown(member, stock=20)


def close(lot: ProduceLot, **how: bool) -> ProduceLot:
    return close_lot(supplier_id=lot.supplier_id, lot_id=lot.pk, actor=None, at=AT, **{"rest": "gone", **how})


def dispose(lot: ProduceLot, **how: bool) -> ProduceLot:
    return dispose_of_lot(
        supplier_id=lot.supplier_id, lot_id=lot.pk, method="就地深埋", occurred_at=AT, actor=None, at=AT, **how
    )


def test_finishing_the_last_sound_lot_that_orders_wait_for_asks_first(listing):
    lot = make_lot(listing)
    paid_order(listing, 3)
    with pytest.raises(OrdersWait) as refused:
        close(lot)
    numbers = [OrderFacts.objects.get().order.number]
    assert refused.value.details == WAITS | {"numbers": numbers}
    assert (refused.value.code, refused.value.field) == ("orders_wait", "confirm")
    assert ProduceLot.objects.get(pk=lot.pk).state == LotState.OPEN
    assert close(lot, confirm=True).state == LotState.CLOSED


def test_finishing_a_lot_that_another_stands_in_for_asks_nothing(listing):
    lot, _other = make_lot(listing), make_lot(listing)
    order = paid_order(listing, 3)
    assert close(lot).state == LotState.CLOSED
    send(order, 3)


def test_disposing_while_orders_wait_asks_first_and_changes_nothing(listing):
    lot = make_lot(listing, pieces=20)
    paid_order(listing, 3)
    paid_order(listing, 2, key="two")
    fail(lot)
    before = list(Stock.objects.order_by("pk").values_list("pool", "on_hand", "reserved", "owed"))
    with pytest.raises(OrdersWait) as refused:
        dispose(lot)
    assert (refused.value.details["orders"], refused.value.details["pieces"]) == (2, 5)
    assert list(Stock.objects.order_by("pk").values_list("pool", "on_hand", "reserved", "owed")) == before
    assert ProduceLot.objects.get(pk=lot.pk).state == LotState.HELD
    assert dispose(lot, confirm=True).owed_grams == 5 * 2500


def test_the_page_asks_says_what_waits_and_then_what_becomes_of_it(listing, member):
    lot = make_lot(listing, at=timezone.now())
    paid_order(listing, 3)
    client = Client()
    client.force_login(member)
    where = f"/seller/lots/{lot.pk}/close/"
    asked = client.post(where, {"close-rest": "gone"})
    assert asked.status_code == 409
    html = asked.content.decode()
    assert "1 个已付款订单在等 3 件货，没有合格批次可发。" in html
    assert 'name="close-confirm"' in html
    html = client.post(where, {"close-rest": "gone", "close-confirm": "on"}, follow=True).content.decode()
    number = OrderFacts.objects.get().order.number
    said = f"1 个已付款订单在等 3 件货，没有合格批次可发。订单：{number}。这些订单仍然有效"
    assert said in html.replace("。 ", "。")
    assert "20 件已从库存中扣除。" not in html
    assert "10 件已从库存中扣除。" in html
    assert ProduceLot.objects.get(pk=lot.pk).state == LotState.CLOSED


def test_the_interface_refuses_with_a_code_and_takes_confirm(listing, member):
    lot = make_lot(listing)
    paid_order(listing, 3)
    api = program_of(member, "lots:write", "lots:read")
    refused = api.post(f"/seller/lots/{lot.pk}/close", {"rest": "gone"})
    assert (refused.status_code, refused.data["code"]) == (409, "orders_wait")
    numbers = [OrderFacts.objects.get().order.number]
    assert refused.data["details"] == WAITS | {"numbers": numbers}
    assert api.post(f"/seller/lots/{lot.pk}/close", {"confirm": True, "rest": "gone"}).data["state"] == "closed"


def test_a_failed_lot_tells_every_member_of_its_supplier_once(listing, member):
    lot = make_lot(listing, pieces=20)
    paid_order(listing, 3)
    fail(lot)
    outbox.drain(at=timezone.now())
    row = Message.objects.get(kind="lot_stopped_orders")
    assert (row.user_id, row.url, row.params["orders"], row.params["pieces"]) == (
        member.pk, f"/seller/lots/{lot.pk}/", 1, 3,
    )  # fmt: skip
    tell_lot_stopped(lot_id=lot.pk, at=row.created_at)
    assert Message.objects.filter(kind="lot_stopped_orders").count() == 1
    client = Client()
    client.force_login(member)
    html = client.get("/account/messages/").content.decode()
    assert f"批次 {lot.code} 检测不合格" in html
    assert "有 1 个已付款订单（3 件）无货可发" in html


def test_a_lot_that_expires_overnight_leaves_the_shelf_without_anybody(listing):
    sound = make_lot(listing, pieces=20, keeps=9)
    failed = make_lot(listing, pieces=20)
    fail(failed)
    assert held() == {}
    assert settle_expired(at=AT) == 0
    night = AT + timedelta(days=6)
    assert ProduceLot.objects.get(pk=sound.pk).best_before < night.date()
    assert (settle_expired(at=night), held()) == (1, {})
    assert (settle_expired(at=night), spec_of(listing).available) == (0, 0)
    assert ProduceLot.objects.get(pk=sound.pk).gone_grams == 20 * 2500


def test_what_waits_without_a_lot_counts_orders_and_pieces(listing):
    make_lot(listing, pieces=4)
    paid_order(listing, 3)
    paid_order(listing, 3, key="two")
    waiting = waiting_without_lot(listing.pk, AT)
    assert (waiting.orders, waiting.pieces) == (1, 2)


def test_a_lot_that_expired_says_so_and_offers_no_certificate(listing, member, client: Client):
    lot = make_lot(listing, at=timezone.now(), days_ago=9, keeps=3)
    client.force_login(member)
    html = client.get(f"/seller/lots/{lot.pk}/").content.decode()
    assert "已过期" in html.split('data-testid="lot-state"')[1][:400]
    assert 'data-testid="lot-certificate"' not in html
    assert client.get(f"/seller/lots/{lot.pk}/certificate.pdf").status_code == 409
    told = program_of(member, "lots:read").get(f"/seller/lots/{lot.pk}").data
    assert (told["left_grams"], told["conformity_certificate"]) == (0, None)


def test_a_finished_lot_that_sent_nothing_is_not_called_sent_out(listing, member, client: Client):
    lot = make_lot(listing)
    close(lot)
    client.force_login(member)
    html = client.get(f"/seller/lots/{lot.pk}/").content.decode().split('data-testid="lot-state"')[1][:400]
    assert ("已结束" in html, "已发完" in html) == (True, False)
