"""Who bears a flash sale is asked before: others keep to the supplier's lowest live price, and it is told."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from catalog.errors import UnknownListing
from catalog.models import Specification, Supplier
from catalog.operations.floors import set_live_floor
from catalog.queries.floors import asked_prices
from livestream.errors import BelowFloor
from livestream.models import Drop, LiveSession, TrayItem
from livestream.operations.floors import ask_price
from shop.accounts.messages import render
from shop.accounts.models import Message, User
from shop.core.errors import InvalidInput, NotAllowed
from shop.core.models import AuditEntry
from shop.sales.models import LineFacts
from shop.sales.operations.payments import capture_payment, start_payment
from tests.api.conftest import program_of
from tests.factories import AT, make_listing, make_supplier, make_user, spec_of
from tests.livestream.rooms import allow_live, drop_of, make_room, make_session, make_staff, put
from tests.livestream.test_drops import buy_drop

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass
class Stage:
    """A session in a supplier's room, which campaign staff hosts; its pomelo costs 32.80."""

    session: LiveSession
    staff: User
    owner: User
    supplier: Supplier
    item: TrayItem
    spec: Specification

    def drop(self, price_fen: int, *, host: User | None = None) -> Drop:
        return drop_of(self.session, self.item, host or self.staff, price_fen=price_fen)

    def allow(self, floor_fen: int | None) -> None:
        set_live_floor(
            supplier_id=self.supplier.pk, specification_id=self.spec.pk, floor_fen=floor_fen, actor=self.owner, at=AT
        )

    def ask(self, price_fen: int, *, actor: User | None = None) -> None:
        ask_price(
            session_id=self.session.pk, item_id=self.item.pk, specification_id=self.spec.pk, price_fen=price_fen,
            actor=actor or self.staff, at=AT,
        )  # fmt: skip

    def send(self, **fields: Any) -> Any:
        """Send the console's form as the staff."""
        self.session.refresh_from_db()
        sent = {
            "action": "drop", "version": self.session.version, "item": self.item.pk, "pieces": "10", "minutes": "5",
            "specification": self.spec.pk, **fields,
        }  # fmt: skip
        return browser_of(self.staff).post(f"/live/console/{self.session.pk}/act/", sent)


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def stage() -> Stage:
    owner, staff = make_user(name="阿珍"), make_staff()
    room = make_room(host=owner)
    session, _host = make_session(room, host=staff)
    item = put(session, make_listing(supplier=room.supplier, price_fen=3280, stock=50), staff)
    assert room.supplier is not None
    return Stage(session, staff, owner, room.supplier, item, item.listing.specifications.get())


def test_without_a_word_of_the_supplier_others_sell_nothing_below_its_price(stage: Stage) -> None:
    for price in (1, 3279):
        with pytest.raises(BelowFloor) as refused:
            stage.drop(price)
        assert (refused.value.status, refused.value.field) == (422, "price")
        assert refused.value.details == {"lowest": "32.80", "supplier": stage.supplier.slug}
    assert Drop.objects.count() == 0
    assert spec_of(stage.item.listing).available == 50
    # A confirmed cut is no word of the supplier, and one that is not confirmed is not asked about first.
    with pytest.raises(BelowFloor):
        drop_of(stage.session, stage.item, stage.staff, price_fen=1, confirmed_fen=None)


def test_at_the_floor_others_may_sell_and_one_fen_below_they_may_not(stage: Stage) -> None:
    stage.allow(2980)
    with pytest.raises(BelowFloor) as refused:
        stage.drop(2979)
    assert refused.value.details["lowest"] == "29.80"
    with override("en"):
        drop = stage.drop(2980)
    assert (drop.price_fen, drop.list_fen) == (2980, 3280)


def test_a_floor_above_a_price_that_fell_allows_no_cut(stage: Stage) -> None:
    stage.allow(2980)
    Specification.objects.filter(pk=stage.spec.pk).update(price_fen=2500)
    with pytest.raises(BelowFloor) as refused:
        stage.drop(2499)
    assert refused.value.details["lowest"] == "25.00"


