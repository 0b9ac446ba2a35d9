"""What holds for every address of the API: problems, languages, pages, keys, and the document."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from openapi_spec_validator import OpenAPIV31SpecValidator

from shop.accounts import rules
from shop.accounts.models import Address, User
from shop.config import api
from shop.core.api.values import Answer, Body
from shop.core.models import FirstAnswer
from shop.core.once import forget_answers
from shop.core.scopes import SCOPES
from tests.factories import AT, make_address, make_division, make_user

from .conftest import Program, program_of

pytestmark = pytest.mark.django_db
ADDRESS = {"name": "周敏", "phone": "13800002046", "division": "440106", "street": "龙口西路 8 号"}


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method.upper(), path.removeprefix("/api/v1"), operation)
        for path, methods in api.described("en")["paths"].items()
        for method, operation in methods.items()
    ]


def is_problem(answer: Any, status: int, code: str) -> bool:
    return (answer.status_code, answer.headers["Content-Type"], answer.data["code"], answer.data["status"]) == (
        status,
        "application/problem+json",
        code,
        status,
    )


def test_refusals_are_problems_in_the_readers_language(anonymous: Program) -> None:
    assert is_problem(anonymous.get("/nothing"), 404, "not_found")
    assert is_problem(anonymous.post("/tokens/"), 404, "not_found")
    wrong_method = anonymous.send("PUT", "/tokens", {})
    assert is_problem(wrong_method, 405, "method_not_allowed")
    assert set(wrong_method.headers["Allow"].split(", ")) == {"GET", "POST"}
    assert is_problem(anonymous.get("/me"), 401, "token_needed")
    broken = anonymous.client.post("/api/v1/tokens", b"{", content_type="application/json")
    assert (broken.status_code, broken.json()["code"]) == (400, "malformed")
    assert broken.headers["Content-Language"] == "zh-Hans"
    nul = anonymous.post("/tokens", {"login": "a\x00b", "password": "c"})
    assert is_problem(nul, 400, "malformed")
    missing = anonymous.post("/tokens", {})
    assert missing.data["errors"] == [
        {"field": "login", "code": "missing", "message": "This is needed."},
        {"field": "password", "code": "missing", "message": "This is needed."},
    ]
    anonymous.language = "zh-CN,zh;q=0.9"
    assert anonymous.post("/tokens", {}).data["errors"][0]["message"] == "必须填写。"
    large = anonymous.client.post("/api/v1/tokens", b'"' + b"a" * 3_000_000 + b'"', content_type="application/json")
    assert (large.status_code, large.json()["code"]) == (413, "too_large")
    head = anonymous.client.head("/api/v1/openapi.json")
    assert (head.status_code, head.content) == (200, b"")
    assert Client().get("/api/").json()["code"] == "not_found"


def test_our_own_failures_say_nothing_of_themselves(
    anonymous: Program, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    monkeypatch.setattr("shop.accounts.api.get_adapter", lambda *_given: 1 / 0)
    answer = anonymous.post("/tokens", {"login": "zhou@example.cn", "password": "x"})
    assert is_problem(answer, 500, "internal")
    assert "ZeroDivision" not in answer.content.decode()
    assert "api failed" in caplog.text


def test_the_same_request_is_done_once(db: None) -> None:
    make_division()
    user = make_user()
    program = program_of(user)
    first = program.post("/addresses", ADDRESS, key="one")
    assert first.status_code == 201
    again = program.post("/addresses", ADDRESS, key="one")
    assert (again.status_code, again.data, again.headers["Idempotent-Replayed"]) == (201, first.data, "true")
    assert Address.objects.count() == 1
    other = program.post("/addresses", ADDRESS | {"name": "小敏"}, key="one")
    assert is_problem(other, 409, "idempotency_key_reused")
    assert is_problem(
        program.send("PUT", f"/addresses/{first.data['id']}", ADDRESS, key="one"), 409, "idempotency_key_reused"
    )
    assert program_of(make_user()).post("/addresses", ADDRESS, key="one").status_code == 201
    # A refusal of the request's form is not kept: corrected, the key is still good.
    assert program.post("/addresses", {"name": "周敏"}, key="two").status_code == 422
    assert program.post("/addresses", ADDRESS, key="two").status_code == 201
    assert is_problem(program.post("/addresses", ADDRESS, key="k" * 81), 400, "idempotency_key_invalid")
    assert is_problem(program.post("/addresses", ADDRESS, key="中"), 400, "idempotency_key_invalid")
    # The order of fields and the space between them say nothing (B40).
    turned = json.dumps(dict(reversed(ADDRESS.items())), indent=3)
    headers = {"Authorization": f"Bearer {program.secret}", "Idempotency-Key": "one"}
    same = program.client.post("/api/v1/addresses", turned, content_type="application/json", headers=headers)
    assert (same.status_code, same.headers["Idempotent-Replayed"]) == (201, "true")
    # Without a key, twice is twice.
    assert program.post("/addresses", ADDRESS).status_code == 201
    FirstAnswer.objects.update(created_at=AT)
    forget_answers(at=AT.replace(day=26))
    assert FirstAnswer.objects.count() == 0


def test_a_failure_of_ours_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    make_division()
    program = program_of(make_user())
    with monkeypatch.context() as patched:
        patched.setattr("shop.accounts.api.queries.address", lambda *_given: 1 / 0)
        assert program.post("/addresses", ADDRESS, key="one").status_code == 500
    # Nothing of it was kept, neither the answer nor the address.
    assert (Address.objects.count(), FirstAnswer.objects.count()) == (0, 0)
    assert program.post("/addresses", ADDRESS, key="one").status_code == 201


def test_lists_come_in_pages() -> None:
    user = make_user()
    for _number in range(5):
        make_address(user, is_default=False)
    program = program_of(user)
    seen, cursor = [], ""
    for _page in range(3):
        page = program.get(f"/addresses?limit=2&cursor={cursor}").data
        seen += [each["id"] for each in page["items"]]
        cursor = page["next_cursor"]
    assert (len(seen), len(set(seen)), cursor) == (5, 5, None)
    assert is_problem(program.get("/addresses?cursor=invented"), 400, "invalid_cursor")
    assert is_problem(program.get("/addresses?limit=1000"), 422, "invalid")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_document_is_valid_openapi(language: str) -> None:
    found = json.loads(json.dumps(api.described(language)))
    errors = [f"{'/'.join(map(str, each.absolute_path))}: {each.message}" for each in _errors_of(found)]
    assert errors == []
    # A list where named examples belong is seen.
    found["paths"]["/api/v1/products"]["get"]["parameters"][0]["examples"] = ["金柚"]
    assert len(list(_errors_of(found))) > 0


def _errors_of(found: dict[str, Any]) -> Iterator[Any]:
    return OpenAPIV31SpecValidator(found).iter_errors()


def test_the_document_is_whole() -> None:
    for language in ("en", "zh-hans"):
        found = api.described(language)
        text = json.dumps(found, ensure_ascii=False)
        assert found["openapi"].startswith("3.1")
        known = found["components"]
        for ref in set(re.findall(r'"#/components/(\w+)/(\w+)"', text)):
            assert ref[1] in known[ref[0]], ref
        tags = {tag["name"] for tag in found["tags"]}
        assert all(tag["description"] for tag in found["tags"])
        names = [each["operationId"] for methods in found["paths"].values() for each in methods.values()]
        assert len(names) == len(set(names))
        for path_, methods in found["paths"].items():
            for method, operation in methods.items():
                here = (language, method, path_)
                assert operation["summary"], here
                assert set(operation["tags"]) <= tags, here
                assert operation["x-scope"] is None or operation["security"] == [{"bearer": [operation["x-scope"]]}], (
                    here
                )
                assert operation["x-scope"] is None or operation["x-scope"] in SCOPES, here
                assert {"400", "500"} <= set(operation["responses"]), here
                places = set(re.findall(r"{(\w+)}", path_))
                assert places == {each["name"] for each in operation["parameters"] if each["in"] == "path"}, here
                if language == "zh-hans":
                    assert any(sign >= "\u4e00" for sign in operation["summary"]), here
        assert found["paths"]
    assert api.described("en") != api.described("zh-hans")


def test_no_two_schemas_share_a_name() -> None:
    """ninja would let the later one take the place of the earlier."""
    seen: dict[str, set[str]] = {}

    def walk(kind: Any) -> None:
        for each in kind.__subclasses__():
            if each.__module__.endswith(".api") or ".api." in each.__module__:
                seen.setdefault(each.__name__, set()).add(f"{each.__module__}.{each.__qualname__}")
            walk(each)

    walk(Answer)
    walk(Body)
    assert {name: places for name, places in seen.items() if len(places) > 1} == {}


def test_every_operation_refuses_a_token_without_its_scope() -> None:
    user = make_user()
    User.objects.filter(pk=user.pk).update(is_superuser=True)
    programs: dict[str, Program] = {}
    wrong = []
    for method, place, operation in operations():
        scope = operation["x-scope"]
        if scope is None:
            continue
        other = "reports:read" if scope != "reports:read" else "live:chat"
        if other not in programs:
            programs[other] = program_of(user, other)
        address = re.sub(r"{(\w+)}", "1", place)
        # A body that fits is made from the document, so that the scope is what is refused.
        media = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        answer = programs[other].send(method, address, media.get("example"), key="k")
        if (answer.status_code, (answer.data or {}).get("code")) != (403, "scope_missing"):
            wrong.append((method, place, answer.status_code, answer.data))
        if Program().send(method, address, media.get("example")).status_code != 401:
            wrong.append((method, place, "without token"))
    assert wrong == []


def test_every_scope_is_somebodys() -> None:
    given = rules.EVERYBODY | rules.SELLING | rules.UNITS | rules.ABOVE | rules.REVIEWING
    assert given == set(SCOPES)


def test_the_page_shows_every_operation_in_both_languages(client: Client) -> None:
    for language, word in (("en", "The first minute"), ("zh-hans", "第一分钟")):
        page = client.get(f"/api/v1/docs?lang={language}").content.decode()
        assert word in page
        assert page.count('data-testid="operation"') == len(operations())
    assert "第一分钟" in client.get("/api/v1/docs").content.decode()
