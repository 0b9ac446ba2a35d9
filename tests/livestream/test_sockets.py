"""The room's socket with real commits: events by number, replay after a reconnect, chat, counts, slow viewers."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, connections, transaction
from django.utils import timezone
from redis.exceptions import ConnectionError as RedisConnectionError

from livestream import tailing
from livestream.models import ChatMessage, LiveAudience, LiveSession
from livestream.operations import chat, tray
from livestream.rules import CROWD
from shop.accounts.models import User
from tests.factories import make_listing, make_user
from tests.livestream.rooms import drop_of, make_session, put
from tests.livestream.socket import Socket
from tests.livestream.test_frames import BAD


@pytest.fixture(autouse=True)
def _no_tails(real_db: str) -> Iterator[None]:
    yield
    tailing._tails.clear()
    tailing._listening = None


def cookie(user: User) -> str:
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return f"{settings.SESSION_COOKIE_NAME}={store.session_key}"


def kinds(frames: list[dict[str, Any]]) -> list[tuple[int, str]]:
    return [(event["seq"], event["kind"]) for frame in frames for event in frame.get("events", [])]


def run(story: Callable[[], Awaitable[None]]) -> None:
    """Run a story on a loop of its own; its threads' connections are closed, so that the database can be put back."""

    async def whole() -> None:
        await story()
        for tail in list(tailing._tails.values()):
            tail.task.cancel()
        await database_sync_to_async(connections.close_all)()

    connection.close()
    asyncio.run(whole())


def in_thread(function: Callable[..., Any], **facts: Any) -> Awaitable[Any]:
    return database_sync_to_async(function)(**facts)


def test_a_pin_reaches_viewers_and_who_comes_back_gets_what_it_missed() -> None:
    session, host = make_session()
    items = [put(session, make_listing(supplier=session.room.supplier), host) for _ in range(2)]
    at = session.last_seq

    async def story() -> None:
        first = Socket(f"/ws/live/songyuan/?after={at}&lang=en")
        assert await first.open()
        hello = await first.take()
        assert (hello["seq"], hello["events"]) == (at, [])
        facts = {"session_id": session.pk, "actor": host, "at": timezone.now()}
        await in_thread(tray.pin, version=session.version, item_id=items[0].pk, **facts)
        frames = await first.take_until(lambda frame: "parts" in frame)
        assert kinds(frames)[-1] == (at + 1, "pinned")
        assert f'data-item="{items[0].pk}"' in frames[-1]["parts"]["pin"]
        assert "Being shown" in frames[-1]["parts"]["pin"]
        await first.close()
        await in_thread(tray.pin, version=session.version + 1, item_id=items[1].pk, **facts)
        again = Socket(f"/ws/live/songyuan/?after={at + 1}")
        await again.open()
        missed = await again.take()
        assert kinds([missed]) == [(at + 2, "pinned")]
        assert "讲解中" in missed["parts"]["pin"]
        stranger = Socket("/ws/live/songyuan/")
        await stranger.open()
        whole = await stranger.take()
        assert whole["reset"]
        assert set(whole["parts"]) == {"pin", "drop", "tray", "announcement"}
        await again.close()
        await stranger.close()

    run(story)


