"""A session that ends while a request of it is answered: what was found is said, never that nothing was understood."""

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from shop.accounts import one_time_codes
from shop.accounts.models import User
from shop.accounts.sessions import SessionMiddleware, SessionStore
from tests.factories import make_user

from .test_signing_in import Texts, code_in

pytestmark = pytest.mark.django_db


def test_equal_right_codes_at_once_sign_in_once_and_say_it_of_the_other(
    client: Client, texts: Texts, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.post("/account/login/", {"phone": "13800002046", "next": "/shop/"})
    sent = {"code": code_in(texts[0][1])}
    other = Client()
    other.cookies["sessionid"] = client.cookies["sessionid"].value
    answers, check = [], one_time_codes.check

    def after_the_other(session: Any, typed: str) -> Any:
        if not answers:
            answers.append(None)
            answers[0] = other.post("/account/code/", sent)
        return check(session, typed)

    monkeypatch.setattr(one_time_codes, "check", after_the_other)
    late = client.post("/account/code/", sent)
    assert (answers[0].status_code, answers[0].headers["Location"]) == (302, "/shop/")
    assert late.status_code == 422
    assert "验证码已用过或过期了，请重新获取" in late.content.decode()
    # The browser keeps the cookie of the one that signed in.
    assert "sessionid" not in late.cookies
    assert User.objects.filter(phone="+8613800002046").count() == 1
    assert other.session["_auth_user_id"]


def test_only_the_request_that_ends_a_session_deletes_its_cookie(client: Client) -> None:
    client.cookies["sessionid"] = "0" * 32
    for address in ("/account/login/", "/account/code/", "/account/orders/", "/shop/"):
        assert "sessionid" not in client.get(address).cookies, address
    assert "sessionid" not in client.post("/account/code/", {"code": "123456"}).cookies
    client.force_login(make_user(), backend="django.contrib.auth.backends.ModelBackend")
    assert client.post("/account/logout/").cookies["sessionid"].value == ""


def test_a_session_that_ended_meanwhile_is_not_kept_again(rf: RequestFactory) -> None:
    session = SessionStore()
    session["old"] = 1
    session.create()

    def answer(request: HttpRequest) -> HttpResponse:
        request.session["new"] = 2
        Session.objects.all().delete()
        return HttpResponse("found")

    request = rf.get("/", headers={"Cookie": f"sessionid={session.session_key}"})
    response = SessionMiddleware(answer)(request)
    assert (response.status_code, response.content) == (200, b"found")
    assert "sessionid" not in response.cookies
    assert response.headers["Vary"] == "Cookie"
    assert not Session.objects.exists()
