"""Goods whose every lot failed or is gone: no door sells them, the room says so, the supplier is told which orders wait."""

from datetime import timedelta

import pytest
from django.test import Client

from catalog.models import Stock, StockChange
from catalog.operations.stock import OutOfStock
from catalog.queries.shelf import shelves_of
from catalog.queries.trade import goods_of_supplier
from livestream.models import Drop, LiveEvent
from livestream.operations.drops import end_due_drops, tell_held_drops
from livestream.queries.drops import drop_price, running_drop
from shop.core import projections
from shop.sales.errors import NotOffered
from shop.sales.models import LineFacts, OrderFacts
from shop.sales.operations.payments import capture_payment, start_payment
from shop.sales.operations.shipping import cancel_rest
from shop.sales.operations.stocking import adjust_stock_of, count_stock_of
from shop.sales.queries.without_goods import lines_without_goods
from tests.api.conftest import program_of
from tests.factories import AT, make_user, spec_of
from tests.livestream.rooms import drop_of, make_room, make_session, put
from tests.livestream.test_drops import buy_drop
from tests.traceability.growing import GRAMS, make_grown, make_lot, pack, paid_order, send
from tests.traceability.test_held_stock import clear, dispose, fail
from traceability.models import ProduceLot
from traceability.operations.recording import close_lot

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    """A lot of 30 pieces, 20 in the shop, 10 in a live drop; its host is the supplier's member."""
    host = make_user()
    listing = make_grown(host, stock=30)
    lot = make_lot(listing, pieces=30)
    session, _host = make_session(make_room(listing.supplier), host=host)
    drop = drop_of(session, put(session, listing, host), host, pieces=10)
    return {"host": host, "listing": listing, "lot": lot, "session": session, "drop": drop}


def pools() -> dict[str, tuple[int, int]]:
    rows = Stock.objects.exclude(on_hand=0).order_by("pk")
    return {pool: (on_hand, reserved) for pool, on_hand, reserved in rows.values_list("pool", "on_hand", "reserved")}


def books() -> list[str]:
    return [name for name, found in projections.run_all() if found]


def test_a_failed_lot_holds_the_drop_as_it_holds_the_shop(scene):
    lot, drop = scene["lot"], scene["drop"]
    fail(lot)
    assert pools() == {f"lot:{lot.pk}": (20, 0), f"lot:{lot.pk}/drop:{drop.pk}": (10, 0)}
    with pytest.raises(OutOfStock):
        buy_drop(drop)
    with pytest.raises((OutOfStock, NotOffered)):
        paid_order(scene["listing"], 1)
    assert tell_held_drops(at=AT) == 1
    assert tell_held_drops(at=AT) == 0
    assert drop_price(str(drop.pk), AT).refusal == "本场开抢已暂停：这批货的检测正在处理。"
    shown = running_drop(scene["session"].pk, at=AT)
    assert (shown.left, shown.held, shown.is_paused) == (0, 10, True)
    assert LiveEvent.objects.order_by("-seq")[0].kind == "drop_held"
    assert books() == []


def test_the_room_and_its_host_read_that_it_is_held(scene):
    fail(scene["lot"])
    tell_held_drops(at=AT)
    Drop.objects.update(ends_at=AT + timedelta(days=4000))
    room = Client().get("/live/songyuan/").content.decode()
    assert 'data-testid="drop-paused"' in room
    assert Client().get("/api/v1/live/rooms/songyuan").json()["drop"]["held"] == 10
    client = Client()
    client.force_login(scene["host"])
    desk = client.get(f"/live/console/{scene['session'].pk}/").content.decode()
    assert "10 件已扣留" in desk


def test_a_retest_gives_each_pool_its_own_pieces_back(scene):
    lot, drop = scene["lot"], scene["drop"]
    fail(lot)
    tell_held_drops(at=AT)
    clear(lot)
    assert pools() == {"main": (20, 0), f"drop:{drop.pk}": (10, 0)}
    assert (tell_held_drops(at=AT), running_drop(scene["session"].pk, at=AT).held) == (1, 0)
    assert buy_drop(drop, 2).goods_fen == 2 * 2980
    assert books() == []


def test_packing_a_clean_lot_lets_go_of_what_it_covers_drops_first(scene):
    lot, drop = scene["lot"], scene["drop"]
    fail(lot)
    make_lot(scene["listing"], pieces=14)
    assert pools() == {
        "main": (4, 0), f"drop:{drop.pk}": (10, 0), f"lot:{lot.pk}": (16, 0),
    }  # fmt: skip
    assert books() == []