def test_the_suppliers_own_host_goes_below_and_still_confirms_a_deep_cut(stage: Stage) -> None:
    stage.session.refresh_from_db()
    desk = program_of(stage.owner)
    body = {
        "version": stage.session.version, "item_id": stage.item.pk, "specification_id": stage.spec.pk,
        "price": "1.00", "pieces": 5,
    }  # fmt: skip
    path = f"/live/host/sessions/{stage.session.pk}/drops"
    assert desk.post(path, body, key="own-1").data["code"] == "deep_cut"
    assert desk.post(path, {**body, "confirm": "1.00"}, key="own-2").status_code == 201
    # It has nobody else to tell.
    assert Message.objects.filter(kind="live_drop_started").count() == 0


def test_a_member_of_another_supplier_is_somebody_else_even_with_a_role(stage: Stage) -> None:
    make_supplier("别家合作社", member=stage.staff)
    with pytest.raises(BelowFloor):
        stage.drop(2000, host=User.objects.get(pk=stage.staff.pk))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("", "它同意别人卖"),
        ("/en", "bears what is taken off, and lets others sell this at ¥29.80 or more. Ask it first."),
    ],
)
def test_the_page_says_the_floor_before_and_beside_the_price(stage: Stage, language: str, words: str) -> None:
    stage.allow(2980)
    page = browser_of(stage.staff).get(f"{language}/live/console/{stage.session.pk}/").content.decode()
    assert f'data-testid="live-floor-{stage.spec.pk}"' in page
    assert "¥29.80" in page
    stage.session.refresh_from_db()
    sent = {
        "action": "drop", "version": stage.session.version, "item": stage.item.pk, "pieces": "10", "minutes": "5",
        "specification": stage.spec.pk, "price": "0.01", "confirm": "1",
    }  # fmt: skip
    answer = browser_of(stage.staff).post(f"{language}/live/console/{stage.session.pk}/act/", sent)
    assert (answer.status_code, Drop.objects.count()) == (422, 0)
    page = answer.content.decode()
    assert (words if language else "¥29.80 或以上") in page
    assert 'value="0.01"' in page
    assert stage.send(price="29.80").status_code == 302
    assert Drop.objects.get().price_fen == 2980


def test_its_own_host_reads_that_the_price_is_its_own(stage: Stage) -> None:
    page = browser_of(stage.owner).get(f"/en/live/console/{stage.session.pk}/").content.decode()
    assert "Your own product: you set the price" in page
    assert 'data-testid="ask-price"' not in page


def test_by_api_it_is_refused_with_the_floor_and_said_before(stage: Stage) -> None:
    stage.allow(2980)
    stage.session.refresh_from_db()
    desk = program_of(stage.staff)
    (row,) = desk.get(f"/live/host/sessions/{stage.session.pk}").data["for_drops"]
    assert (row["price"], row["lowest"], row["asked"]) == ("32.80", "29.80", None)
    (own,) = program_of(stage.owner).get(f"/live/host/sessions/{stage.session.pk}").data["for_drops"]
    assert own["lowest"] is None
    body = {
        "version": stage.session.version, "item_id": stage.item.pk, "specification_id": stage.spec.pk,
        "price": "29.79", "confirm": "29.79", "pieces": 5,
    }  # fmt: skip
    path = f"/live/host/sessions/{stage.session.pk}/drops"
    refused = desk.post(path, body, key="floor-1")
    assert (refused.status_code, refused.data["code"]) == (422, "below_live_floor")
    assert refused.data["details"] == {"lowest": "29.80", "supplier": stage.supplier.slug}
    made = desk.post(path, {**body, "price": "29.80", "confirm": "29.80"}, key="floor-2")
    assert (made.status_code, made.data["drop"]["price"]) == (201, "29.80")


