"""How values look in the API: money as strings of 元, times with offset, codes as strings."""

import re
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, cast

from django.utils import timezone
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    PlainSerializer,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from shop.core import texts
from shop.core.money import to_fen, to_yuan
from shop.core.times import FIRST_DAY, FIRST_MOMENT, LAST_DAY, LAST_MOMENT

_YUAN = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?\Z")
MOST_ID = 2**63 - 1


class Answer(BaseModel):
    """What an operation answers with."""

    model_config = ConfigDict(from_attributes=True)


class Priced(Answer):
    """An answer with money in it: strings of 元 with two decimals."""

    currency: Literal["CNY"] = "CNY"


class _Text:
    """How a text of a body is cleaned: by "one_line" (what every other is), "many_lines" or "as_it_is"."""

    def __init__(self, how: str) -> None:
        self.how = how

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        found: Any = handler(source)
        return cast("CoreSchema", {**found, "metadata": {**found.get("metadata", {}), TEXT: self.how}})


TEXT = "heqiao_text"
# A text of several lines.
Paragraphs = Annotated[str, _Text("many_lines")]
# Passwords, and files as base64.
AsItIs = Annotated[str, _Text("as_it_is")]
_CLEANERS = {
    "one_line": lambda value: texts.one_line(value) if isinstance(value, str) else value,
    "many_lines": lambda value: texts.many_lines(value) if isinstance(value, str) else value,
}


_CALENDAR: dict[str, dict[str, Any]] = {
    "date": {"ge": FIRST_DAY, "le": LAST_DAY},
    "datetime": {"ge": FIRST_MOMENT, "le": LAST_MOMENT},
}


def _make_strict(schema: Any) -> None:
    if isinstance(schema, dict):
        if schema.get("type") in {"int", "bool", "float"}:
            schema["strict"] = True
        if schema.get("type") in _CALENDAR:
            schema |= _CALENDAR[schema["type"]]
        if schema.get("type") == "str" and TEXT not in schema.get("metadata", {}):
            schema["metadata"] = {**schema.get("metadata", {}), TEXT: "one_line"}
        if schema.get("type") == "str" and schema["metadata"][TEXT] in _CLEANERS:
            how = schema["metadata"][TEXT]
            inner: Any = {**schema, "metadata": {**schema["metadata"], TEXT: "as_it_is"}}
            schema.clear()
            schema |= core_schema.no_info_before_validator_function(_CLEANERS[how], inner, metadata={TEXT: how})
            return
        for key, each in schema.items():
            if key not in {"metadata", "serialization"}:
                _make_strict(each)
    elif isinstance(schema, list | tuple):
        for each in schema:
            _make_strict(each)


# Whether it is too many or too few, the bounds say.
_DIGITS = re.compile(r"-?[0-9]{1,40}")


def _read_digits(value: Any) -> Any:
    if isinstance(value, str) and not _DIGITS.fullmatch(value):
        raise PydanticCustomError("int_parsing", "A whole number.")
    return value


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _read_day(value: Any) -> Any:
    if not isinstance(value, date) and not (isinstance(value, str) and _DAY.match(value)):
        raise PydanticCustomError("date_parsing", "A day.")
    return value


def _read_moment(value: Any) -> Any:
    if not isinstance(value, date) and not (isinstance(value, str) and _DAY.match(value)):
        raise PydanticCustomError("datetime_parsing", "A time.")
    return value


_READERS = {"int": _read_digits, "date": _read_day, "datetime": _read_moment}
READ = "heqiao_read"


def _read_plainly(schema: Any, kinds: Collection[str]) -> None:
    """Have the numbers and days below `schema` read by `_READERS`, before the library reads more than is one."""
    if isinstance(schema, dict):
        kind = str(schema.get("type"))
        if kind in kinds and not schema.get("metadata", {}).get(READ):
            inner: Any = {**schema, "metadata": {**schema.get("metadata", {}), READ: True}}
            schema.clear()
            schema |= core_schema.no_info_before_validator_function(_READERS[kind], inner, metadata={READ: True})
            return
        for key, each in schema.items():
            if key not in {"metadata", "serialization"}:
                _read_plainly(each, kinds)
    elif isinstance(schema, list | tuple):
        for each in schema:
            _read_plainly(each, kinds)


class Body(BaseModel):
    """What is sent to an operation; a field that it doesn't know is refused, not ignored.

    Numbers are numbers and booleans are booleans: `true` is not 1, `"1"` and `1.0` are no whole numbers, 1 is not true.
    A text is one line without what nobody can see, unless it is `Paragraphs` or `AsItIs`.
    """

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Have each number and boolean of the body, however deep, read strictly, and each text cleaned."""
        schema = handler(source)
        _make_strict(schema)
        _read_plainly(schema, _CALENDAR)
        return schema


class Parameters(BaseModel):
    """What an address is asked with. Numbers are plain digits and days are written out, as `?limit=50` and `2026-11-23`.

    The library would read 5_0, " 50", +50 and ５０ as 50, and 1764460800 as a day.
    """

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Have each number and day read plainly."""
        schema = handler(source)
        _read_plainly(schema, _READERS)
        return schema


def yuan(fen: int) -> str:
    """Return 分 as the API shows money: "32.80"."""
    return f"{to_yuan(fen):f}"


def share(value: Decimal | None) -> str | None:
    """Return a percentage with two decimals as it was truncated, never rounded up."""
    return None if value is None else f"{value:.2f}"


def _read_yuan(value: Any) -> Any:
    if not isinstance(value, str) or not _YUAN.match(value.strip()):
        raise ValueError("money")
    return value.strip()


def _more_than_nothing(value: str) -> str:
    if not to_fen(value):
        raise PydanticCustomError("amount_zero", "An amount above zero.")
    return value


def once(name: str) -> AfterValidator:
    """Return what refuses a list that names the same `name` twice: which of the two counts, nobody could tell.

    Rows without one (None) are new ones, each its own.
    """

    def check(rows: list[Any]) -> list[Any]:
        named = [value for row in rows if (value := getattr(row, name)) is not None]
        if len(set(named)) < len(named):
            raise PydanticCustomError("named_twice", "Named twice.")
        return rows

    return AfterValidator(check)


YuanIn = Annotated[
    str,
    BeforeValidator(_read_yuan),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]{1,9}(\.[0-9]{1,2})?$", "examples": ["32.80"]}),
]
# An amount that came or goes: never nothing.
SomeYuanIn = Annotated[YuanIn, AfterValidator(_more_than_nothing)]
# A day that is asked for; those of a `Body` have the same bounds.
Day = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)]
Id = Annotated[int, Field(ge=1, le=MOST_ID)]
Moment = Annotated[
    AwareDatetime,
    PlainSerializer(lambda at: timezone.localtime(at).isoformat(timespec="seconds"), return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-23T16:00:00+08:00"]}),
]


def fen_of(value: str) -> int:
    """Return 分 for a `YuanIn`."""
    return to_fen(value)
