"""Drops: their pieces come out of the shop's stock and what is left goes back, to the piece."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client

from catalog.models import Stock
from catalog.operations.stock import OutOfStock, carve, return_pool
from livestream.errors import DropOver, NotOfThisRoom, WrongState
from livestream.models import Drop, LiveSession
from livestream.operations.drops import end_drop, end_due_drops
from livestream.operations.sessions import end_session
from livestream.queries.drops import drop_price
from shop.core import projections
from shop.core.errors import InvalidInput
from shop.sales.errors import NotOffered, OverLimit, PhoneUnproved
from shop.sales.models import LineFacts, OrderAttribution, PayTime, Purchase
from shop.sales.operations.closing import cancel_purchase, expire_purchases
from shop.sales.operations.payments import start_payment
from shop.sales.operations.placing import Buyer, PlaceLine, ShipTo, place
from tests.factories import AT, make_division, make_freight, make_listing, make_supplier, make_user, spec_of
from tests.livestream.rooms import drop_of, make_session, put

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage() -> tuple[LiveSession, object, object]:
    session, host = make_session()
    item = put(session, make_listing(supplier=session.room.supplier, stock=50, price_fen=3280), host)
    return session, host, item


def pools(listing) -> dict[str, tuple[int, int]]:
    rows = Stock.objects.filter(stockrecord__specification__listing=listing)
    return {pool: (on_hand, reserved) for pool, on_hand, reserved in rows.values_list("pool", "on_hand", "reserved")}


def buy_drop(
    drop: Drop, quantity: int = 1, *, key: str = "d", phone: str = "+8613800002046", at=AT, user=None, **changed
) -> Purchase:
    make_division()
    price = drop_price(str(drop.pk), at)
    line = PlaceLine(
        price.spec, quantity, price.spec.price_fen, price_source=price.source, stock_id=price.spec.stock_id
    )
    return place(
        actor=user,
        at=at,
        lines=[replace(line, **changed)],
        buyer=Buyer(user, phone),
        ship_to=ShipTo("周敏", phone, "440106", "龙口西路 8 号"),
        key=key,
        attribution=price.attributions[0],
        also=price.attributions[1:],
    )


def test_pieces_move_between_pools_and_none_is_lost() -> None:
    spec = spec_of(make_listing(stock=50))
    pool = carve(stock_id=spec.stock_id, pool="drop:1", pieces=20, actor=None, at=AT)
    with pytest.raises(OutOfStock) as refused:
        carve(stock_id=spec.stock_id, pool="drop:2", pieces=31, actor=None, at=AT)
    assert (refused.value.field, refused.value.details["short"]) == ("pieces", {spec.stock_id: 30})
    with pytest.raises(ValueError, match="at least one piece"):
        carve(stock_id=spec.stock_id, pool="drop:2", pieces=0, actor=None, at=AT)
    with pytest.raises(ValueError, match="main pool"):
        return_pool(stock_id=spec.stock_id, actor=None, at=AT)
    assert [return_pool(stock_id=pool, actor=None, at=AT) for _again in range(2)] == [20, 0]
    assert list(Stock.objects.order_by("pk").values_list("pool", "on_hand")) == [("main", 50), ("drop:1", 0)]


def test_a_drop_is_carved_sold_and_what_is_left_goes_back(stage) -> None:
    session, host, item = stage
    drop = drop_of(session, item, host, pieces=10)
    assert pools(item.listing) == {"main": (40, 0), f"drop:{drop.pk}": (10, 0)}
    purchase = buy_drop(drop, 3)
    line = LineFacts.objects.get()
    assert (line.unit_price_fen, line.price_source, line.stock_id) == (2980, f"drop:{drop.pk}", drop.stock_id)
    assert purchase.goods_fen == 3 * 2980
    assert (purchase.attribution_kind, purchase.attribution_ref) == ("live", "songyuan")
    assert set(OrderAttribution.objects.values_list("kind", "ref")) == {
        ("live", "songyuan"),
        ("session", str(session.pk)),
        ("drop", str(drop.pk)),
    }
    assert end_due_drops(at=drop.ends_at - timedelta(seconds=1)) == 0
    assert end_due_drops(at=drop.ends_at) == 1
    assert pools(item.listing) == {"main": (47, 0), f"drop:{drop.pk}": (3, 3)}
    drop.refresh_from_db()
    assert (drop.state, drop.returned) == ("ended", 7)
    cancel_purchase(purchase=purchase, actor=None, at=AT)
    end_due_drops(at=drop.ends_at + timedelta(minutes=1))
    assert pools(item.listing) == {"main": (50, 0), f"drop:{drop.pk}": (0, 0)}
    assert [found for _name, found in projections.run_all() if found] == []


def test_a_drop_larger_than_the_stock_is_refused_and_nothing_moves(stage) -> None:
    session, host, item = stage
    with pytest.raises(OutOfStock) as refused:
        drop_of(session, item, host, pieces=51)
    assert (refused.value.field, str(refused.value.message)) == ("pieces", "库存只剩 50 件。")
    assert pools(item.listing) == {"main": (50, 0)}
    assert Drop.objects.count() == 0


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"price_fen": 0}, "price"),
        ({"price_fen": 3281}, "price"),
        ({"pieces": 0}, "pieces"),
        ({"per_buyer": 11}, "per_buyer"),
    ],
)
def test_figures_that_make_no_sense_are_refused_beside_their_field(stage, facts, field) -> None:
    session, host, item = stage
    with pytest.raises(InvalidInput) as refused:
        drop_of(session, item, host, **facts)
    assert refused.value.field == field


def test_one_drop_at_a_time_and_only_of_what_is_in_the_tray(stage) -> None:
    session, host, item = stage
    drop_of(session, item, host)
    with pytest.raises(WrongState):
        drop_of(session, item, host)
    foreign = make_listing(supplier=make_supplier("别家"))
    item.listing = foreign
    with pytest.raises(NotOfThisRoom):
        drop_of(session, item, host)


def test_what_is_over_is_not_sold_at_its_price(stage) -> None:
    session, host, item = stage
    drop = drop_of(session, item, host)
    with pytest.raises(DropOver):
        buy_drop(drop, at=drop.ends_at)
    with pytest.raises(DropOver):
        buy_drop(drop, unit_price_fen=1)
    with pytest.raises(DropOver):
        buy_drop(drop, stock_id=spec_of(item.listing).stock_id)
    end_drop(session_id=session.pk, version=session.version, drop_id=drop.pk, actor=host, at=AT)
    with pytest.raises(DropOver):
        buy_drop(drop)
    session.refresh_from_db()
    with pytest.raises(DropOver):
        end_drop(session_id=session.pk, version=session.version, drop_id=drop.pk, actor=host, at=AT)
    assert Purchase.objects.count() == 0


def test_each_buyer_has_its_limit_over_all_its_orders(stage) -> None:
    session, host, item = stage
    drop = drop_of(session, item, host, per_buyer=2)
    one, other = (make_user(phone=f"+861380000{end}", phone_verified=True) for end in ("2046", "9999"))
    first = buy_drop(drop, 2, key="a", user=one)
    with pytest.raises(OverLimit) as refused:
        buy_drop(drop, 1, key="b", user=one)
    assert refused.value.details["left"] == 0
    # Nobody reads, or uses up, what a phone has by typing it.
    for phone in ("+8613800002046", "+8613800009999"):
        with pytest.raises(PhoneUnproved):
            buy_drop(drop, 1, key=f"guest {phone}", phone=phone)
    buy_drop(drop, 2, key="c", user=other)
    cancel_purchase(purchase=first, actor=None, at=AT)
    buy_drop(drop, 2, key="d", user=one)


def test_a_session_that_ends_ends_its_drop(stage) -> None:
    session, host, item = stage
    drop = drop_of(session, item, host)
    end_session(session_id=session.pk, version=session.version, actor=host, at=AT)
    drop.refresh_from_db()
    assert (drop.state, drop.returned) == ("ended", 10)
    assert pools(item.listing)["main"] == (50, 0)


def test_a_drop_is_bought_at_the_ordinary_checkout(stage, client: Client) -> None:
    session, host, item = stage
    from django.utils import timezone  # reason: the page's own clock

    make_freight(session.room.supplier)
    make_division()
    drop = drop_of(session, item, host, at=timezone.now())
    spec = spec_of(item.listing)
    address = f"/shop/checkout/?buy={spec.specification_id}:2&deal=drop:{drop.pk}"
    page = client.get(address)
    assert (page.status_code, page.context["page"].quote.goods_fen) == (200, 5960)
    sent = {
        "buy": f"{spec.specification_id}:2", "deal": f"drop:{drop.pk}", "address": "new", "name": "周敏",
        "phone": "13800002046", "province": "44", "city": "4401", "division": "440106", "street": "龙口西路 8 号 1202",
        "place": "1", "key": page.context["key"],
    }  # fmt: skip
    answer = client.post("/shop/checkout/", sent)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    purchase = Purchase.objects.get()
    assert (purchase.goods_fen, purchase.attribution_kind) == (5960, "live")
    assert pools(item.listing) == {"main": (40, 0), f"drop:{drop.pk}": (10, 2)}
    sent["key"] = client.get(address).context["key"]
    end_drop(session_id=session.pk, version=session.version, drop_id=drop.pk, actor=host, at=timezone.now())
    over = client.post("/shop/checkout/", sent)
    assert over.status_code == 409
    assert "抢购已结束" in over.content.decode()


def test_a_mark_in_the_address_reaches_the_order(stage, client: Client) -> None:
    session, _host, item = stage
    make_freight(session.room.supplier)
    make_division()
    spec = spec_of(item.listing)
    client.get(f"/shop/?from=session-{session.pk}")
    client.get("/shop/?from=nonsense-1")
    buy = f"{spec.specification_id}:1"
    client.post(
        "/shop/checkout/",
        {
            "key": client.get("/shop/checkout/", {"buy": buy}).context["key"], "buy": buy,
            "address": "new", "name": "周敏", "phone": "13800002046",
            "province": "44", "city": "4401", "division": "440106", "street": "龙口西路 8 号 1202", "place": "1",
        },
    )  # fmt: skip
    assert set(OrderAttribution.objects.values_list("kind", "ref")) == {
        ("live", "songyuan"),
        ("session", str(session.pk)),
    }


def test_a_forged_mark_counts_for_nothing(stage, client: Client) -> None:
    from shop.sales.sources import sources_of  # reason: beside the one test that asks it

    client.cookies["hq_from"] = "session-1:abc:def"
    answer = client.get("/shop/basket/")
    assert sources_of(answer.wsgi_request) == ()


def test_a_drops_pieces_wait_their_own_time_for_their_money_and_take_no_transfer(stage) -> None:
    session, host, item = stage
    drop = drop_of(session, item, host, pieces=10)
    purchase = buy_drop(drop, 2)
    assert purchase.pay_by == AT + timedelta(minutes=15)
    with pytest.raises(NotOffered) as refused:
        start_payment(purchase=purchase, gateway_name="transfer", at=AT)
    assert refused.value.field == "method"
    assert expire_purchases(at=AT + timedelta(minutes=15)) == 1
    # The platform's list says otherwise from a day on.
    PayTime.objects.create(kind="drop", online_minutes=20, transfer_minutes=45, valid_from=AT.date())
    soon = AT + timedelta(minutes=1)
    later = buy_drop(drop, key="e", at=soon)
    start_payment(purchase=later, gateway_name="transfer", at=soon)
    later.refresh_from_db()
    assert (later.terms, later.pay_by) == ("transfer", soon + timedelta(minutes=45))