def test_only_the_supplier_sets_its_floor(stage: Stage) -> None:
    other = make_user()
    make_supplier("别家合作社", member=other)
    for actor in (stage.staff, other):
        with pytest.raises(NotAllowed):
            set_live_floor(
                supplier_id=stage.supplier.pk, specification_id=stage.spec.pk, floor_fen=1, actor=actor, at=AT
            )
    own = make_supplier("又一家", member=other)
    with pytest.raises(UnknownListing):
        set_live_floor(
            supplier_id=own.pk, specification_id=stage.spec.pk, floor_fen=1, at=AT, actor=User.objects.get(pk=other.pk)
        )
    url = f"/seller/goods/{stage.spec.pk}/live-floor/"
    assert browser_of(other).post(url, {"floor": "1"}).status_code == 404
    assert browser_of(stage.staff).post(url, {"floor": "1"}).status_code == 403
    put = f"/seller/goods/{stage.spec.pk}/live-floor"
    assert program_of(other).send("PUT", put, {"floor": "1.00"}).status_code == 404
    assert program_of(stage.staff).send("PUT", put, {"floor": "1.00"}).status_code == 403
    stage.spec.refresh_from_db()
    assert stage.spec.live_floor_fen is None
    assert AuditEntry.objects.filter(action="live_floor_set").count() == 0


def test_the_supplier_sets_it_on_its_page_and_by_api_and_the_trail_says_who(stage: Stage) -> None:
    client = browser_of(stage.owner)
    url = f"/seller/goods/{stage.spec.pk}/live-floor/"
    assert client.post(url, {"floor": "29.80"}).status_code == 302
    page = client.get(f"/en/seller/goods/{stage.spec.pk}/stock/").content.decode()
    assert 'value="29.80"' in page
    assert "Set by 阿珍" in page
    assert 'data-testid="goods-floor">¥29.80' in client.get("/seller/goods/").content.decode()
    for wrong in ("32.80", "40", "0", "x"):
        refused = client.post(url, {"floor": wrong})
        assert refused.status_code == 422
        assert f'value="{wrong}"' in refused.content.decode()
    desk = program_of(stage.owner)
    path = f"/seller/goods/{stage.spec.pk}/live-floor"
    assert desk.send("PUT", path, {"floor": "32.80"}).status_code == 422
    assert desk.send("PUT", path, {"floor": None}).data["live_floor"] is None
    assert desk.send("PUT", path, {"floor": "28.00"}).data["live_floor"] == "28.00"
    trail = [(each.actor_id, each.data) for each in AuditEntry.objects.filter(action="live_floor_set").order_by("pk")]
    assert trail == [
        (stage.owner.pk, {"floor_fen": 2980, "before_fen": None}),
        (stage.owner.pk, {"floor_fen": None, "before_fen": 2980}),
        (stage.owner.pk, {"floor_fen": 2800, "before_fen": None}),
    ]


def test_a_drop_that_runs_keeps_its_price_when_the_floor_rises(stage: Stage) -> None:
    stage.allow(2980)
    drop = stage.drop(2980)
    stage.allow(3200)
    drop.refresh_from_db()
    assert (drop.state, drop.price_fen) == ("running", 2980)
    buy_drop(drop, 2)
    assert LineFacts.objects.get().unit_price_fen == 2980
    Drop.objects.update(state="ended")
    with pytest.raises(BelowFloor):
        stage.drop(3199)
    assert stage.drop(3200).number == 2


def test_the_supplier_is_told_of_a_drop_and_reads_its_cut_today_and_on_the_order(stage: Stage) -> None:
    stage.allow(2980)
    drop = stage.drop(2980)
    message = Message.objects.get(kind="live_drop_started")
    assert (message.user_id, message.url) == (stage.owner.pk, "/seller/")
    with override("en"):
        words = render(message.kind, message.params)
    assert words.text == (
        "Pieces: 10, in the live room Songyuan orchard. You bear what it takes off your shop price: ¥3.00 a piece."
    )
    with override("zh-hans"):
        assert "¥3.00" in render(message.kind, message.params).text
    Drop.objects.update(ends_at="2099-01-01T00:00:00Z")
    client = browser_of(stage.owner)
    assert "You bear ¥3.00 a piece." in client.get("/en/seller/").content.decode()
    desk = program_of(stage.owner)
    (sale,) = desk.get("/seller/today").data["flash_sales"]
    assert (sale["price"], sale["own_cut"], sale["left"]) == ("29.80", "3.00", 10)
    purchase = buy_drop(drop, 2)
    payment, _created = start_payment(purchase=purchase, gateway_name="demo", at=AT)
    capture_payment(payment_id=payment.pk, at=AT)
    number = LineFacts.objects.get().order.order.number
    page = client.get(f"/en/seller/orders/{number}/").content.decode()
    assert "Flash sale: ¥3.00 a piece below your shop price, borne by you" in page
    assert desk.get(f"/seller/orders/{number}").data["lines"][0]["own_cut"] == "3.00"
    # The shop's price today is not what it was taken off.
    Specification.objects.filter(pk=stage.spec.pk).update(price_fen=5000)
    assert desk.get(f"/seller/orders/{number}").data["lines"][0]["own_cut"] == "3.00"


