"""The message centre: words in the reader's language, unread first, read by POST only."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from pytest_django.fixtures import DjangoAssertNumQueries

from shop.accounts import messages, queries
from shop.accounts.models import Message, User
from shop.accounts.operations.messages import mark_all_read, mark_read, tell

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 23, 8, tzinfo=UTC)
CHANGED = {"shown": "138****2046"}


def say(user: User, key: str, *, at: datetime = AT, **changed: object) -> None:
    facts = {"kind": "accounts.phone_changed", "params": CHANGED, "url": "/account/security/", **changed}
    tell(user_id=user.pk, key=key, at=at, **facts)


def test_telling_twice_is_telling_once(zhou: User) -> None:
    say(zhou, "a")
    say(zhou, "a")
    say(zhou, "b")
    assert Message.objects.filter(user=zhou).count() == 2


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "account/"])
def test_a_message_leads_to_this_site_only(zhou: User, url: str) -> None:
    with pytest.raises(ValueError, match="not an address of this site"):
        say(zhou, "a", url=url)


def test_a_kind_needs_words(zhou: User) -> None:
    with pytest.raises(ValueError, match="no words"):
        say(zhou, "a", kind="nobody.knows")


def test_words_in_the_readers_language() -> None:
    with translation.override("zh-hans"):
        assert messages.render("accounts.phone_changed", CHANGED).title == "手机号已更换"
    with translation.override("en"):
        rendered = messages.render("accounts.phone_changed", CHANGED)
        assert rendered.text.startswith("You sign in with 138****2046 from now on.")


def test_params_are_made_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    # A day of this year is said without it.
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)
    monkeypatch.setattr(messages, "_kinds", {})
    messages.register("x", title=_("%(name)s %(amount)s"), text=_("%(when)s %(missing)s"), action=_("%(when)s"))
    params = {"name_zh": "梅县金柚", "name_en": "Meixian pomelo", "amount_fen": 123450, "when_at": AT.isoformat()}
    with translation.override("en"):
        assert messages.render("x", params) == messages.Rendered("Meixian pomelo ¥1,234.50", "", "23 Nov 16:00", "bell")
    with translation.override("zh-hans"):
        assert messages.render("x", params).title == "梅县金柚 ¥1,234.50"
        assert messages.render("x", {**params, "name_zh": "只有中文", "name_en": ""}).title == "只有中文 ¥1,234.50"
        assert messages.render("unknown", {}).title == "账号有新消息"


def test_unread_first_then_the_newest(zhou: User, lin: User) -> None:
    for number in range(4):
        say(zhou, str(number), at=AT + timedelta(hours=number))
    say(lin, "lin")
    for key in ("3", "1"):
        mark_read(message=Message.objects.get(key=key), actor=zhou, at=AT)
    assert [row.key for row in queries.message_page(zhou, 1)] == ["2", "0", "3", "1"]
    assert queries.unread_count(zhou) == 2
    assert mark_all_read(actor=zhou, at=AT) == 2
    assert (queries.unread_count(zhou), queries.unread_count(lin)) == (0, 1)


def test_opening_marks_as_read_and_leads_on(signed_in: Client, zhou: User) -> None:
    say(zhou, "a")
    message = Message.objects.get()
    address = f"/account/messages/{message.pk}/"
    assert signed_in.get(address).headers["Location"] == "/account/messages/"
    assert Message.objects.filter(read_at__isnull=True).count() == 1
    assert signed_in.post(address).headers["Location"] == "/account/security/"
    assert signed_in.post(f"/en{address}").headers["Location"] == "/en/account/security/"
    message.refresh_from_db()
    assert message.read_at is not None


def test_others_messages_are_not_found(signed_in: Client, lin: User) -> None:
    say(lin, "a")
    message = Message.objects.get()
    assert signed_in.post(f"/account/messages/{message.pk}/").status_code == 404
    mark_read(message=message, actor=User.objects.get(email="zhou@example.cn"), at=AT)
    message.refresh_from_db()
    assert message.read_at is None


def test_a_page_of_thirty_costs_as_much_as_one(
    signed_in: Client, zhou: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    say(zhou, "0")
    with django_assert_max_num_queries(6):
        page = signed_in.get("/account/messages/").content.decode()
    assert "手机号已更换" in page
    for number in range(1, 30):
        say(zhou, str(number))
    with django_assert_max_num_queries(6):
        page = signed_in.get("/account/messages/?page=2").content.decode()
    assert page.count('data-testid="message"') == 10


def test_nothing_yet_says_what_comes(signed_in: Client) -> None:
    assert "还没有消息" in signed_in.get("/account/messages/").content.decode()
