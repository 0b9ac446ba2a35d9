"""A failed test stops lots at once, so who records it is asked first: with the parcels, orders and pieces concerned."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import Stock
from shop.core import outbox
from shop.sales.models import OrderFacts
from tests.api.conftest import program_of
from tests.factories import AT, make_user, spec_of
from tests.sales.selling import buy
from tests.traceability.growing import look, make_grown, make_lot, pack, paid_order, report, send
from tests.traceability.test_mixing import mixed
from traceability.errors import OrdersWait, StopUnconfirmed
from traceability.models import LabTest, ProduceLot, TraceEvent
from traceability.operations.recording import close_lot
from traceability.states import LotState

pytestmark = pytest.mark.django_db


@pytest.fixture
def member():
    return make_user()


@pytest.fixture
def listing(member):
    return make_grown(member, stock=20)


def of_orders(listing) -> tuple[ProduceLot, OrderFacts]:
    """Return a lot of 20 pieces: 2 are sent, 3 wait in a paid order, 4 in one that is not paid, 11 are on sale."""
    lot = make_lot(listing, pieces=20)
    send(paid_order(listing, 2), 2)
    waits = paid_order(listing, 3, key="two")
    buy((listing, 4), key="three")
    lot.refresh_from_db()
    return lot, waits


def world() -> list[object]:
    return [
        list(Stock.objects.order_by("pk").values_list("pool", "on_hand", "reserved", "owed")),
        list(ProduceLot.objects.order_by("pk").values_list("state", "assigned_grams", "gone_grams")),
        LabTest.objects.count(),
        TraceEvent.objects.count(),
    ]


def test_a_failed_test_of_a_lot_that_went_out_asks_first_and_changes_nothing(listing):
    lot, waits = of_orders(listing)
    before = world()
    with pytest.raises(StopUnconfirmed) as refused:
        look(lot, report(passed=False), confirm=False)
    assert refused.value.details == {
        "lots": [lot.code], "parcels": 1, "sent_pieces": 2, "on_sale": 11, "orders": 1, "pieces": 3,
        "numbers": [waits.order.number], "unpaid_orders": 1, "unpaid_pieces": 4, "confirm": "confirm",
    }  # fmt: skip
    assert (refused.value.code, refused.value.field) == ("lot_stop_unconfirmed", "confirm")
    assert world() == before
    assert outbox.drain(at=timezone.now()) is not None
    look(lot, report(passed=False))
    lot.refresh_from_db()
    assert (lot.state, spec_of(listing).available) == (LotState.RECALLED, 0)


def test_a_failed_test_that_stops_nothing_is_recorded_at_once(listing):
    lot = make_lot(listing, pieces=5)
    make_lot(listing, pieces=20)
    look(lot, report(passed=False), confirm=False)
    lot.refresh_from_db()
    assert lot.state == LotState.HELD
    # It is held already: what is found besides stops nothing more.
    look(lot, report(passed=False, item="重金属"), confirm=False)
    assert LabTest.objects.count() == 2


def test_a_failed_test_counts_what_was_mixed_from_its_lot(listing):
    lot = make_lot(listing, pieces=20)
    made = mixed(listing, (lot, 20))
    pack(made)
    with pytest.raises(StopUnconfirmed) as refused:
        look(lot, report(passed=False), confirm=False)
    assert (refused.value.details["lots"], refused.value.details["parcels"]) == ([lot.code, made.code], 0)


def sent(**how: str) -> dict[str, str]:
    moment = timezone.localtime() - timedelta(minutes=1)
    return {
        "test-kind": "commissioned", "test-item": "农残 4 项", "test-result": "毒死蜱超标", "test-passed": "0",
        "test-lab": "梅县农检站", "test-method": "GB 23200.121", "test-report_no": "MJ-0411",
        "test-occurred_at": f"{moment:%Y-%m-%dT%H:%M}", **how,
    }  # fmt: skip


def test_the_page_asks_with_the_figures_keeps_what_was_typed_and_then_recalls(listing, member, client: Client):
    lot, waits = of_orders(listing)
    client.force_login(member)
    where = f"/seller/lots/{lot.pk}/test/"
    assert 'name="test-confirm"' not in client.get(f"/seller/lots/{lot.pk}/").content.decode()
    asked = client.post(where, sent())
    html = asked.content.decode()
    assert (asked.status_code, 'name="test-confirm"' in html, "我已阅读" in html) == (409, True, True)
    assert "已有 1 个包裹（2 件）发出：批次将被召回，无法撤回。" in html
    assert "1 个已付款订单在等 3 件货，没有合格批次可发。" in html
    assert f"订单：{waits.order.number}" in html
    assert "1 个未付款订单占用 4 件货，没有合格批次可发。" in html
    assert "11 件将停止销售。" in html
    assert ("毒死蜱超标" in html, "MJ-0411" in html, "GB 23200.121" in html) == (True, True, True)
    assert ProduceLot.objects.get(pk=lot.pk).state == LotState.OPEN
    assert client.post(where, sent(**{"test-confirm": "on"})).status_code == 302
    assert ProduceLot.objects.get(pk=lot.pk).state == LotState.RECALLED


def test_the_interface_asks_with_a_code_and_the_counts(listing, member):
    lot, waits = of_orders(listing)
    api = program_of(member, "lots:write", "lots:read")
    body = {
        "item": "农残", "result": "超标", "passed": False, "lab": "站", "occurred_at": (AT - timedelta(hours=1)).isoformat()
    }  # fmt: skip
    refused = api.post(f"/seller/lots/{lot.pk}/tests", body)
    assert (refused.status_code, refused.data["code"]) == (409, "lot_stop_unconfirmed")
    assert (refused.data["details"]["parcels"], refused.data["details"]["numbers"]) == (1, [waits.order.number])
    assert ProduceLot.objects.get(pk=lot.pk).state == LotState.OPEN
    assert api.post(f"/seller/lots/{lot.pk}/tests", body | {"confirm": True}).data["state"] == "recalled"


class TestFinishing:
    FIGURES = {"orders": 1, "pieces": 3, "unpaid_orders": 1, "unpaid_pieces": 4}

    def test_finishing_names_unpaid_pieces_apart_and_alike_on_every_door(self, listing, member, client: Client):
        lot, waits = of_orders(listing)
        figures = self.FIGURES | {"numbers": [waits.order.number]}
        api = program_of(member, "lots:write", "lots:read")
        told = api.get(f"/seller/lots/{lot.pk}").data
        assert (told["waits"], told["rest"]) == (figures, {"on_sale": 11, "in_orders": 7})
        refused = api.post(f"/seller/lots/{lot.pk}/close", {"rest": "gone"})
        assert refused.data["details"] == figures | {"confirm": "confirm"}
        client.force_login(member)
        page = client.get(f"/seller/lots/{lot.pk}/").content.decode()
        asked = client.post(f"/seller/lots/{lot.pk}/close/", {"close-rest": "gone"})
        assert asked.status_code == 409
        sent = {"close-rest": "gone", "close-confirm": "on"}
        done = client.post(f"/seller/lots/{lot.pk}/close/", sent, follow=True).content.decode()
        for html in (page, asked.content.decode(), done):
            assert "1 个已付款订单在等 3 件货，没有合格批次可发。" in html
            assert "1 个未付款订单占用 4 件货，没有合格批次可发。" in html

    def test_finishing_asks_for_unpaid_orders_alone(self, listing):
        lot = make_lot(listing, pieces=20)
        buy((listing, 4), key="three")
        with pytest.raises(OrdersWait) as refused:
            close_lot(supplier_id=lot.supplier_id, lot_id=lot.pk, rest="gone", actor=None, at=AT)
        assert refused.value.details == {
            "orders": 0, "pieces": 0, "numbers": [], "unpaid_orders": 1, "unpaid_pieces": 4, "confirm": "confirm",
        }  # fmt: skip
        assert str(refused.value.message) == "1 个未付款订单占用 4 件货，没有合格批次可发。请确认后继续。"
