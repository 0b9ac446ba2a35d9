"""A list, an object and an address name each thing once: of two, nobody could tell which counts."""

from typing import Any, get_args

import pytest
from pydantic import AfterValidator

from shop.config import api
from shop.core.api.values import Body
from shop.sales.api.packing import ParcelIn
from shop.sales.api.reviewing import PaidTogether

from .conftest import Program

# Of these, a list may name the same one again, or is refused elsewhere; each with why.
AGAIN = {
    (ParcelIn, "lines"): "a line's pieces come from several lots: the portions are added",
    (PaidTogether, "refunds"): "refused by each_once, as on the page (tests/sales/test_references.py)",
}


def _bodies(kind: type[Body]) -> list[type[Body]]:
    return [each for below in kind.__subclasses__() for each in (below, *_bodies(below))]


def _is_of_bodies(annotation: Any) -> bool:
    if isinstance(annotation, type) and issubclass(annotation, Body):
        return True
    return any(_is_of_bodies(each) for each in get_args(annotation))


def _names_once(field: Any) -> bool:
    return any(
        isinstance(each, AfterValidator) and each.func.__qualname__.startswith("once.") for each in field.metadata
    )


def test_every_list_of_a_body_refuses_the_same_one_twice() -> None:
    assert api.described("en")["paths"]
    lists = {
        (kind, name): field
        for kind in _bodies(Body)
        if not kind.__module__.startswith("tests.")
        for name, field in kind.model_fields.items()
        if "list[" in str(field.annotation) and _is_of_bodies(field.annotation)
    }
    assert len(lists) >= 9
    open_ones = {key for key, field in lists.items() if not _names_once(field)}
    assert open_ones == set(AGAIN)


def test_an_object_that_names_a_field_twice_is_refused(anonymous: Program) -> None:
    sent = b'{"login": "zhou@example.cn", "password": "x", "password": "y"}'
    answer = anonymous.client.post("/api/v1/tokens", sent, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


@pytest.mark.django_db
def test_an_unknown_parameter_is_named_and_refused(anonymous: Program) -> None:
    answer = anonymous.get("/products?limt=5&from=2026-01-01&limit=5")
    assert (answer.status_code, answer.data["code"]) == (422, "invalid")
    assert [(each["field"], each["code"]) for each in answer.data["errors"]] == [
        ("limt", "extra_forbidden"),
        ("from", "extra_forbidden"),
    ]
    assert "limit" in answer.data["details"]["known"]
    twice = anonymous.get("/products?limit=5&limit=6")
    assert (twice.status_code, twice.data["errors"][0]["code"]) == (422, "named_twice")
    assert anonymous.get("/products?limit=5").status_code == 200


@pytest.mark.django_db
def test_no_address_of_the_api_ignores_a_parameter(anonymous: Program) -> None:
    read = [
        path.removeprefix("/api/v1") for path, methods in api.described("en")["paths"].items()
        if "get" in methods and "{" not in path and methods["get"].get("x-scope") is None
    ]  # fmt: skip
    assert read
    for path in read:
        answer = anonymous.get(f"{path}?nothing=1")
        assert (answer.status_code, answer.data["errors"][0]["field"]) == (422, "nothing"), path
