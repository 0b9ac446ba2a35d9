"""Another phone or e-mail, or a closed account: what was open elsewhere ends, for good, and the old address is told."""

import json
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.utils import timezone

from shop.accounts import queries
from shop.accounts.models import OneTimeCode, User
from shop.accounts.operations import people
from shop.accounts.operations.tokens import issue_token
from shop.core.models import AuditEntry
from tests.factories import AT

from .conftest import PASSWORD
from .test_security import code_in

pytestmark = pytest.mark.django_db
CHANGES = {"phone": {"phone": "13700001234"}, "email": {"email": "new@example.cn"}}


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def password_works(login: str) -> tuple[bool, int]:
    """Tell whether a password signs in by page, and what the API says."""
    client = Client()
    client.post("/account/login/", {"way": "password", "login": login, "password": PASSWORD})
    body = json.dumps({"login": login, "password": PASSWORD})
    told = Client().post("/api/v1/tokens", body, content_type="application/json")
    return "_auth_user_id" in client.session, told.status_code


def calls(secret: str) -> int:
    return Client().get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"}).status_code


def token_of(user: User) -> str:
    return issue_token(actor=user, at=timezone.now(), label="x", scopes=["account:read"], days=9)[1]


def socket_lives(client: Client) -> bool:
    return bool(queries.people_signed_in([client.session.session_key], at=timezone.now()))


def changes(client: Client, what: str, texts: list[tuple[str, str]]) -> None:
    client.post(f"/account/security/{what}/", CHANGES[what])
    code = code_in(texts[-1][1] if what == "phone" else mail.outbox[-1].body)
    assert client.post("/account/code/", {"code": code}).headers["Location"].endswith("/account/security/")


@pytest.mark.parametrize("what", list(CHANGES))
def test_a_new_phone_or_email_ends_all_but_the_session_that_changed_it(
    signed_in: Client, zhou: User, texts: list[tuple[str, str]], what: str, django_capture_on_commit_callbacks: Any
) -> None:
    elsewhere, secret = browser(zhou), token_of(zhou)
    Client().post("/account/password/reset/", {"login": "zhou@example.cn"})
    assert (elsewhere.get("/account/").status_code, calls(secret), socket_lives(elsewhere)) == (200, 200, True)
    with django_capture_on_commit_callbacks(execute=True):
        changes(signed_in, what, texts)
    assert signed_in.get("/account/").status_code == 200
    assert (elsewhere.get("/account/").status_code, calls(secret), socket_lives(elsewhere)) == (302, 401, False)
    # A code that was on its way to the old address resets nothing any more.
    assert not OneTimeCode.objects.filter(user=zhou).exists()
    said = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert said[-2:] == [f"change_{what}", "end_access"]
    told = [phone for phone, _text in texts] if what == "phone" else [each.to[0] for each in mail.outbox]
    assert told[-1] == ("+8613800002046" if what == "phone" else "zhou@example.cn")


def test_an_address_that_was_changed_signs_nobody_in(zhou: User) -> None:
    EmailAddress.objects.create(user=zhou, email=zhou.email, verified=True, primary=True)
    people.change_email(user=zhou, email="new@example.cn", at=AT)
    assert password_works("zhou@example.cn") == (False, 401)
    assert password_works("new@example.cn") == (True, 201)
    # Registered again it is the new person's, and only theirs.
    other = User.objects.create_user("zhou@example.cn", PASSWORD)
    client = Client()
    client.post("/account/login/", {"way": "password", "login": "zhou@example.cn", "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(other.pk)


def test_the_librarys_table_of_addresses_stays_empty(signed_in: Client, zhou: User, texts: Any) -> None:
    changes(signed_in, "email", texts)
    client = Client()
    form = {"email": "li@example.cn", "password": "a good new one", "agree": "on"}
    client.post("/account/signup/", form)
    client.post("/account/code/", {"code": code_in(mail.outbox[-1].body)})
    assert User.objects.filter(email="li@example.cn").exists()
    assert not EmailAddress.objects.exists()


def test_an_account_closed_by_staff_comes_back_without_what_was_open(zhou: User) -> None:
    chief = User.objects.create_user("chief@example.cn", PASSWORD, is_superuser=True, is_staff=True)
    elsewhere, secret = browser(zhou), token_of(zhou)
    facts = {
        "name": zhou.name, "language": "zh-hans", "memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0",
    }  # fmt: skip
    address = f"/admin/accounts/user/{zhou.pk}/change/"
    assert browser(chief).post(address, facts).status_code == 302
    zhou.refresh_from_db()
    assert (zhou.is_active, elsewhere.get("/account/").status_code, calls(secret)) == (False, 302, 401)
    assert AuditEntry.objects.filter(action="end_access", object_id=str(zhou.pk), actor_id=chief.pk).exists()
    assert browser(chief).post(address, {**facts, "is_active": "on"}).status_code == 302
    zhou.refresh_from_db()
    assert zhou.is_active
    assert (elsewhere.get("/account/").status_code, calls(secret), socket_lives(elsewhere)) == (302, 401, False)
    assert password_works("zhou@example.cn") == (True, 201)


def wrong(login: str, address: str) -> int:
    client = Client(REMOTE_ADDR=address)
    sent = {"way": "password", "login": login, "password": "wrong"}
    return client.post("/account/login/", sent).status_code


def right(login: str, address: str) -> bool:
    client = Client(REMOTE_ADDR=address)
    client.post("/account/login/", {"way": "password", "login": login, "password": PASSWORD})
    return "_auth_user_id" in client.session


SPELLINGS = ("zhou@example.cn", "ZHOU@EXAMPLE.CN", "13800002046", "+86 138 0000 2046", "＋8613800002046")


def test_wrong_passwords_count_for_the_account_however_it_is_written(zhou: User) -> None:
    for login in SPELLINGS:
        wrong(login, "203.0.113.1")
    assert not right("zhou@example.cn", "203.0.113.1")
    assert not right("13800002046", "203.0.113.1")


def test_a_strangers_wrong_passwords_do_not_keep_the_owner_out(zhou: User) -> None:
    for _n in range(12):
        wrong("zhou@example.cn", "203.0.113.1")
    assert right("zhou@example.cn", "203.0.113.2")


@pytest.mark.parametrize("login", ["zhou@example.cn", "nobody@example.cn"])
def test_guesses_from_many_addresses_ask_for_a_code(zhou: User, login: str, texts: list[tuple[str, str]]) -> None:
    for number in range(30):
        assert wrong(login, f"203.0.113.{number}") == 422
    client = Client(REMOTE_ADDR="203.0.113.200")
    told = client.post("/account/login/", {"way": "password", "login": login, "password": PASSWORD})
    assert (told.status_code, "现在可以用发到邮箱的验证码设置新密码" in told.content.decode()) == (422, True)
    assert "_auth_user_id" not in client.session
    # The owner comes in by a code.
    client.post("/account/login/", {"phone": "13800002046"})
    client.post("/account/code/", {"code": code_in(texts[-1][1])})
    assert client.session["_auth_user_id"] == str(zhou.pk)
