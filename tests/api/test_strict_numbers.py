"""What comes as JSON is what it says: `true` is not 1, "1" is no number, 1.0 is no whole number, 1 is not true."""

import json

import pytest
from django.utils import translation
from pydantic import ValidationError

from shop.config.api import described
from shop.core.api import Body
from shop.core.api.guarding import _explained
from shop.core.api.values import Id


class StrictLine(Body):
    quantity: int
    ids: list[Id] = []
    maybe: int | None = None
    by_id: dict[str, int] = {}
    sure: bool = False


class StrictOrder(Body):
    lines: list[StrictLine]


@pytest.mark.parametrize("wrong", [True, False, "1", 1.0, "true", [1], None])
def test_a_whole_number_is_one(wrong: object) -> None:
    for given in (
        {"quantity": wrong},
        {"quantity": 1, "ids": [wrong]},
        {"quantity": 1, "by_id": {"a": wrong}},
        *([{"quantity": 1, "maybe": wrong}] if wrong is not None else []),
    ):
        with pytest.raises(ValidationError):
            StrictLine.model_validate(given)
        with pytest.raises(ValidationError):
            StrictOrder.model_validate({"lines": [given]})


@pytest.mark.parametrize("wrong", [0, 1, "true", "on", None])
def test_a_boolean_is_one(wrong: object) -> None:
    with pytest.raises(ValidationError):
        StrictLine.model_validate({"quantity": 1, "sure": wrong})


def test_what_is_right_is_taken() -> None:
    line = StrictLine.model_validate({"quantity": 3, "ids": [1, 2], "maybe": None, "by_id": {"a": 2}, "sure": True})
    assert (line.quantity, line.ids, line.maybe, line.by_id, line.sure) == (3, [1, 2], None, {"a": 2}, True)


@pytest.mark.django_db
def test_the_api_says_it_beside_the_field(client) -> None:
    given = {"login": "13800002046", "password": "x", "days": True}
    answer = client.post("/api/v1/tokens", given, content_type="application/json")
    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")
    assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [("days", "int_type")]


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh-hans", "只能是其中之一：first、second、mixed。"), ("en", "One of these: first, second, mixed.")],
)
def test_what_may_be_chosen_is_listed_in_the_readers_language(language: str, said: str) -> None:
    fault = {
        "type": "literal_error",
        "loc": ("body", "body", "sorting"),
        "ctx": {"expected": "'first', 'second' or 'mixed'"},
    }
    with translation.override(language):
        assert _explained(fault) == {"field": "sorting", "code": "literal_error", "message": said}


@pytest.mark.django_db
def test_every_number_that_an_address_asks_for_has_a_greatest(client) -> None:
    loose = []
    for path, operations in described("en")["paths"].items():
        for method, operation in operations.items():
            for each in operation.get("parameters", []):
                text = json.dumps(each["schema"])
                # What stands in the path is measured before the operation is asked (`guarding._malformed`).
                if each["in"] == "query" and '"integer"' in text and '"maximum"' not in text:
                    loose.append((method, path, each["name"]))
    assert loose == []
    for asked in ("9" * 30, str(2**63), "0", "-1"):
        answer = client.get(f"/api/v1/products?category={asked}")
        field = answer.json()["errors"][0]["field"]
        assert (answer.status_code, field.endswith("category.0")) == (422, True)
