"""Rooms and console as pages: they work without a script, in both languages, in few queries."""

import re
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from livestream.models import Drop, LiveSession, TrayItem
from livestream.operations import sessions, tray
from livestream.queries.rooms import live_page, room_cards
from shop.accounts.models import User
from tests.factories import AT, add_picture, make_listing, make_supplier, make_user, spec_of
from tests.livestream.rooms import drop_of, make_room, make_session, put

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def pin(session: LiveSession, item: TrayItem, host: User) -> None:
    session.refresh_from_db()
    tray.pin(session_id=session.pk, version=session.version, item_id=item.pk, actor=host, at=AT)
    session.refresh_from_db()


def test_the_list_says_who_is_live_planned_and_over(client: Client) -> None:
    session, host = make_session()
    for _ in range(3):
        make_session(session.room, host=host, live=False, planned_at=timezone.now())
    page = client.get("/live/").content.decode()
    assert page.count('data-testid="session-card"') == 4
    assert "直播中" in page
    assert "即将开播" in page
    assert "Coming up" in client.get("/en/live/").content.decode()


def test_without_any_session_the_list_says_what_to_do_next(client: Client) -> None:
    page = client.get("/live/").content.decode()
    assert "还没有人开播" in page
    assert 'href="/shop/"' in page


def test_the_list_asks_as_much_for_thirty_sessions_as_for_one(client: Client) -> None:
    def ask() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/live/").status_code == 200
        return len(queries)

    host = make_user()
    supplier = make_supplier(member=host)
    listing = make_listing(supplier=supplier)

    def add(number: int) -> None:
        session, _ = make_session(make_room(supplier, host=host, slug=f"room-{number}"), host=host)
        put(session, listing, host)

    add(0)
    client.get("/live/")
    few = ask()
    for number in range(1, 31):
        add(number)
    assert ask() == few


def test_a_room_shows_pin_tray_and_drop(client: Client) -> None:
    session, host = make_session()
    item = put(session, make_listing(supplier=session.room.supplier, price_fen=3280, stock=50), host)
    put(session, make_listing("连州菜心", supplier=session.room.supplier), host)
    pin(session, item, host)
    drop_of(session, item, host, pieces=10, price_fen=2980, at=timezone.now())
    page = client.get("/live/songyuan/").content.decode()
    assert page.count('data-testid="tray-item"') == 2
    assert "讲解中" in page
    assert "第 1 轮开抢" in page
    assert 'data-pieces="10"' in page
    english = client.get("/en/live/songyuan/").content.decode()
    assert "Being shown" in english
    assert "Round 1 is on" in english


def test_a_room_asks_as_much_for_thirty_goods_as_for_one(client: Client) -> None:
    session, host = make_session()

    def ask() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/live/songyuan/").status_code == 200
        return len(queries)

    put(session, make_listing(supplier=session.room.supplier), host)
    client.get("/live/songyuan/")
    few = ask()
    for _ in range(30):
        put(session, make_listing(supplier=session.room.supplier), host)
    assert ask() == few
    assert few <= 9


def test_a_room_shows_its_live_session_before_the_next_and_a_replay_when_asked(client: Client) -> None:
    session, host = make_session(live=False)
    assert client.get("/live/songyuan/").context["session"] == session
    sessions.start_session(session_id=session.pk, version=1, actor=host, at=AT)
    later, _ = make_session(session.room, host=host, live=False, planned_at=timezone.now())
    assert client.get("/live/songyuan/").context["session"] == session
    sessions.end_session(session_id=session.pk, version=2, actor=host, at=AT)
    assert client.get("/live/songyuan/").context["session"] == later
    assert client.get(f"/live/songyuan/?session={session.pk}").context["session"] == session
    for asked in ("99999", "abc", "-1", "9" * 30):
        assert client.get(f"/live/songyuan/?session={asked}").status_code == 404, asked
    assert client.get("/live/nowhere/").status_code == 404


