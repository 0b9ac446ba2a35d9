"""Phone, e-mail and password change only after the person proved who it is again."""

import re

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client

from shop.accounts import signing
from shop.accounts.models import Message, User

from .conftest import PASSWORD

pytestmark = pytest.mark.django_db


def code_in(text: str) -> str:
    return re.search(r"\d{6}", text).group()


def long_ago(client: Client) -> None:
    session = client.session
    session[signing.CONFIRMED_KEY] -= signing.CONFIRMED_SECONDS + 1
    session.save()


@pytest.mark.parametrize("what", ["phone", "email", "password"])
def test_a_change_asks_first(signed_in: Client, what: str) -> None:
    assert signed_in.get(f"/account/security/{what}/").status_code == 200
    long_ago(signed_in)
    for answer in (
        signed_in.get(f"/account/security/{what}/"),
        signed_in.post(f"/account/security/{what}/", {"x": "1"}),
    ):
        assert answer.headers["Location"] == f"/account/confirm/?next=%2Faccount%2Fsecurity%2F{what}%2F"


def test_the_password_confirms(signed_in: Client) -> None:
    long_ago(signed_in)
    onward = "/account/security/email/"
    wrong = signed_in.post("/account/confirm/", {"password": "wrong", "next": onward})
    assert wrong.status_code == 422
    assert "密码不对，请再试一次" in wrong.content.decode()
    assert signed_in.get(onward).status_code == 302
    assert signed_in.post("/account/confirm/", {"password": PASSWORD, "next": onward}).headers["Location"] == onward
    assert signed_in.get(onward).status_code == 200


def test_wrong_passwords_of_who_is_signed_in_are_as_few_as_on_a_known_device(signed_in: Client) -> None:
    long_ago(signed_in)
    form = {"password": "wrong", "next": "/account/security/email/"}
    assert [signed_in.post("/account/confirm/", form).status_code for _ in range(6)] == [422] * 5 + [429]
    refused = signed_in.post("/account/confirm/", form | {"password": PASSWORD})
    assert (refused.status_code, "现在可以用验证码确认" in refused.content.decode()) == (429, True)
    assert settings.ACCOUNT_RATE_LIMITS["reauthenticate"] == "5/5m/user,20/h/user"


def test_right_passwords_use_nothing_up(signed_in: Client) -> None:
    for _ in range(7):
        answer = signed_in.post("/account/confirm/", {"password": PASSWORD, "next": "/account/security/email/"})
        assert answer.status_code == 302


def test_a_code_to_ones_own_phone_confirms(signed_in: Client, texts: list[tuple[str, str]]) -> None:
    long_ago(signed_in)
    signed_in.post("/account/security/confirm/code/", {"next": "/account/security/phone/"})
    assert [phone for phone, _ in texts] == ["+8613800002046"]
    answer = signed_in.post("/account/code/", {"code": code_in(texts[0][1])})
    assert answer.headers["Location"] == "/account/security/phone/"
    assert signed_in.get("/account/security/phone/").status_code == 200


def test_a_new_email_counts_once_its_code_came_back_and_the_old_one_is_told(
    signed_in: Client, zhou: User, django_capture_on_commit_callbacks: object
) -> None:
    signed_in.post("/account/security/email/", {"email": "new@example.cn"})
    zhou.refresh_from_db()
    assert zhou.email == "zhou@example.cn"
    with django_capture_on_commit_callbacks(execute=True):
        signed_in.post("/account/code/", {"code": code_in(mail.outbox[0].body)})
    zhou.refresh_from_db()
    assert zhou.email == "new@example.cn"
    assert [letter.to for letter in mail.outbox] == [["new@example.cn"], ["zhou@example.cn"]]
    assert Message.objects.get(user=zhou).kind == "accounts.email_changed"


def test_a_new_phone_counts_once_its_code_came_back(
    signed_in: Client, zhou: User, texts: list[tuple[str, str]]
) -> None:
    signed_in.post("/account/security/phone/", {"phone": "13700001234"})
    signed_in.post("/account/code/", {"code": code_in(texts[0][1])})
    zhou.refresh_from_db()
    assert (zhou.phone, zhou.phone_verified) == ("+8613700001234", True)


def test_another_ones_phone_is_refused(signed_in: Client, zhou: User, lin: User, texts: list[tuple[str, str]]) -> None:
    signed_in.post("/account/security/phone/", {"phone": "13900001111"})
    answer = signed_in.post("/account/code/", {"code": code_in(texts[0][1])})
    assert answer.status_code == 409
    assert "这个手机号已绑定别的账号" in answer.content.decode()
    zhou.refresh_from_db()
    assert zhou.phone == "+8613800002046"


def test_a_code_for_one_purpose_serves_no_other(signed_in: Client, lin: User, texts: list[tuple[str, str]]) -> None:
    """A code asked for by one account changes nothing of the account that is signed in when it comes back."""
    signed_in.post("/account/security/phone/", {"phone": "13700001234"})
    session = signed_in.session
    kept = session["accounts_code"]
    signed_in.post("/account/logout/")
    signed_in.force_login(lin, backend="django.contrib.auth.backends.ModelBackend")
    session = signed_in.session
    session["accounts_code"] = kept
    session.save()
    signed_in.post("/account/code/", {"code": code_in(texts[0][1])})
    lin.refresh_from_db()
    assert lin.phone == "+8613900001111"


def test_a_new_password_keeps_this_session_and_ends_the_others(signed_in: Client, zhou: User) -> None:
    elsewhere = Client()
    elsewhere.force_login(zhou, backend="django.contrib.auth.backends.ModelBackend")
    answer = signed_in.post("/account/security/password/", {"password": "a good new one"})
    assert answer.headers["Location"] == "/account/security/"
    assert signed_in.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302
