"""Lists come in pages: `limit` and an opaque, signed `cursor`; `next_cursor` is null on the last page.

A cursor is signed for the list that gave it: whose it is, its address and its filters. Another list, another person's, or
the same one filtered in another way refuses it: rows would be left out and nobody would notice.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextvars import ContextVar
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import urlencode

from django.core import signing
from django.core.exceptions import ValidationError
from django.core.paginator import Page as DjangoPage
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query
from pydantic import Field

from shop.core.api.problems import Problem
from shop.core.api.values import Answer, Parameters
from shop.core.paging import After, RowsAfter

T = TypeVar("T")
SALT = "shop.core.api.paging"
LIMIT, MOST = 24, 100
# What a page is asked for by; everything else says which list.
TURNS = ("limit", "cursor")
_LIST: ContextVar[str] = ContextVar("list that is read")


class Turn(Parameters):
    """Which page of a list is asked for."""

    limit: int = Field(LIMIT, ge=1, le=MOST)
    cursor: str = Field("", max_length=600)


Asked = Annotated[Turn, Query(...)]


class Page(Answer, Generic[T]):
    """A page of a list."""

    items: list[T]
    next_cursor: str | None = None


@contextlib.contextmanager
def reading(request: HttpRequest) -> Iterator[None]:
    """Bind the cursors that are read and given in this block to the list that the request asks for."""
    filters = [(name, value) for name, values in request.GET.lists() if name not in TURNS for value in values if value]
    whose = getattr(getattr(request, "user", None), "pk", None) or ""
    token = _LIST.set(f"{whose}:{request.path}?{urlencode(sorted(filters))}")
    try:
        yield
    finally:
        _LIST.reset(token)


def _salt() -> str:
    return f"{SALT}:{_LIST.get()}"


def place_of(turn: Turn) -> Any:
    """Return what the cursor holds, None at the start. Raises Problem for a cursor that this list did not give."""
    if not turn.cursor:
        return None
    try:
        return signing.loads(turn.cursor, salt=_salt())
    except signing.BadSignature as error:
        raise _invalid() from error


def _invalid() -> Problem:
    return Problem(400, "invalid_cursor", _("This cursor is not one of ours: start without one."))


def cursor_at(place: Any) -> str | None:
    """Return the cursor for a place in a list, None for none."""
    return None if place is None else signing.dumps(place, salt=_salt())


def turn_of(turn: Turn, rows_after: Callable[[After], DjangoPage], show: Callable[[Any], Any]) -> dict[str, Any]:
    """Return what `rows_after` (a query that ends in `paged`) finds as a page of the API. Raises Problem as `place_of`."""
    with ours():
        page = rows_after(after_of(turn))
    assert isinstance(page, RowsAfter)
    return {"items": [show(each) for each in page.object_list], "next_cursor": cursor_at(page.after)}


@contextlib.contextmanager
def ours() -> Iterator[None]:
    """Say of a place that doesn't fit the list that the cursor is not one of ours (Problem)."""
    try:
        yield
    except (ValueError, TypeError, ValidationError) as error:
        raise _invalid() from error


def after_of(turn: Turn) -> After:
    """Return where a list goes on. Raises Problem for a cursor that this list did not give."""
    place = place_of(turn)
    if place is not None and not isinstance(place, list):
        raise _invalid()
    return After(place, turn.limit)


def cut(turn: Turn, rows: Sequence[Any] | Iterable[Any], show: Callable[[Any], Any]) -> dict[str, Any]:
    """Return a page of a list that is bounded by its nature and was read whole; the cursor holds where it goes on."""
    rows = list(rows)
    start = start_of(turn)
    return {
        "items": [show(each) for each in rows[start : start + turn.limit]],
        "next_cursor": cursor_at(follow(turn, start, len(rows))),
    }


def start_of(turn: Turn) -> int:
    """Return at which row a list that is cut goes on. Raises Problem as `after_of`."""
    start = place_of(turn) or 0
    if not isinstance(start, int):
        raise _invalid()
    return start


def follow(turn: Turn, start: int, total: int) -> int | None:
    """Return at which of `total` rows the next page begins, None after the last."""
    return start + turn.limit if start + turn.limit < total else None
