"""Nobody learns who has an account: not by words, not by how much work it is, not by a provider that is slow or fails."""

import threading
from typing import Any

import pytest
from django.contrib.auth import hashers
from django.core import mail
from django.test import Client

from shop.accounts import one_time_codes, sms
from shop.accounts.models import User


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch, settings: Any) -> list[str]:
    """Each time a password is hashed, which is what takes long."""
    done: list[str] = []
    hasher = hashers.MD5PasswordHasher
    encode = hasher.encode

    def counted(self: Any, password: str, salt: str) -> str:
        done.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(hasher, "encode", counted)
    return done


@pytest.mark.parametrize(
    ("known", "unknown"), [("zhou@example.cn", "nobody@example.cn"), ("13800002046", "13700001234")]
)
@pytest.mark.parametrize("door", ["page", "api"])
def test_a_wrong_password_is_as_much_work_and_says_the_same_with_and_without_an_account(
    zhou: User, hashed: list[str], known: str, unknown: str, door: str
) -> None:
    said, work = [], []
    for login in (known, unknown):
        hashed.clear()
        if door == "page":
            answer = Client().post("/account/login/", {"way": "password", "login": login, "password": "wrong one"})
            said.append((answer.status_code, "不匹配" in answer.content.decode() or "不符" in answer.content.decode()))
        else:
            body = {"login": login, "password": "wrong one", "label": "x"}
            answer = Client().post("/api/v1/tokens", body, content_type="application/json")
            said.append((answer.status_code, answer.json()["code"]))
        work.append(len(hashed))
    assert said[0] == said[1]
    assert work[0] == work[1] > 0


class Slow:
    """A provider that answers when it is let, and fails then."""

    let = threading.Event()
    asked: list[str] = []

    def send(self, *, phone: str, text: str) -> None:
        """Wait."""
        Slow.asked.append(phone)
        Slow.let.wait(10)
        raise OSError("the provider is away")


@pytest.mark.parametrize("login", ["13800002046", "13700001234"])
def test_a_reset_is_answered_before_the_provider_is(zhou: User, settings: Any, login: str) -> None:
    settings.SMS_SENDER = f"{__name__}.Slow"
    settings.SEND_CODES_ASIDE = True
    Slow.let.clear()
    Slow.asked.clear()
    before = set(threading.enumerate())
    answer = Client().post("/account/password/reset/", {"login": login})
    # The provider still waits, or was not asked at all: both answer alike.
    assert (answer.status_code, answer.headers["Location"]) == (302, "/account/code/")
    Slow.let.set()
    for thread in set(threading.enumerate()) - before:
        thread.join(10)
    assert Slow.asked == (["+8613800002046"] if login == "13800002046" else [])


def test_a_provider_that_fails_tells_nothing_where_an_account_would_be_told(
    zhou: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(**facts: object) -> None:
        raise OSError("away")

    def away_again(*given: object) -> None:
        away()

    monkeypatch.setattr(sms, "send", away)
    monkeypatch.setattr(one_time_codes, "send_mail", away_again)
    answers = [
        Client().post("/account/password/reset/", {"login": login})
        for login in ("13800002046", "13700001234", "zhou@example.cn", "nobody@example.cn")
    ]
    facts = {"name": "x", "password": "a good long one", "agree": "on"}
    answers += [
        Client().post("/account/signup/", {**facts, "email": email}) for email in ("zhou@example.cn", "new@example.cn")
    ]
    assert {(answer.status_code, answer.headers["Location"]) for answer in answers} == {(302, "/account/code/")}
    # Signing in by a code sends to everybody alike, and says when it can't.
    assert Client().post("/account/login/", {"way": "code", "phone": "13800002046"}).status_code == 503
    assert mail.outbox == []