def test_chat_goes_up_is_answered_and_comes_down_to_everybody() -> None:
    make_session()
    viewer = make_user(name="李小明")
    cookies = cookie(viewer)

    async def story() -> None:
        writer, reader = Socket(cookies=cookies), Socket()
        await writer.open()
        await reader.open()
        await writer.say(json.dumps({"chat": "<b>够五斤吗</b>", "ref": 7}))
        answers = await writer.take_until(lambda frame: "ref" in frame)
        assert answers[-1]["ref"] == 7
        assert answers[-1]["accepted"] > 0
        heard = await reader.take_until(lambda frame: any(e["kind"] == "chat" for e in frame.get("events", [])))
        message = next(event["message"] for event in heard[-1]["events"] if event["kind"] == "chat")
        assert (message["name"], message["text"]) == ("李**", "<b>够五斤吗</b>")
        await writer.say(json.dumps({"chat": "早" * 10_000, "ref": 8}))
        refused = await writer.take_until(lambda frame: frame.get("ref") == 8)
        assert refused[-1]["refused"] == "too_long"
        await reader.say(json.dumps({"chat": "在吗", "ref": 1}))
        assert (await reader.take_until(lambda frame: "ref" in frame))[-1]["refused"] == "sign_in"
        for nonsense in ("{", "[]", '"x"', "null"):
            await writer.say(nonsense)
            assert (await writer.take_until(lambda frame: "ref" in frame))[-1]["refused"] == "not_json"
        await writer.say(json.dumps({"chat": "还在", "ref": 9}))
        assert "accepted" in (await writer.take_until(lambda frame: frame.get("ref") == 9))[-1]
        await writer.close()
        await reader.close()

    run(story)
    assert list(ChatMessage.objects.order_by("pk").values_list("text", flat=True)) == ["<b>够五斤吗</b>", "还在"]


def test_after_every_bad_frame_the_socket_still_takes_a_line() -> None:
    make_session()
    cookies = cookie(make_user(name="李小明"))

    async def story() -> None:
        one = Socket(cookies=cookies)
        await one.open()
        for frame, code, ref in BAD:
            await one.say(frame)
            answer = (await one.take_until(lambda each: "ref" in each))[-1]
            assert (answer["refused"], answer["ref"]) == (code, ref)
            assert answer["message"] == "读不出这条消息，请重新输入。"
        await one.say(json.dumps({"chat": "还在👩\u200d🌾\u202e", "ref": 9}))
        answer = (await one.take_until(lambda each: each.get("ref") == 9))[-1]
        assert answer["message"]["text"] == "还在👩\u200d🌾"
        await one.close()

    run(story)
    assert list(ChatMessage.objects.values_list("text", flat=True)) == ["还在👩\u200d🌾"]


def test_in_a_crowd_everybody_gets_the_last_lines_and_each_writer_its_own() -> None:
    session, host = make_session()
    people = [make_user() for _ in range(CROWD + 5)]
    writer = make_user(name="李小明")
    cookies = cookie(writer)

    async def story() -> None:
        one = Socket("/ws/live/songyuan/?after=1", cookies=cookies)
        await one.open()
        await one.take()
        await one.say(json.dumps({"chat": "我先来", "ref": 1}))
        answer = (await one.take_until(lambda frame: frame.get("ref") == 1))[-1]
        assert (answer["message"]["id"], answer["message"]["name"]) == (answer["accepted"], "李**")
        drafts = [chat.Draft(host, "欢迎")] + [chat.Draft(person, f"第 {n} 句") for n, person in enumerate(people)]
        await in_thread(chat.post_messages, session_id=session.pk, drafts=drafts, at=timezone.now())
        frames = await one.take_until(lambda frame: f"第 {CROWD + 4} 句" in str(frame))
        lines = [event["message"]["text"] for event in frames[-1]["events"]]
        assert len(lines) <= CROWD
        assert "欢迎" in lines
        assert "第 0 句" not in str(frames)
        assert frames[-1]["seq"] == len(drafts) + 2
        await one.close()

    run(story)
    assert ChatMessage.objects.count() == CROWD + 7


def test_what_changes_the_room_comes_in_a_frame_of_its_own_before_the_chat() -> None:
    session, host = make_session()
    item = put(session, make_listing(supplier=session.room.supplier), host)
    at = session.last_seq

    def both() -> None:
        with transaction.atomic():
            chat.post_message(session_id=session.pk, actor=host, text="看这个", at=timezone.now())
            facts = {"session_id": session.pk, "actor": host, "at": timezone.now()}
            tray.pin(version=session.version, item_id=item.pk, **facts)

    async def story() -> None:
        one = Socket(f"/ws/live/songyuan/?after={at}")
        await one.open()
        await one.take()
        await in_thread(both)
        frames = await one.take_until(lambda frame: "看这个" in str(frame))
        assert kinds(frames) == [(at + 2, "pinned"), (at + 1, "chat")]
        # Whoever is lost between the two asks for both again.
        assert [frame["seq"] for frame in frames if frame.get("events")] == [at, at + 2]
        await one.close()

    run(story)