def test_a_host_asks_and_the_suppliers_answer_settles_it(stage: Stage) -> None:
    assert stage.send(action="ask_price", price="25", pieces="", minutes="").status_code == 302
    assert stage.send(action="ask_price", price="25").status_code == 302
    asked = Message.objects.get(kind="live_price_asked")
    assert (asked.user_id, asked.url) == (stage.owner.pk, f"/seller/goods/{stage.spec.pk}/stock/#live-floor")
    with override("en"):
        assert render(asked.kind, asked.params).title.endswith("be sold live at ¥25.00?")
    page = browser_of(stage.staff).get(f"/en/live/console/{stage.session.pk}/").content.decode()
    assert "Asked for ¥25.00: it has not answered yet." in page
    client = browser_of(stage.owner)
    assert "¥25.00" in client.get("/seller/").content.decode()
    assert 'data-testid="asked-price"' in client.get(f"/seller/goods/{stage.spec.pk}/stock/").content.decode()
    desk = program_of(stage.owner)
    (row,) = desk.get("/seller/today").data["asked_prices"]
    assert (row["specification_id"], row["price"], row["lowest"]) == (stage.spec.pk, "25.00", "32.80")
    assert Drop.objects.count() == 0
    # Saved as it was, it is an answer too.
    assert client.post(f"/seller/goods/{stage.spec.pk}/live-floor/", {"floor": ""}).status_code == 302
    assert asked_prices(stage.supplier.pk) == []
    answer = Message.objects.get(kind="live_price_answered")
    assert answer.user_id == stage.staff.pk
    with override("en"):
        words = render(answer.kind, answer.params)
    assert words.text == "You asked for ¥25.00. In live rooms of others it may be sold at ¥32.80 or more."


def test_by_api_a_host_asks_and_asks_nothing_that_is_allowed_or_its_own(stage: Stage) -> None:
    stage.allow(2980)
    path = f"/live/host/sessions/{stage.session.pk}/price-requests"
    body = {"item_id": stage.item.pk, "specification_id": stage.spec.pk, "price": "25.00"}
    asked = program_of(stage.staff).post(path, body)
    assert (asked.status_code, asked.data["for_drops"][0]["asked"]) == (201, "25.00")
    for price in ("29.80", "32.80", "0.00"):
        refused = program_of(stage.staff).post(path, {**body, "price": price})
        assert (refused.status_code, refused.data["code"]) == (422, "invalid")
    with pytest.raises(InvalidInput):
        stage.ask(2000, actor=stage.owner)
    with pytest.raises(NotAllowed):
        stage.ask(2000, actor=make_user())
    assert AuditEntry.objects.filter(action="live_price_asked").count() == 1


def test_a_platforms_room_keeps_to_each_suppliers_floor(stage: Stage) -> None:
    listing = make_listing(supplier=stage.supplier, price_fen=5000, stock=20)
    allow_live(listing, 4000)
    assert listing.specifications.get().live_floor_fen == 4000
    item = put(stage.session, listing, stage.staff)
    with pytest.raises(BelowFloor):
        drop_of(stage.session, item, stage.staff, price_fen=3999)
    assert drop_of(stage.session, item, stage.staff, price_fen=4000).number == 1