def test_the_sheet_is_the_shops_or_the_drops(client: Client) -> None:
    session, host = make_session()
    item = put(session, make_listing(supplier=session.room.supplier, price_fen=3280), host)
    address = f"/live/songyuan/choose/{item.pk}/"
    part = client.get(address, headers={"X-Requested-With": "fetch"}).content.decode()
    assert "data-spec-form" in part
    assert f'action="/shop/basket/add/?from=session-{session.pk}"' in part
    assert "<html" not in part
    assert "<html" in client.get(address).content.decode()
    drop = drop_of(session, item, host, at=timezone.now(), per_buyer=2)
    part = client.get(address, headers={"X-Requested-With": "fetch"}).content.decode()
    assert 'data-testid="drop-form"' in part
    spec = spec_of(item.listing).specification_id
    answer = client.post("/live/songyuan/buy/", {"drop": drop.pk, "quantity": "2"})
    assert answer["Location"].rpartition("&once=")[0] == f"/shop/checkout/?buy={spec}:2&deal=drop:{drop.pk}"
    for sent, status in (({"drop": "0"}, 409), ({"drop": drop.pk, "quantity": "x"}, 422)):
        assert client.post("/live/songyuan/buy/", sent).status_code == status
    assert client.get("/live/songyuan/choose/999999/").status_code == 404


@pytest.mark.parametrize("language", ["", "/en"])
def test_the_goods_of_a_replay_can_be_chosen_while_another_session_is_shown(client: Client, language: str) -> None:
    session, host = make_session()
    item = put(session, make_listing(supplier=session.room.supplier), host)
    sessions.end_session(session_id=session.pk, version=session.version, actor=host, at=AT)
    make_session(session.room, host=host)
    other = make_room(slug="elsewhere", host=make_user())
    room = client.get(f"{language}/live/songyuan/?session={session.pk}")
    assert room.context["share_url"].endswith(f"{language}/live/songyuan/?session={session.pk}")
    assert f'href="{language}/live/songyuan/choose/{item.pk}/"' in room.content.decode()
    answer = client.get(f"{language}/live/songyuan/choose/{item.pk}/")
    assert (answer.status_code, answer.context["session"]) == (200, session)
    assert answer.context["back"] == f"{language}/live/songyuan/?session={session.pk}"
    assert client.get(f"{language}/live/{other.slug}/choose/{item.pk}/").status_code == 404


def test_an_announcement_stands_at_the_top_and_not_over_the_clip(client: Client) -> None:
    _session, _host = make_session()
    page = client.get("/live/songyuan/").content.decode()
    top = page[page.index('class="live-top"') : page.index('class="live-bottom"')]
    assert 'data-part="announcement"' in top
    assert page.count('data-part="announcement"') == 1


def test_a_withdrawn_product_stays_in_the_tray_and_can_not_be_bought(client: Client) -> None:
    session, host = make_session()
    listing = make_listing(supplier=session.room.supplier)
    item = put(session, listing, host)
    type(listing).objects.filter(pk=listing.pk).update(state="withdrawn")
    page = client.get("/live/songyuan/").content.decode()
    assert "已下架" in page
    assert 'data-testid="tray-buy"' not in page
    assert "现在买不了" in client.get(f"/live/songyuan/choose/{item.pk}/").content.decode()


def test_a_clip_is_served_in_ranges(client: Client) -> None:
    name = "a" * 24
    default_storage.save(f"live/{name}.mp4", ContentFile(bytes(range(100))))
    address = f"/live/clips/{name}.mp4"
    whole = client.get(address)
    assert (whole.status_code, whole["Content-Type"], whole["Accept-Ranges"]) == (200, "video/mp4", "bytes")
    assert b"".join(whole.streaming_content) == bytes(range(100))
    part = client.get(address, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content, part["Content-Range"]) == (206, bytes(range(10, 20)), "bytes 10-19/100")
    assert client.get(address, headers={"Range": "bytes=-5"}).content == bytes(range(95, 100))
    assert client.get(address, headers={"Range": "bytes=95-"}).content == bytes(range(95, 100))
    assert client.get(address, headers={"Range": "bytes=100-"}).status_code == 416
    assert client.get("/live/clips/nothing.mp4").status_code == 404


