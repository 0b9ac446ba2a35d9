"""Planned sessions are moved and called off, none is in the past, none hides the next; rooms are opened by staff."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import Village
from catalog.operations.follows import toggle_follow
from livestream.errors import Stale, WrongState
from livestream.models import LiveRoom, LiveSession, Mute
from livestream.operations import planning, sessions
from livestream.operations.chat import post_message
from livestream.queries.rooms import live_page, room_cards, session_in_room
from shop.accounts.models import Message
from shop.core import outbox
from shop.core.errors import InvalidInput, NotAllowed
from tests.api.conftest import program_of
from tests.factories import AT, make_listing, make_supplier, make_user
from tests.livestream.rooms import make_room, make_session, make_staff, put
from tests.livestream.test_pages import signed_in

pytestmark = pytest.mark.django_db
SOON = AT + timedelta(days=1)


def moved(session: LiveSession, host: Any, to: datetime, *, version: int | None = None) -> None:
    session.refresh_from_db()
    planning.change_session(
        session_id=session.pk, version=session.version if version is None else version,
        title=(session.title_zh, session.title_en), planned_at=to, actor=host, at=AT,
    )  # fmt: skip
    session.refresh_from_db()


@pytest.mark.parametrize("when", [AT - timedelta(minutes=6), AT - timedelta(days=13000), AT + timedelta(days=367)])
def test_a_session_is_planned_neither_in_the_past_nor_in_years(when: datetime) -> None:
    session, host = make_session(live=False, planned_at=SOON)
    facts = {"title": ("柚子", ""), "planned_at": when, "actor": host, "at": AT}
    with pytest.raises(InvalidInput) as refused:
        planning.plan_session(room=session.room, **facts)
    assert refused.value.field == "planned_at"
    with pytest.raises(InvalidInput) as refused:
        planning.change_session(session_id=session.pk, version=session.version, **facts)
    assert refused.value.field == "planned_at"
    assert list(LiveSession.objects.values_list("planned_at", flat=True)) == [SOON]


def test_the_same_plan_twice_is_one_session() -> None:
    session, host = make_session(live=False, planned_at=SOON)
    facts = {"room": session.room, "title": ("柚子", "Pomelos"), "planned_at": SOON, "actor": host, "at": AT}
    first, again = (planning.plan_session(**facts) for _ in range(2))
    other = planning.plan_session(**facts | {"title": ("橙子", "Oranges")})
    assert (first.pk == again.pk, other.pk == first.pk, LiveSession.objects.count()) == (True, False, 3)
    session_gone = planning.plan_session(**facts | {"title": ("茶", "")})
    planning.cancel_session(session_id=session_gone.pk, version=session_gone.version, actor=host, at=AT)
    assert planning.plan_session(**facts | {"title": ("茶", "")}).pk != session_gone.pk


def test_a_cancelled_session_says_what_is_on_in_its_room_now(client: Client) -> None:
    session, host = make_session(live=False, planned_at=SOON)
    planning.cancel_session(session_id=session.pk, version=session.version, actor=host, at=AT)
    now = planning.plan_session(
        room=session.room, title=("正在播的柚子", ""), planned_at=AT + timedelta(minutes=5), actor=host, at=AT
    )
    sessions.start_session(session_id=now.pk, version=now.version, actor=host, at=AT)
    page = client.get(f"/live/{session.room.slug}/?session={session.pk}").content.decode()
    assert ("本直播间正在播：正在播的柚子" in page, "下一场：" in page) == (True, False)


def test_a_plan_whose_time_went_by_hides_nothing() -> None:
    over, host = make_session(planned_at=AT)
    sessions.end_session(session_id=over.pk, version=over.version, actor=host, at=AT)
    room = over.room
    forgotten, _ = make_session(room, host=host, live=False, planned_at=AT)
    assert session_in_room(room.slug, at=AT + timedelta(hours=2)) == forgotten
    late = AT + timedelta(hours=2, seconds=1)
    assert session_in_room(room.slug, at=late) == over
    assert room_cards([room.pk], at=late)[room.pk].title == "柚子开摘"
    assert live_page(at=late).planned == []
    following, _ = make_session(room, host=host, live=False, planned_at=SOON)
    assert session_in_room(room.slug, at=late) == following
    assert [card.when for card in live_page(at=late).planned] == [SOON]
    assert room_cards([room.pk], at=late)[room.pk].when == SOON


def test_followers_are_told_of_another_time_and_of_the_end() -> None:
    session, host = make_session(live=False, planned_at=SOON)
    listing = make_listing(supplier=session.room.supplier)
    listing.village = Village.objects.create(slug="songyuan", name_zh="松源村", county=listing.county)
    listing.save()
    follower = make_user()
    toggle_follow(user=follower, village=listing.village, at=AT)
    put(session, listing, host)
    planning.change_session(
        session_id=session.pk, version=session.version, title=("柚子大开摘", ""), planned_at=SOON, actor=host, at=AT
    )
    outbox.drain(at=AT)
    assert not Message.objects.exists()
    moved(session, host, SOON + timedelta(hours=1))
    planning.cancel_session(session_id=session.pk, version=session.version, actor=host, at=AT)
    outbox.drain(at=AT)
    told = list(Message.objects.filter(user=follower).order_by("pk").values_list("kind", "url"))
    assert told == [("live_moved", f"/live/songyuan/?session={session.pk}"), ("live_cancelled", "/live/")]


def test_only_what_is_planned_is_moved_or_cancelled_and_by_who_saw_it() -> None:
    session, host = make_session(live=False, planned_at=SOON)
    with pytest.raises(Stale):
        moved(session, host, SOON + timedelta(hours=1), version=session.version + 1)
    with pytest.raises(NotAllowed):
        moved(session, make_user(), SOON + timedelta(hours=1))
    sessions.start_session(session_id=session.pk, version=session.version, actor=host, at=AT)
    session.refresh_from_db()
    with pytest.raises(WrongState):
        moved(session, host, SOON + timedelta(hours=1))
    with pytest.raises(WrongState):
        planning.cancel_session(session_id=session.pk, version=session.version, actor=host, at=AT)
    assert (session.state, session.planned_at) == ("live", SOON)


def test_a_host_moves_and_cancels_on_the_page(client: Client) -> None:
    session, host = make_session(live=False, planned_at=timezone.now() + timedelta(days=1))
    desk, address = signed_in(host), f"/live/console/{session.pk}/"
    sent = {"version": session.version, "title_zh": "新名", "title_en": "", "planned_at": "1990-01-01T20:00"}
    refused = desk.post(f"{address}change/", sent)
    assert refused.status_code == 422
    assert 'id="id_planned_at-error"' in refused.content.decode()
    assert 'value="新名"' in refused.content.decode()
    sent["planned_at"] = f"{timezone.localtime() + timedelta(days=2):%Y-%m-%dT%H:%M}"
    assert desk.post(f"{address}change/", sent).status_code == 302
    session.refresh_from_db()
    assert session.title_zh == "新名"
    assert desk.post(f"{address}cancel/", {"version": session.version}).status_code == 302
    assert 'data-testid="session-cancelled"' in desk.get(address).content.decode()
    assert client.get("/live/songyuan/").status_code == 404
    shown = client.get(f"/live/songyuan/?session={session.pk}").content.decode()
    assert 'data-testid="session-cancelled"' in shown
    assert desk.post(f"{address}act/", {"action": "start", "version": session.version + 1}).status_code == 409


def test_by_api_a_session_is_moved_and_cancelled() -> None:
    session, host = make_session(live=False, planned_at=timezone.now() + timedelta(days=1))
    desk, path = program_of(host), f"/live/host/sessions/{session.pk}"
    later = (timezone.now() + timedelta(days=2)).isoformat()
    done = desk.send("PUT", f"{path}/plan", {"version": session.version, "title": "新名", "planned_at": later})
    assert (done.status_code, done.data["title"]) == (200, "新名")
    past = {"version": done.data["version"], "title": "新名", "planned_at": AT.isoformat()}
    assert desk.send("PUT", f"{path}/plan", past).data["errors"][0]["field"] == "planned_at"
    assert desk.post(f"{path}/cancel", {"version": done.data["version"]}).data["state"] == "cancelled"


def test_staff_open_a_room_on_the_page_and_by_api() -> None:
    supplier, staff = make_supplier(), make_staff()
    sent = {"supplier": supplier.pk, "slug": "hillside", "title_zh": "山边", "host_zh": "阿珍"}
    desk = signed_in(staff)
    assert 'data-testid="open-room"' in desk.get("/live/console/").content.decode()
    assert desk.post("/live/console/rooms/", sent).status_code == 302
    room = LiveRoom.objects.get()
    assert (room.slug, room.supplier, room.host_zh) == ("hillside", supplier, "阿珍")
    for wrong, field in (
        ({}, "slug"),
        ({"slug": "console"}, "slug"),
        ({"slug": "A b"}, "slug"),
        ({"host_zh": ""}, "host_zh"),
    ):
        refused = desk.post("/live/console/rooms/", sent | wrong)
        assert refused.status_code == 422
        assert f'id="id_{field}-error"' in refused.content.decode()
    body = {"slug": "uphill", "title": "山上", "host": "小禾"}
    made = program_of(staff).post("/live/host/rooms", body)
    assert (made.status_code, made.data["slug"]) == (201, "uphill")
    host = make_user()
    make_room(make_supplier("别家", member=host), host=host, slug="other")
    assert program_of(host).post("/live/host/rooms", body | {"slug": "mine"}).status_code == 403
    assert signed_in(host).post("/live/console/rooms/", sent | {"slug": "mine"}).status_code == 403
    assert LiveRoom.objects.count() == 3


def test_who_is_muted_is_listed_and_let_write_again() -> None:
    session, host = make_session()
    people = [make_user(name=name) for name in ("周敏", "林好")]
    for user in people:
        message = post_message(session_id=session.pk, actor=user, text="加我微信", at=AT)
        sessions.mute(session_id=session.pk, message_id=message.pk, actor=host, at=AT)
    desk, address = signed_in(host), f"/live/console/{session.pk}/"
    page = desk.get(address).content.decode()
    assert page.count('data-testid="muted-person"') == 2
    first, second = Mute.objects.order_by("pk")
    assert desk.post(f"{address}act/", {"action": "unmute_person", "mute": first.pk}).status_code == 302
    assert list(Mute.objects.all()) == [second]
    path = f"/live/host/sessions/{session.pk}/mutes"
    shown = program_of(host).get(path).data["items"]
    assert [(row["id"], row["last_line"]) for row in shown] == [(second.pk, "加我微信")]
    stranger = make_user()
    assert program_of(host).send("DELETE", f"{path}/{second.pk}").status_code == 204
    assert not Mute.objects.exists()
    with pytest.raises(NotAllowed):
        sessions.unmute_person(mute_id=second.pk, room_id=session.room_id, actor=stranger, at=AT)
