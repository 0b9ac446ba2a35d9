"""Every list of the API, read in small pages to its end as the people of the sample world may, is the list read in one."""

import json
from typing import Any

import pytest
from django.core import signing

from shop.accounts.models import User
from shop.config import api
from shop.demo.showing import demo_info
from tests.api.conftest import Program, program_of

pytestmark = pytest.mark.usefixtures("world")
LIMIT, PAGES = 1, 20
# Lists whose answers need a parameter that no example of ours fills.
NEEDED = {"/reports/sales/lines": "&by=county"}
# What the smaller world of these tests has one of at most; `tests/api/test_paging.py` reads lists of the same kinds.
SHORT = {
    "/received-orders", "/review/after-sales", "/review/payouts", "/review/transfers", "/seller/after-sales",
    "/seller/bases", "/tokens",
}  # fmt: skip


def lists() -> list[str]:
    """Return the paths, without parameters of their own, that answer in pages."""
    found = api.described("en")
    names = []
    for path, operations in found["paths"].items():
        if "get" not in operations or "{" in path:
            continue
        schema = operations["get"]["responses"]["200"].get("content", {}).get("application/json", {}).get("schema", {})
        name = schema.get("$ref", "").rpartition("/")[2]
        if "next_cursor" in found["components"]["schemas"].get(name, {}).get("properties", {}):
            names.append(path.removeprefix("/api/v1"))
    return names


def read(program: Program, path: str, limit: int) -> list[Any] | None:
    """Return up to LIMIT * PAGES rows of a list in pages of `limit`; None for whom it isn't."""
    rows: list[Any] = []
    cursor: str | None = ""
    while cursor is not None and len(rows) < LIMIT * PAGES:
        answer = program.get(f"{path}?limit={limit}&cursor={cursor}{NEEDED.get(path, '')}")
        if answer.status_code in (403, 404):
            return None
        assert answer.status_code == 200, (path, answer.content[:300])
        assert len(answer.data["items"]) <= limit, path
        rows, cursor = rows + answer.data["items"], answer.data["next_cursor"]
    return rows[: LIMIT * PAGES]


def all_programs() -> list[Program]:
    """Return a program of everybody of the sample world."""
    logins = sorted({account.login for account in demo_info().accounts})
    return [program_of(User.objects.get(email=login)) for login in logins]


def found_cursors(programs: list[Program], paths: list[str]) -> dict[str, str]:
    """Return a cursor of each list that has more than one row for somebody."""
    found: dict[str, str] = {}
    for path in paths:
        for program in programs:
            answer = program.get(f"{path}?limit=1{NEEDED.get(path, '')}")
            if answer.status_code == 200 and answer.data["next_cursor"]:
                found[path] = answer.data["next_cursor"]
                break
    return found


def shape(cursor: str) -> str:
    """Return of which kinds the values are that a cursor holds."""
    place = json.loads(signing.b64_decode(cursor.split(":", maxsplit=1)[0].encode()))
    return str([type(each) for each in place] if isinstance(place, list) else type(place))


def other_filter(path: str) -> str:
    """Return a filter of a list, as its description offers it; "" for a list that is not filtered by a choice."""
    found = api.described("en")
    for each in found["paths"][f"/api/v1{path}"]["get"].get("parameters", []):
        schema = each["schema"]
        choices = schema.get("enum") or found["components"]["schemas"].get(schema.get("$ref", "")[21:], {}).get("enum")
        values = [value for value in choices or () if value and value != schema.get("default")]
        if each["name"] not in NEEDED.get(path, "") and values:
            return f"{each['name']}={values[-1]}"
    return ""


def test_no_list_takes_the_cursor_of_another() -> None:
    programs = all_programs()
    cursors = found_cursors(programs, lists())
    by_shape: dict[str, list[str]] = {}
    for path, cursor in cursors.items():
        by_shape.setdefault(shape(cursor), []).append(path)
    assert len(by_shape) > 2
    filtered = 0
    for path in lists():
        program = next(
            each for each in programs if each.get(f"{path}?limit=1{NEEDED.get(path, '')}").status_code == 200
        )
        # One of each shape, of another list; then its own, of the same list asked in another way.
        others = [next((each for each in paths if each != path), None) for paths in by_shape.values()]
        asked = [f"{path}?cursor={cursors[each]}{NEEDED.get(path, '')}" for each in others if each]
        if path in cursors and (other := other_filter(path)):
            asked.append(f"{path}?cursor={cursors[path]}{NEEDED.get(path, '')}&{other}")
            filtered += 1
        for address in asked:
            answer = program.get(address)
            assert (answer.status_code, answer.data.get("code")) == (400, "invalid_cursor"), address
    assert filtered > 5


def test_lists_in_small_pages_are_whole() -> None:
    programs = all_programs()
    longest = {}
    for path in lists():
        for program in programs:
            whole = read(program, path, 100)
            if whole:
                assert read(program, path, LIMIT) == whole, path
                longest[path] = max(longest.get(path, 0), len(whole))
    # Nothing is shown by lists that end on their first page.
    assert {path for path in lists() if longest.get(path, 0) <= LIMIT} <= SHORT