def act(client: Client, session: LiveSession, **fields: object):
    session.refresh_from_db()
    return client.post(f"/live/console/{session.pk}/act/", {"version": session.version, **fields})


def _soon() -> str:
    return f"{timezone.localtime() + timedelta(days=1):%Y-%m-%dT%H:%M}"


def test_a_host_runs_a_session_from_the_console() -> None:
    host = make_user()
    room = make_room(host=host)
    client = signed_in(host)
    listings = [make_listing(supplier=room.supplier, price_fen=3280, stock=50) for _ in range(2)]
    planned = {"room": room.pk, "title_zh": "柚子开摘", "title_en": "", "planned_at": _soon()}
    answer = client.post("/live/console/plan/", planned)
    session = LiveSession.objects.get()
    assert answer["Location"] == f"/live/console/{session.pk}/"
    for listing in listings:
        assert act(client, session, action="add", listing=listing.pk).status_code == 302
    first, second = TrayItem.objects.order_by("position")
    assert act(client, session, action="start").status_code == 302
    assert act(client, session, action="pin", item=second.pk).status_code == 302
    assert act(client, session, action="move", item=second.pk, to=0).status_code == 302
    drop = {"item": first.pk, "specification": spec_of(listings[0]).specification_id, "price": "29.80", "pieces": "10"}
    assert act(client, session, action="drop", minutes="5", **drop).status_code == 302
    assert act(client, session, action="announce", text="今晚下单，明早采").status_code == 302
    page = client.get(f"/live/console/{session.pk}/").content.decode()
    for words in ("讲解中", "第 1 轮开抢", "今晚下单，明早采"):
        assert words in page
    assert act(client, session, action="end_drop", drop=Drop.objects.get().pk).status_code == 302
    assert act(client, session, action="unpin").status_code == 302
    assert act(client, session, action="remove", item=second.pk).status_code == 302
    assert act(client, session, action="end").status_code == 302
    session.refresh_from_db()
    assert (session.state, Drop.objects.get().returned) == ("ended", 10)
    assert act(client, session, action="pin", item=first.pk).status_code == 409
    assert "这场直播已结束" in client.get(f"/live/console/{session.pk}/").content.decode()


def test_a_stale_console_is_told_and_shown_what_is_there() -> None:
    session, host = make_session()
    item = put(session, make_listing(supplier=session.room.supplier), host)
    client = signed_in(host)
    stale = session.version
    pin(session, item, host)
    answer = client.post(f"/live/console/{session.pk}/act/", {"version": stale, "action": "unpin"})
    assert answer.status_code == 409
    assert "另一位主播刚改过" in answer.content.decode()
    session.refresh_from_db()
    assert session.pinned_id == item.pk
    part = client.post(
        f"/live/console/{session.pk}/act/",
        {"version": session.version, "action": "unpin"},
        headers={"X-Requested-With": "fetch"},
    )
    assert part.status_code == 200
    assert "<html" not in part.content.decode()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("pieces", "51", "库存只剩 50 件。"),
        ("price", "32.81", "低于店里的价"),
        ("price", "32.80", "低于店里的价"),
        ("price", "abc", ""),
        ("minutes", "0.1", ""),
    ],
)
def test_a_drop_that_can_not_be_is_refused_beside_its_field(field: str, value: str, words: str) -> None:
    session, host = make_session()
    listing = make_listing(supplier=session.room.supplier, price_fen=3280, stock=50)
    item = put(session, listing, host)
    sent = {
        "item": item.pk,
        "specification": spec_of(listing).specification_id,
        "price": "29.80",
        "pieces": "10",
        "minutes": "5",
    }
    answer = act(signed_in(host), session, action="drop", **(sent | {field: value}))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert f'id="id_{field}-error"' in page
    assert words in page
    assert f'value="{value}"' in page
    assert Drop.objects.count() == 0


