"""Chat: short, limited, mutable by its hosts; whatever is typed is shown as typed."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from livestream.errors import Muted, TooFast, WrongState
from livestream.models import ChatMessage, LiveEvent
from livestream.operations import chat, sessions
from livestream.queries.chat import last_lines
from livestream.queries.events import news_since
from shop.core.errors import DomainError, InvalidInput, NotAllowed
from tests.factories import AT, make_user
from tests.livestream.rooms import make_session

pytestmark = pytest.mark.django_db
MARKUP = "<script>alert(1)</script><b>够五斤吗</b> & 'x'"


def say(session, user, text="够五斤吗", at=AT):
    return chat.post_message(session_id=session.pk, actor=user, text=text, at=at)


def test_a_message_is_an_event_that_holds_no_words() -> None:
    session, host = make_session()
    message = say(session, make_user(name="李小明"), " 两个装 \n 够五斤吗 ")
    say(session, host, "够")
    assert message.text == "两个装 够五斤吗"
    assert LiveEvent.objects.filter(kind="chat").order_by("seq")[0].payload == {"message": message.pk}
    assert [(line.name, line.is_host, line.text) for line in last_lines(session.pk)] == [
        ("李**", False, "两个装 够五斤吗"),
        ("", True, "够"),
    ]


@pytest.mark.parametrize(
    ("text", "code"), [("", "empty"), ("   \n", "empty"), ("早" * 201, "too_long"), ("早" * 10_000, "too_long")]
)
def test_nothing_and_too_much_are_refused(text: str, code: str) -> None:
    session, _ = make_session()
    with pytest.raises(InvalidInput) as refused:
        say(session, make_user(), text)
    assert refused.value.code == code
    assert ChatMessage.objects.count() == 0


def test_who_is_not_signed_in_reads_only() -> None:
    session, _ = make_session()
    with pytest.raises(NotAllowed):
        say(session, None)


def test_five_in_ten_seconds_then_a_pause_but_never_for_hosts() -> None:
    session, host = make_session()
    viewer = make_user()
    for _ in range(5):
        say(session, viewer)
        say(session, host)
    say(session, host)
    with pytest.raises(TooFast):
        say(session, viewer, at=AT + timedelta(seconds=9))
    say(session, viewer, at=AT + timedelta(seconds=11))


def test_many_drafts_are_judged_one_by_one_in_few_queries() -> None:
    session, _ = make_session()
    people = [make_user() for _ in range(30)]
    drafts = [chat.Draft(person, f"第 {n} 句") for n, person in enumerate(people)] + [chat.Draft(people[0], "")] * 2
    drafts += [chat.Draft(people[1], "再说")] * 6
    chat.post_messages(session_id=session.pk, drafts=[chat.Draft(people[0], "热身")], at=AT - timedelta(minutes=1))
    with CaptureQueriesContext(connection) as queries:
        outcomes = chat.post_messages(session_id=session.pk, drafts=drafts, at=AT)
    refused = [outcome.code for outcome in outcomes if isinstance(outcome, DomainError)]
    assert refused == ["empty", "empty", "too_fast", "too_fast"]
    assert len(queries) <= 12
    session.refresh_from_db()
    assert list(LiveEvent.objects.filter(session=session).order_by("seq").values_list("seq", flat=True)) == list(
        range(1, session.last_seq + 1)
    )


def test_a_muted_person_writes_nowhere_in_the_room_until_let_again() -> None:
    session, host = make_session()
    viewer, other = make_user(), make_user()
    message = say(session, viewer)
    with pytest.raises(NotAllowed):
        sessions.mute(session_id=session.pk, message_id=message.pk, actor=other, at=AT)
    sessions.mute(session_id=session.pk, message_id=message.pk, actor=host, at=AT)
    sessions.mute(session_id=session.pk, message_id=message.pk, actor=host, at=AT)
    with pytest.raises(Muted):
        say(session, viewer)
    say(session, other)
    sessions.unmute(session_id=session.pk, message_id=message.pk, actor=host, at=AT)
    say(session, viewer)
    with pytest.raises(NotAllowed):
        sessions.mute(session_id=session.pk, message_id=say(session, host).pk, actor=host, at=AT)


def test_a_deleted_message_is_told_to_nobody_any_more() -> None:
    session, host = make_session()
    message = say(session, make_user(), "坏话")
    with pytest.raises(NotAllowed):
        chat.delete_message(session_id=session.pk, message_id=message.pk, actor=make_user(), at=AT)
    for _ in range(2):
        chat.delete_message(session_id=session.pk, message_id=message.pk, actor=host, at=AT)
    assert last_lines(session.pk) == []
    assert [event["kind"] for event in news_since(session.pk, 0).events] == ["started", "chat_deleted"]
    assert "坏话" not in repr(news_since(session.pk, 0))


def test_the_chat_closes_with_the_session() -> None:
    session, host = make_session()
    sessions.end_session(session_id=session.pk, version=session.version, actor=host, at=AT)
    with pytest.raises(WrongState):
        say(session, make_user())


def test_markup_is_text_on_the_page(client: Client) -> None:
    make_session()
    viewer = make_user()
    client.force_login(viewer, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post("/live/songyuan/chat/", {"text": MARKUP})
    assert (answer.status_code, answer["Location"]) == (302, "/live/songyuan/")
    page = client.get("/live/songyuan/").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert(1)" not in page


def test_what_was_refused_stays_in_the_field(client: Client) -> None:
    make_session()
    client.force_login(make_user(), backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post("/live/songyuan/chat/", {"text": "早" * 201})
    assert answer.status_code == 422
    assert "最多 200 个字" in answer.content.decode()
    assert "早" * 201 in answer.content.decode()
    assert ChatMessage.objects.count() == 0


def test_a_guest_is_sent_to_sign_in_and_comes_back(client: Client) -> None:
    make_session()
    answer = client.post("/live/songyuan/chat/", {"text": "在吗"})
    assert answer["Location"] == "/account/login/?next=/live/songyuan/"
