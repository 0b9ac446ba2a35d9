"""Tokens: given for credentials, limited by scopes and roles, ended."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from shop.accounts.models import AccessToken, User
from shop.accounts.operations.people import set_password
from shop.accounts.operations.privacy import erase_person, export_person
from shop.accounts.operations.tokens import digest_of
from shop.core.models import AuditEntry
from tests.factories import make_supplier, make_user

from .conftest import Program, program_of

pytestmark = pytest.mark.django_db
CREDENTIALS = {"login": "zhou@example.cn", "password": "orchard-2026"}


@pytest.fixture
def zhou() -> User:
    return make_user("zhou@example.cn", name="周敏", phone="+8613800002046")


def test_credentials_become_a_token_whose_secret_is_kept_nowhere(anonymous: Program, zhou: User) -> None:
    answer = anonymous.post(
        "/tokens", CREDENTIALS | {"label": "同步", "scopes": ["orders:read", "account:read"], "days": 7}
    )
    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    made = answer.data
    assert (made["token_type"], made["label"], made["scopes"]) == ("Bearer", "同步", ["account:read", "orders:read"])
    row = AccessToken.objects.get()
    assert row.digest == digest_of(made["token"])
    assert made["token"] not in str(AccessToken.objects.values_list().get())
    assert AuditEntry.objects.get(action="issue_token").actor_id == zhou.pk
    assert anonymous.post("/tokens", CREDENTIALS | {"login": "13800002046"}).status_code == 201

    program = Program(made["token"])
    me = program.get("/me").data
    assert (me["name"], me["phone"], me["scopes"]) == ("周敏", "138****2046", ["account:read", "orders:read"])
    assert [each["hint"] for each in program.get("/tokens").data["items"]][1] == made["token"][:9]
    row.refresh_from_db()
    assert row.last_used_at is not None


def test_wrong_credentials_get_one_answer_and_count(anonymous: Program, zhou: User) -> None:
    wrong = anonymous.post("/tokens", CREDENTIALS | {"password": "guess"})
    unknown = anonymous.post("/tokens", {"login": "nobody@example.cn", "password": "guess"})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.data == unknown.data
    assert wrong.data["code"] == "wrong_credentials"
    statuses = [anonymous.post("/tokens", CREDENTIALS | {"password": f"guess {n}"}).status_code for n in range(12)]
    assert statuses[-1] == 429
    late = anonymous.post("/tokens", CREDENTIALS)
    assert (late.status_code, late.headers["Content-Type"]) == (429, "application/problem+json")
    assert late.data["code"] == "too_often"
    # The sign-in page counts with it.
    page = Client().post("/account/login/", {"way": "password", "login": "zhou@example.cn", "password": "orchard-2026"})
    assert page.status_code in {422, 429}


def test_what_is_asked_for_must_fit(anonymous: Program, zhou: User) -> None:
    refused = anonymous.post("/tokens", CREDENTIALS | {"scopes": ["stock:write"]})
    assert (refused.status_code, refused.data["code"]) == (403, "scope_beyond_role")
    assert refused.data["errors"][0]["field"] == "scopes"
    assert anonymous.post("/tokens", CREDENTIALS | {"scopes": ["everything"]}).status_code == 403
    long = anonymous.post("/tokens", CREDENTIALS | {"days": 400, "colour": "red"})
    assert long.status_code == 422
    assert {each["field"] for each in long.data["errors"]} == {"days", "colour"}
    assert anonymous.post("/tokens", {"login": "12", "password": "x"}).data["errors"][0]["field"] == "login"
    make_supplier(member=zhou)
    assert anonymous.post("/tokens", CREDENTIALS | {"scopes": ["stock:write"]}).status_code == 201


def test_what_ends_a_token(zhou: User, settings: object) -> None:
    program = program_of(zhou)
    token = AccessToken.objects.get()
    assert program.get("/me").status_code == 200
    other = make_user("other@example.cn")
    assert program_of(other).send("DELETE", f"/tokens/{token.pk}").status_code == 404
    assert program.get("/me").status_code == 200
    settings.API_REQUESTS_A_MINUTE = 2
    busy = program.get("/me")
    assert (busy.status_code, busy.data["code"]) == (429, "too_often")
    assert int(busy.headers["Retry-After"]) <= 60
    cache.clear()
    AccessToken.objects.filter(pk=token.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    over = program.get("/me")
    assert (over.status_code, over.data["code"], over.headers["WWW-Authenticate"]) == (401, "token_invalid", "Bearer")
    fresh = program_of(zhou)
    assert fresh.send("DELETE", f"/tokens/{AccessToken.objects.latest('pk').pk}").status_code == 204
    assert fresh.get("/me").status_code == 401
    last = program_of(zhou)
    set_password(user=zhou, password="another-orchard-2026", at=timezone.now())
    assert last.get("/me").status_code == 401
    gone = program_of(zhou)
    assert export_person(user=zhou)["tokens"][0]["label"] == "test"
    erase_person(user=zhou, at=timezone.now())
    assert gone.get("/me").status_code == 401
    assert not AccessToken.objects.filter(user=zhou).exists()


def test_a_browsers_session_counts_for_nothing(client: Client, zhou: User) -> None:
    client.force_login(zhou, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get("/api/v1/me")
    assert (answer.status_code, answer.json()["code"]) == (401, "token_needed")
    assert answer.json()["detail"].startswith("请")


def test_the_person_sees_and_ends_them(client: Client, zhou: User) -> None:
    program = program_of(zhou)
    client.force_login(zhou, backend="django.contrib.auth.backends.ModelBackend")
    assert 'data-testid="tokens"' in client.get("/account/security/").content.decode()
    page = client.get("/account/tokens/").content.decode()
    assert page.count('data-testid="token"') == 1
    pk = AccessToken.objects.get().pk
    stranger = Client()
    stranger.force_login(make_user("other@example.cn"), backend="django.contrib.auth.backends.ModelBackend")
    assert stranger.post(f"/account/tokens/{pk}/revoke/").status_code == 404
    assert client.post(f"/account/tokens/{pk}/revoke/").status_code == 302
    assert program.get("/me").status_code == 401
    assert 'data-testid="no-tokens"' in client.get("/account/tokens/").content.decode()


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16", "utf-32"])
@pytest.mark.parametrize("content_type", ["application/json", "text/plain"])
def test_a_body_that_is_not_utf_8_brings_no_character_past_the_guard(
    client: Client, zhou: User, encoding: str, content_type: str
) -> None:
    body = json.dumps(CREDENTIALS | {"label": "a\0b"}).encode(encoding)
    answer = client.post("/api/v1/tokens", body, content_type=content_type)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    assert AccessToken.objects.count() == 0


def test_the_documentation_says_how_many_requests_a_token_may_send(client: Client, settings: Any) -> None:
    settings.API_REQUESTS_A_MINUTE = 321
    page = client.get("/api/v1/docs").content.decode()
    said = page.partition('data-testid="api-limit"')[2].partition("</li>")[0]
    assert "每个令牌每分钟最多可发 321 次请求；超出时回答 429" in said