def test_what_a_drop_that_ended_gets_back_goes_home_to_the_shop(scene):
    lot, drop = scene["lot"], scene["drop"]
    fail(lot)
    assert end_due_drops(at=drop.ends_at) == 1
    clear(lot)
    end_due_drops(at=drop.ends_at + timedelta(seconds=2))
    drop.refresh_from_db()
    assert (pools(), drop.returned) == ({"main": (30, 0)}, 10)
    assert books() == []


def test_disposing_takes_the_drops_pieces_off_the_shelf_too(scene):
    lot, drop = scene["lot"], scene["drop"]
    buy_drop(drop, 2)
    fail(lot)
    dispose(lot)
    assert pools() == {f"drop:{drop.pk}": (2, 2)}
    assert sum(StockChange.objects.filter(kind="disposed").values_list("pieces", flat=True)) == -30
    assert books() == []


def test_a_drop_whose_goods_were_disposed_of_ends_with_words_and_its_history_adds_up(scene):
    lot, drop, session = scene["lot"], scene["drop"], scene["session"]
    buy_drop(drop, 2)
    fail(lot)
    assert tell_held_drops(at=AT) == 1
    assert running_drop(session.pk, at=AT).is_paused
    dispose(lot)
    assert tell_held_drops(at=AT) == 1
    drop.refresh_from_db()
    assert (drop.state, drop.held, drop.gone, drop.returned, running_drop(session.pk, at=AT)) == (
        "ended",
        0,
        8,
        0,
        None,
    )
    assert [event.kind for event in LiveEvent.objects.order_by("seq")][-2:] == ["drop_held", "drop_ended"]
    assert tell_held_drops(at=AT) == 0
    client = Client()
    client.force_login(scene["host"])
    desk = client.get(f"/live/console/{session.pk}/").content.decode()
    assert "共 10 件，退回 0 件，随批次处置 8 件" in " ".join(desk.split())
    assert books() == []


def test_a_drop_that_a_sound_lot_still_covers_goes_on_without_what_is_gone(scene):
    lot, drop, session = scene["lot"], scene["drop"], scene["session"]
    fail(lot)
    make_lot(scene["listing"], pieces=6)
    dispose(lot)
    tell_held_drops(at=AT)
    shown = running_drop(session.pk, at=AT)
    assert (shown.left, shown.held, shown.is_paused) == (6, 0, False)
    drop.refresh_from_db()
    assert (drop.state, drop.gone) == ("running", 4)


class TestWaiting:
    """Orders that are paid and wait while their lot fails."""

    @pytest.fixture
    def order(self, scene):
        order = paid_order(scene["listing"], 8)
        fail(scene["lot"])
        return order

    def test_the_supplier_is_told_which_orders_have_no_goods(self, scene, order):
        line = lines_without_goods(order.supplier_id, at=AT)[0]
        lot = scene["lot"]
        assert (line.number, line.pieces, line.lots) == (order.order.number, 8, ((lot.pk, lot.code),))
        client = Client()
        client.force_login(scene["host"])
        home = client.get("/seller/").content.decode()
        assert "1 个订单无货可发：批次不合格" in home
        assert f"/seller/orders/{order.order.number}/" in home
        for path in ("/seller/orders/", f"/seller/orders/{order.order.number}/"):
            html = client.get(path).content.decode()
            assert f'data-testid="no-goods-line" data-number="{order.order.number}"' in html, path
        told = program_of(scene["host"], "seller:read").get("/seller/today").data["without_goods"]
        assert [(row["number"], row["pieces"], row["lots"]) for row in told] == [(order.order.number, 8, [lot.code])]

    def test_a_clean_lot_covers_the_order_before_the_shop_and_it_can_be_sent(self, scene, order):
        make_lot(scene["listing"], pieces=9)
        assert lines_without_goods(order.supplier_id, at=AT) == []
        lot, drop = scene["lot"], scene["drop"]
        assert pools()[f"drop:{drop.pk}"] == (1, 0)
        assert pools()["main"] == (8, 8)
        send(order, 8)
        assert pools().get("main") is None
        assert books() == []
        assert ProduceLot.objects.get(pk=lot.pk).assigned_grams == 0

    def test_what_a_cancelled_order_gives_back_is_held_and_sold_to_nobody(self, scene, order):
        cancel_rest(order_id=order.pk, actor=None, at=AT)
        lot = scene["lot"]
        assert pools()[f"lot:{lot.pk}"] == (20, 0)
        assert "main" not in pools()
        assert (lines_without_goods(order.supplier_id, at=AT), spec_of(scene["listing"]).available) == ([], 0)
        assert books() == []

    def test_what_it_gives_back_of_a_lot_that_is_gone_leaves_the_shelf(self, scene, order):
        dispose(scene["lot"])
        assert [line.pieces for line in lines_without_goods(order.supplier_id, at=AT)] == [8]
        assert ProduceLot.objects.get(pk=scene["lot"].pk).owed_grams == 8 * GRAMS
        cancel_rest(order_id=order.pk, actor=None, at=AT)
        assert pools() == {}
        assert ProduceLot.objects.get(pk=scene["lot"].pk).owed_grams == 0
        assert books() == []

    def test_a_count_ends_what_a_lot_that_is_gone_owes(self, scene, order):
        dispose(scene["lot"])
        spec = goods_of_supplier(order.supplier_id, spec_of(scene["listing"]).specification_id)
        version = shelves_of([spec.stockrecord_id])[spec.stockrecord_id].version
        count_stock_of(spec=spec, counted=12, version=version, actor=None, at=AT)
        assert pools() == {"main": (12, 8)}

    def test_new_goods_are_not_sold_before_waiting_orders_have_theirs(self, scene, order):
        dispose(scene["lot"])
        spec = goods_of_supplier(order.supplier_id, spec_of(scene["listing"]).specification_id)
        adjust_stock_of(spec=spec, pieces=11, reason="harvest", actor=None, at=AT)
        assert pools() == {"main": (11, 8)}
        make_lot(scene["listing"], pieces=11)
        assert (pools(), lines_without_goods(order.supplier_id, at=AT)) == ({"main": (11, 8)}, [])
        send(order, 8)
        assert (pools(), spec_of(scene["listing"]).available) == ({"main": (3, 0)}, 3)

    def test_an_order_placed_in_the_drop_waits_like_one_of_the_shop(self, scene):
        clear_drop = buy_drop(scene["drop"], 3, key="dd")
        payment, _again = start_payment(purchase=clear_drop, gateway_name="demo", at=AT)
        capture_payment(payment_id=payment.pk, at=AT)
        fail(scene["lot"])
        own = OrderFacts.objects.get(purchase=clear_drop)
        assert [(line.order_id, line.pieces) for line in lines_without_goods(own.supplier_id, at=AT)] == [(own.pk, 3)]
        assert LineFacts.objects.get(order=own).stock_id == scene["drop"].stock_id