def test_while_a_drop_runs_the_others_wait_and_say_why() -> None:
    session, host = make_session()
    first, second = (put(session, make_listing(supplier=session.room.supplier, stock=50), host) for _ in range(2))
    client = signed_in(host)
    address = f"/live/console/{session.pk}/"
    page = client.get(address).content.decode()
    assert page.count(f'href="{address}?item=') == 2
    assert 'data-testid="drop-why"' not in page
    drop_of(session, first, host, at=timezone.now())
    page = client.get(address).content.decode()
    assert f'href="{address}?item={first.pk}#drop"' in page
    assert f"?item={second.pk}#drop" not in page
    assert page.count('data-testid="drop-why"') == 1
    assert f'disabled aria-describedby="drop-why-{second.pk}"' in page
    assert "等第 1 轮结束后再开" in page


def test_a_card_shows_what_is_shown_now_first() -> None:
    session, host = make_session()
    items = [put(session, make_listing(supplier=session.room.supplier), host) for _ in range(8)]
    pin(session, items[7], host)
    shown = room_cards([session.room_id], at=AT)[session.room_id].goods
    assert [row.item_id for row in shown] == [items[7].pk, items[0].pk, items[1].pk]
    assert [row.is_pinned for row in shown] == [True, False, False]
    assert [row.item_id for row in live_page(at=AT).now[0].goods] == [items[7].pk, items[0].pk, items[1].pk]
    assert Client().get("/live/").content.decode().count('data-testid="card-pinned"') == 1


def test_the_console_is_its_hosts_alone(client: Client) -> None:
    session, _ = make_session()
    stranger = make_user()
    make_room(make_supplier("别家", member=stranger), host=stranger, slug="other")
    for address in ("", "numbers/"):
        assert signed_in(stranger).get(f"/live/console/{session.pk}/{address}").status_code == 404
    assert signed_in(stranger).post(f"/live/console/{session.pk}/act/", {"action": "start"}).status_code == 404
    assert client.get(f"/live/console/{session.pk}/").status_code == 302
    assert signed_in(make_user()).get("/live/console/").status_code == 403


def test_numbers_are_read_from_real_orders() -> None:
    session, host = make_session()
    said = signed_in(host).get(f"/live/console/{session.pk}/numbers/").json()
    assert said == {
        "viewers": 0, "peak": 0, "orders": 0, "pieces": 0, "fen": 0, "drop_left": None, "drop_sold": None,
        "version": session.version, "seq": 1,
    }  # fmt: skip


def test_a_clip_is_made_of_the_rooms_pictures_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from livestream.operations import clips  # reason: its encoder is replaced here

    session, host = make_session(live=False)
    listing = make_listing(supplier=session.room.supplier)
    picture = add_picture(listing)
    default_storage.save(f"{picture.key}-960.webp", ContentFile(b"picture"))
    put(session, listing, host)
    made = []

    def encode(scenes, target):
        made.append([scene.words for scene in scenes])
        target.write_bytes(b"clip")
        return 5.0

    monkeypatch.setattr(clips, "make_clip", encode)
    for _ in range(2):
        clips.make_session_clip(session_id=session.pk, at=AT)
    session.refresh_from_db()
    assert made == [["梅县金柚 2 个装"]]
    assert session.clip_seconds == 5
    assert default_storage.exists(session.clip)


@pytest.mark.parametrize(
    ("quantity", "words"),
    [
        ("99999999999", "每人限购 2 件"),
        ("3", "每人限购 2 件"),
        ("1_0", "件数请填整数"),
        ("+5", "件数请填整数"),
    ],
)
def test_a_quantity_that_can_not_be_had_is_told_beside_it(client: Client, quantity: str, words: str) -> None:
    session, host = make_session()
    item = put(session, make_listing(supplier=session.room.supplier), host)
    drop = drop_of(session, item, host, at=timezone.now(), per_buyer=2)
    answer = client.post("/live/songyuan/buy/", {"drop": drop.pk, "quantity": quantity})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in re.search(r'data-testid="quantity-refusal">.*?</p>', page, re.DOTALL).group()
    assert f'name="quantity" value="{quantity}"' in page
