"""A number of an address is plain digits: what Python's int() reads besides is refused, beside the parameter."""

import pytest

from shop.config.api import described
from shop.core.api import Body, Day, Moment, Turn
from tests.api.conftest import Program, program_of
from tests.api.test_shape import is_problem
from tests.factories import make_user

NOT_PLAIN = ["5_0", " 50", "50 ", "+50", "５０", "5.0", "5e1", "", "٣"]


@pytest.mark.django_db
@pytest.mark.parametrize("text", NOT_PLAIN)
def test_a_limit_is_plain_digits(text: str, anonymous: Program) -> None:
    answer = anonymous.client.get("/api/v1/villages", {"limit": text}, headers={"Accept-Language": "en"})
    answer.data = answer.json()
    assert is_problem(answer, 422, "invalid")
    assert answer.data["errors"] == [{"field": "limit", "code": "int_parsing", "message": "A whole number."}]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "code"), [("0", "greater_than_equal"), ("-1", "greater_than_equal"), ("9" * 30, "less_than_equal")]
)
def test_a_number_out_of_bounds_is_told_the_bound(text: str, code: str, anonymous: Program) -> None:
    answer = anonymous.get(f"/villages?limit={text}")
    assert [each["code"] for each in answer.data["errors"]] == [code]


def test_plain_digits_are_taken() -> None:
    assert [Turn.model_validate({"limit": text}).limit for text in ("50", "050", "1", "100")] == [50, 50, 1, 100]


@pytest.mark.django_db
def test_every_number_of_every_address_is_plain_digits() -> None:
    program = program_of(make_user(is_superuser=True))
    asked = 0
    for path, operations in described("en")["paths"].items():
        for parameter in operations.get("get", {}).get("parameters", []):
            if parameter["in"] != "query" or '"integer"' not in str(parameter["schema"]).replace("'", '"'):
                continue
            address = path.removeprefix("/api/v1").replace("{slug}", "a").replace("{code}", "a")
            if "{" in address:
                continue
            answer = program.get(f"{address}?{parameter['name']}=2_0")
            codes = [each["code"] for each in answer.data.get("errors", [])]
            assert (answer.status_code, "int_parsing" in codes) == (422, True), (address, answer.data)
            asked += 1
    assert asked > 40


class Dated(Body):
    day: Day | None = None
    at: Moment | None = None


@pytest.mark.parametrize("value", [1764460800, "1764460800", 1764460800.0, "１９９９-01-01"])
@pytest.mark.parametrize("name", ["day", "at"])
def test_a_number_is_no_day(name: str, value: object) -> None:
    with pytest.raises(ValueError, match=r"A day\.|A time\."):
        Dated.model_validate({name: value})