def test_a_deleted_line_is_taken_away_and_not_replayed() -> None:
    session, host = make_session()
    message = chat.post_message(session_id=session.pk, actor=make_user(), text="坏话", at=timezone.now())

    async def story() -> None:
        one = Socket("/ws/live/songyuan/?after=1")
        await one.open()
        assert "坏话" in str(await one.take())
        await in_thread(
            chat.delete_message, session_id=session.pk, message_id=message.pk, actor=host, at=timezone.now()
        )
        gone = await one.take_until(lambda frame: any(e["kind"] == "chat_deleted" for e in frame.get("events", [])))
        assert gone[-1]["events"][-1]["message"] == message.pk
        late = Socket("/ws/live/songyuan/?after=1")
        await late.open()
        assert "坏话" not in str(await late.take())
        await one.close()
        await late.close()

    run(story)


def test_viewers_are_counted_and_what_a_drop_has_left_is_told() -> None:
    session, host = make_session()
    item = put(session, make_listing(supplier=session.room.supplier), host)
    drop = drop_of(session, item, host, pieces=10, at=timezone.now())

    async def story() -> None:
        sockets = [Socket() for _ in range(3)]
        for each in sockets:
            await each.open()
        frames = await sockets[0].take_until(lambda frame: frame.get("viewers") == 3)
        left = [frame["left"] for frame in frames if frame.get("left")]
        assert left[-1] == {str(drop.pk): 10}
        for each in sockets:
            await each.close()

    run(story)
    assert LiveSession.objects.get(pk=session.pk).peak_viewers == 3
    assert LiveAudience.objects.get().viewers == 0


def test_sockets_open_from_our_pages_only_and_only_for_rooms() -> None:
    make_session()

    async def story() -> None:
        assert not (await Socket(origin="https://elsewhere.example").open())
        assert not (await Socket(origin="http://127.0.0.1:8404").open())
        assert not (await Socket(origin="https://127.0.0.1").open())
        assert not (await Socket(origin="").open())
        behind = Socket(origin="http://127.0.0.1:8403", host="127.0.0.1:8403")
        assert await behind.open()
        await behind.close()
        assert not (await Socket("/ws/other/").open())
        nowhere = Socket("/ws/live/nowhere/")
        await nowhere.open()
        assert await nowhere.take() == {"closed": 4404}

    run(story)


class Layer:
    """A channel layer that notes what it is told, or is gone."""

    def __init__(self, *, gone: bool = False) -> None:
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.gone = gone

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        if self.gone:
            raise RedisConnectionError("connection refused")
        self.told.append((group, message))


def test_other_processes_are_woken_for_what_changes_the_room_and_not_for_chat(monkeypatch: pytest.MonkeyPatch) -> None:
    session, host = make_session()
    item = put(session, make_listing(supplier=session.room.supplier), host)
    layer = Layer()
    monkeypatch.setattr(tailing, "get_channel_layer", lambda: layer)
    chat.post_message(session_id=session.pk, actor=host, text="大家好", at=timezone.now())
    assert layer.told == []
    tray.pin(session_id=session.pk, version=session.version, item_id=item.pk, actor=host, at=timezone.now())
    assert layer.told == [("live", {"type": "live.wake", "session": session.pk})]


def test_a_layer_that_is_gone_stops_no_host(monkeypatch: pytest.MonkeyPatch) -> None:
    session, host = make_session()
    item = put(session, make_listing(supplier=session.room.supplier), host)
    monkeypatch.setattr(tailing, "get_channel_layer", lambda: Layer(gone=True))
    tray.pin(session_id=session.pk, version=session.version, item_id=item.pk, actor=host, at=timezone.now())
    session.refresh_from_db()
    assert session.pinned_id == item.pk