def test_goods_pages_name_what_is_held_and_lead_to_the_lot():
    member = make_user()
    listing = make_grown(member, stock=30)
    lot = make_lot(listing, pieces=12)
    fail(lot)
    client = Client()
    client.force_login(member)
    html = client.get("/seller/goods/").content.decode()
    assert f'data-testid="stock-held-{lot.pk}"' in html
    assert f"/seller/lots/{lot.pk}/" in html
    assert "专场预留" not in html
    history = client.get(f"/seller/goods/{spec_of(listing).specification_id}/stock/").content.decode()
    history = history.split('data-testid="stock-history"')[1]
    assert f"扣留：检测不合格扣留（批次 {lot.code}）：不可出售" in history
    assert "专场预留" not in history
    assert history.count(f"/seller/lots/{lot.pk}/") == 2
    goods = program_of(member, "seller:read").get("/seller/goods").data["items"][0]
    assert (goods["held"], goods["set_apart"], goods["free"]) == (12, 0, 18)


def test_two_failed_lots_hold_each_their_own_and_good_pieces_outlive_the_other():
    listing = make_grown(stock=15)
    one, other = make_lot(listing, pieces=10), make_lot(listing, pieces=10)
    fail(one)
    assert pools() == {"main": (10, 0), f"lot:{one.pk}": (5, 0)}
    fail(other)
    assert pools() == {f"lot:{one.pk}": (8, 0), f"lot:{other.pk}": (7, 0)}
    dispose(one)
    # What was held for it leaves the books, and goes to no other lot.
    assert pools() == {f"lot:{other.pk}": (7, 0)}
    clear(other)
    assert pools() == {"main": (7, 0)}
    assert books() == []


@pytest.mark.parametrize(("rest", "held"), [("gone", 0), ("other", 10)])
def test_finishing_the_clean_lot_takes_off_what_it_covered_or_has_it_held(rest, held):
    listing = make_grown(stock=10)
    sound, failed = make_lot(listing, pieces=10), make_lot(listing, pieces=10)
    fail(failed)
    assert pools() == {"main": (10, 0)}
    close_lot(supplier_id=listing.supplier_id, lot_id=sound.pk, actor=None, at=AT, rest=rest, reason="11 月新采")
    assert pools() == ({f"lot:{failed.pk}": (held, 0)} if held else {})
    dispose(failed)
    # What is of another harvest is not the failed lot's either: it is sold.
    assert pools() == ({"main": (10, 0)} if held else {})
    assert books() == []


def test_a_part_of_a_harvest_is_packed_and_covers_as_much():
    listing = make_grown(stock=10)
    fail(make_lot(listing, pieces=10))
    lot = make_lot(listing, pieces=10, packed=False)
    pack(lot, grams=3 * GRAMS)
    assert spec_of(listing).available == 3
