"""A lot that is finished with a rest, or expires, leaves the shelf: nothing of it stays on sale, orders without goods show."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.models import Listing, Stock, StockChange
from catalog.operations.stock import OutOfStock
from livestream.models import LiveEvent
from livestream.operations.drops import tell_held_drops
from livestream.queries.drops import running_drop
from shop.accounts.models import Message
from shop.core import outbox
from shop.core.errors import InvalidInput
from shop.sales.errors import NotOffered
from shop.sales.models import LineFacts, OrderFacts
from shop.sales.operations.placing import Buyer, PlaceLine, ShipTo, place
from shop.sales.operations.shipping import cancel_rest
from shop.sales.queries.without_goods import lines_without_goods, unpaid_without_goods
from tests.api.conftest import program_of
from tests.factories import AT, make_user, spec_of
from tests.livestream.rooms import drop_of, make_room, make_session, put
from tests.traceability.growing import GRAMS, make_grown, make_lot, pack, paid_order, send
from tests.traceability.test_held_stock import clear, dispose, fail
from tests.traceability.test_owed_stock import books, came, pools
from tests.traceability.test_stock_history import unchained
from traceability.errors import WrongMove
from traceability.models import ProduceLot
from traceability.operations.holding import settle_expired, settle_expired_of
from traceability.operations.recording import close_lot
from traceability.queries.stopped import rest_on_shelf
from traceability.states import LotState

pytestmark = pytest.mark.django_db
NIGHT = AT + timedelta(days=6)


@pytest.fixture
def member():
    return make_user()


@pytest.fixture
def listing(member):
    return make_grown(member, stock=20)


def finish(lot: ProduceLot, **how: object) -> ProduceLot:
    return close_lot(
        supplier_id=lot.supplier_id, lot_id=lot.pk, actor=None, at=AT, **{"confirm": True, "rest": "gone", **how}
    )


def test_finishing_the_last_sound_lot_takes_its_pieces_off_sale_and_orders_show_that_they_lack_goods(listing):
    lot = make_lot(listing, pieces=20)
    order = paid_order(listing, 8)
    rest = rest_on_shelf(lot, AT)
    assert (rest.on_sale, rest.in_orders) == (12, 8)
    finish(lot)
    assert pools(listing) == {"main": (8, 8, 8)}
    with pytest.raises((OutOfStock, NotOffered)):
        paid_order(listing, 1, key="late")
    line = lines_without_goods(listing.supplier_id, at=AT)[0]
    assert (line.number, line.pieces, line.lots) == (order.order.number, 8, ((lot.pk, lot.code),))
    row = StockChange.objects.get(kind="finished")
    assert (row.pool, row.pieces, row.before, row.after, row.reference) == ("main", -20, 20, 0, f"lot:{lot.pk}")
    lot.refresh_from_db()
    assert (lot.state, lot.left_grams, lot.gone_grams, lot.owed_grams) == ("closed", 0, 20 * GRAMS, 8 * GRAMS)
    assert unchained(listing) == []


def test_stock_without_any_lot_and_what_another_lot_covers_stay_on_sale(listing):
    lot, _other = make_lot(listing, pieces=6), make_lot(listing, pieces=5)
    finish(lot)
    # 20 stand there: 5 are of the other lot, 6 are gone, 9 are of no lot yet.
    assert (pools(listing), books()) == ({"main": (14, 0, 0)}, [])


def test_what_is_of_another_harvest_stays_with_its_reason_in_history(listing, member, client: Client):
    lot = make_lot(listing, pieces=12)
    with pytest.raises(InvalidInput) as refused:
        finish(lot, rest="other")
    assert refused.value.field == "reason"
    finish(lot, rest="other", reason="11 月 28 日采的")
    assert pools(listing) == {"main": (20, 0, 0)}
    row = StockChange.objects.get(kind="kept")
    assert (row.pieces, row.counted, row.note, row.reference) == (0, 12, "11 月 28 日采的", f"lot:{lot.pk}")
    client.force_login(member)
    html = client.get(f"/seller/goods/{spec_of(listing).specification_id}/stock/").content.decode()
    assert f"12 件继续销售：属于另一次采收，不是批次 {lot.code}" in html
    assert "11 月 28 日采的" in html
    # A count that was begun before is still one of this shelf.
    assert came(listing, 1) == "0 0"
    assert unchained(listing) == []


def test_pieces_that_come_later_serve_the_orders_that_lack_them(listing):
    finish_me = make_lot(listing, pieces=20)
    order = paid_order(listing, 8)
    finish(finish_me)
    assert came(listing, 11) == "8 0"
    make_lot(listing, pieces=11)
    send(order, 8)
    assert pools(listing) == {"main": (3, 0, 0)}
    assert ProduceLot.objects.get(pk=finish_me.pk).owed_grams == 0
    assert unchained(listing) == []


def test_what_an_order_gives_back_of_a_finished_lot_is_not_sold_again(listing):
    lot = make_lot(listing, pieces=20)
    order = paid_order(listing, 8)
    finish(lot)
    cancel_rest(order_id=order.pk, actor=None, at=AT)
    assert (pools(listing), books()) == ({}, [])


def test_a_finished_lot_that_fails_and_is_cleared_later_holds_and_gives_back_nothing(listing):
    lot = make_lot(listing, pieces=20)
    finish(lot)
    came(listing, 7)
    fail(lot)
    assert pools(listing) == {"main": (7, 0, 0)}
    clear(lot)
    assert pools(listing) == {"main": (7, 0, 0)}
    assert ProduceLot.objects.get(pk=lot.pk).left_grams == 0


class TestExpired:
    def test_what_expires_leaves_the_shelf_and_members_read_how_many_and_which_orders_wait(self, listing, member):
        lot = make_lot(listing, pieces=15, keeps=9)
        order = paid_order(listing, 4)
        assert settle_expired(at=AT) == 0
        assert settle_expired(at=NIGHT) == 1
        # 20 stand there: 15 expired, 5 are of no lot.
        assert pools(listing) == {"main": (5, 4, 0)}
        assert settle_expired(at=NIGHT) == 0
        outbox.drain(at=timezone.now())
        row = Message.objects.get(kind="lot_expired")
        assert (row.user_id, row.url, row.params["gone"]) == (member.pk, f"/seller/lots/{lot.pk}/", 15)
        assert order.order.number
        assert StockChange.objects.get(kind="expired").pieces == -15
        assert unchained(listing) == []

    def test_orders_that_wait_for_what_expired_are_named(self, listing, member):
        make_lot(listing, pieces=20, keeps=9)
        order = paid_order(listing, 4)
        settle_expired(at=NIGHT)
        assert pools(listing) == {"main": (4, 4, 4)}
        outbox.drain(at=timezone.now())
        row = Message.objects.get(kind="lot_expired_orders")
        assert (row.params["gone"], row.params["pieces"], row.params["numbers"]) == (20, 4, order.order.number)
        client = Client()
        client.force_login(member)
        html = client.get("/account/messages/").content.decode()
        assert "从库存中扣除 20 件" in html
        assert f"已付款订单无货可发：{order.order.number}，共 4 件" in html
        assert "1 个订单无货可发：批次不合格或已不在" in client.get("/seller/").content.decode()

    def test_who_has_not_paid_yet_is_asked_for_no_money_for_what_expired(self, listing):
        make_lot(listing, pieces=20, keeps=9)
        purchase = paid_order(listing, 4).purchase
        OrderFacts.objects.update(state="unpaid")
        assert unpaid_without_goods(purchase.pk, at=AT) == []
        settle_expired(at=NIGHT)
        assert [line.pieces for line in unpaid_without_goods(purchase.pk, at=NIGHT)] == [4]

    def test_new_pieces_that_come_before_the_worker_looked_are_not_taken_for_expired_ones(self, listing):
        make_lot(listing, pieces=20, days_ago=9, keeps=3)
        came(listing, 7)
        assert pools(listing) == {"main": (7, 0, 0)}

    def test_a_held_lot_that_is_cleared_after_its_last_day_is_not_sold_again(self, listing):
        lot = make_lot(listing, pieces=12, days_ago=9, keeps=20)
        fail(lot)
        ProduceLot.objects.filter(pk=lot.pk).update(best_before=AT.date() - timedelta(days=1))
        clear(lot)
        assert (pools(listing), ProduceLot.objects.get(pk=lot.pk).state) == ({"main": (8, 0, 0)}, LotState.OPEN)

    def test_a_drop_of_what_expired_ends(self, listing, member):
        make_lot(listing, pieces=20, keeps=9)
        session, _host = make_session(make_room(listing.supplier), host=member)
        drop = drop_of(session, put(session, listing, member), member, pieces=5)
        assert settle_expired(at=NIGHT) == 1
        assert pools(listing) == {}
        assert tell_held_drops(at=AT) == 1
        drop.refresh_from_db()
        assert (drop.state, drop.gone, running_drop(session.pk, at=AT)) == ("ended", 5, None)
        assert LiveEvent.objects.order_by("-seq")[0].kind == "drop_ended"
        assert books() == []

    def test_placing_sells_nothing_that_only_expired_lots_cover_though_the_job_did_not_run(self, listing, member):
        make_lot(listing, pieces=15, keeps=9)
        spec = spec_of(listing)
        assert spec.available == 20
        with pytest.raises(OutOfStock) as refused:
            place_now(listing, 6, at=NIGHT)
        # 20 stood there: 15 expired, 5 are of no lot. They are settled for whoever comes next.
        assert str(refused.value.message) == "库存只剩 5 件。"
        assert pools(listing) == {"main": (5, 0, 0)}
        place_now(listing, 5, at=NIGHT)
        assert (pools(listing), settle_expired(at=NIGHT)) == ({"main": (5, 5, 0)}, 0)
        outbox.drain(at=timezone.now())
        assert Message.objects.get(kind="lot_expired").params["gone"] == 15
        assert (unchained(listing), books()) == ([], [])

    def test_placing_on_the_last_day_still_sells_the_lot(self, listing):
        lot = make_lot(listing, pieces=20, keeps=9)
        assert lot.best_before is not None
        place_now(listing, 6, at=AT.replace(month=lot.best_before.month, day=lot.best_before.day))
        assert pools(listing) == {"main": (20, 6, 0)}

    def test_a_drop_sells_nothing_that_only_an_expired_lot_covers_though_the_job_did_not_run(self, listing, member):
        make_lot(listing, pieces=20, keeps=9)
        session, _host = make_session(make_room(listing.supplier), host=member)
        drop = drop_of(session, put(session, listing, member), member, pieces=5)
        with pytest.raises(OutOfStock):
            place_now(listing, 1, at=NIGHT, stock_id=drop.stock_id)
        assert (pools(listing), books()) == ({}, [])
        assert tell_held_drops(at=AT) == 1

    def test_placing_asks_once_whether_something_expired(self, listing, django_assert_num_queries):
        with django_assert_num_queries(1):
            settle_expired_of([listing.pk], at=NIGHT)


def place_now(listing: Listing, pieces: int, *, at: datetime, stock_id: int | None = None) -> None:
    """Place an order as a door does, at a moment."""
    spec = spec_of(listing)
    place(
        actor=None, at=at, lines=[PlaceLine(spec, pieces, spec.price_fen, stock_id=stock_id)],
        buyer=Buyer(phone="+8613800002046"), ship_to=ShipTo("周敏", "+8613800002046", "440106", "龙口西路 8 号"),
        key=f"{pieces}:{stock_id}",
    )  # fmt: skip


class TestDoors:
    def test_the_page_says_what_stands_there_and_takes_the_answer(self, member):
        now = timezone.now()
        listing = make_grown(member, stock=20)
        lot = make_lot(listing, pieces=12, at=now)
        client = Client()
        client.force_login(member)
        html = client.get(f"/seller/lots/{lot.pk}/").content.decode()
        assert "您的货架上有 12 件只有这个批次可发。" in html
        assert 'data-on-sale="12" data-in-orders="0"' in html
        where = f"/seller/lots/{lot.pk}/close/"
        refused = client.post(where, {"close-rest": "other", "close-reason": " "})
        assert refused.status_code == 422
        assert "请填写这些货属于哪次采收。" in refused.content.decode()
        html = client.post(where, {"close-rest": "gone"}, follow=True).content.decode()
        assert "12 件已从库存中扣除。" in html
        assert spec_of(listing).available == 8
        page = client.get(f"/seller/lots/{lot.pk}/").content.decode()
        assert "当时有 12 件从库存中扣除。" in page
        history = client.get(f"/seller/goods/{spec_of(listing).specification_id}/stock/").content.decode()
        assert f"随批次 {lot.code} 离开库存：批次已结束" in history

    def test_the_interface_says_the_rest_and_takes_the_answer(self, listing, member):
        lot, other = make_lot(listing, pieces=6), make_lot(listing, pieces=8)
        api = program_of(member, "lots:write", "lots:read")
        assert api.get(f"/seller/lots/{lot.pk}").data["rest"] == {"on_sale": 6, "in_orders": 0}
        refused = api.post(f"/seller/lots/{lot.pk}/close", {"rest": "other"})
        assert (refused.status_code, refused.data["code"]) == (422, "invalid")
        done = api.post(f"/seller/lots/{lot.pk}/close", {"rest": "other", "reason": "new harvest"}).data
        assert (done["state"], done["gone_grams"], done["rest"]) == ("closed", 6 * GRAMS, None)
        assert spec_of(listing).available == 20
        # Nothing is taken off by who says nothing: as on the page.
        unsaid = api.post(f"/seller/lots/{other.pk}/close")
        assert (unsaid.status_code, unsaid.data["code"], spec_of(listing).available) == (422, "rest_missing", 20)
        api.post(f"/seller/lots/{other.pk}/close", {"rest": "gone"})
        assert spec_of(listing).available == 12


STEPS = ("first", "second", "cancel", "end")


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    left=st.integers(1, 24), sound=st.integers(0, 12), waiting=st.tuples(st.integers(1, 6), st.integers(1, 6)),
    new=st.tuples(st.integers(1, 9), st.integers(1, 9)), order=st.permutations(STEPS), expires=st.booleans(),
)  # fmt: skip
def test_in_any_order_pieces_leave_once_and_nothing_is_oversold(left, sound, waiting, new, order, expires):
    """Two arrivals, a cancellation and the end of a lot: what left is never more than the lot had, and never twice."""
    with transaction.atomic():
        listing: Listing = make_grown(stock=20)
        if sound:
            make_lot(listing, pieces=sound)
        lot = make_lot(listing, pieces=left, days_ago=4)
        bought = [paid_order(listing, pieces, key=str(number)) for number, pieces in enumerate(waiting)]
        if expires:
            ProduceLot.objects.filter(pk=lot.pk).update(best_before=AT.date() - timedelta(days=1))
        doing = {
            "first": lambda: came(listing, new[0]),
            "second": lambda: came(listing, new[1]),
            "cancel": lambda: cancel_rest(order_id=bought[0].pk, actor=None, at=AT),
            "end": lambda: settle_expired(at=AT) if expires else finish(lot),
        }
        for step in order:
            doing[step]()
            stock = list(Stock.objects.values_list("on_hand", "reserved", "owed"))
            assert all(0 <= reserved <= on_hand and 0 <= owed <= on_hand for on_hand, reserved, owed in stock)
            assert unchained(listing) == []
        settle_expired(at=AT)
        lot.refresh_from_db()
        gone = -sum(StockChange.objects.filter(kind__in=["finished", "expired"]).values_list("pieces", flat=True))
        assert gone <= left
        assert lot.left_grams == 0
        waits = sum(LineFacts.objects.filter(order__state="to_ship").values_list("ordered", flat=True))
        total = sum(
            on_hand - owed for on_hand, _reserved, owed in Stock.objects.values_list("on_hand", "reserved", "owed")
        )
        assert waits
        assert total == 20 + sum(new) - gone
        transaction.set_rollback(True)


def test_a_packing_that_is_entered_after_the_lot_expired_is_settled_too(listing):
    lot = make_lot(listing, pieces=8, days_ago=9, keeps=3, packed=False)
    assert settle_expired(at=AT) == 0
    pack(lot, occurred_at=AT - timedelta(days=8))
    assert settle_expired(at=AT) == 0
    assert pools(listing) == {"main": (12, 0, 0)}


def test_disposing_after_another_was_finished_takes_each_lots_own(listing):
    sound, failed = make_lot(listing, pieces=8), make_lot(listing, pieces=12)
    fail(failed)
    finish(sound)
    assert pools(listing) == {f"lot:{failed.pk}": (12, 0, 0)}
    dispose(failed)
    assert (pools(listing), books()) == ({}, [])


def test_what_became_of_a_lots_rest_is_said_once(listing):
    lot = make_lot(listing, pieces=20)
    finish(lot)
    for how in ({}, {"rest": "other", "reason": "另一批"}, {"rest": "gone"}):
        with pytest.raises(WrongMove):
            finish(lot, **how)
    assert StockChange.objects.filter(kind__in=("finished", "kept")).count() == 1
