"""Lists come in pages: `limit` and an opaque, signed `cursor`; `next_cursor` is null on the last page."""

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any, Generic, TypeVar

from django.core import signing
from django.core.paginator import Page as DjangoPage
from django.utils.translation import gettext as _
from ninja import Query
from pydantic import Field

from shop.core.api.problems import Problem
from shop.core.api.values import Answer
from shop.core.keyset import Slice

T = TypeVar("T")
SALT = "shop.core.api.paging"
LIMIT, MOST = 24, 100


class Turn(Answer):
    """Which page of a list is asked for."""

    limit: int = Field(LIMIT, ge=1, le=MOST)
    cursor: str = Field("", max_length=600)


class Follow(Answer):
    """Where a list whose pages have their own size goes on."""

    cursor: str = Field("", max_length=600)


Asked = Annotated[Turn, Query(...)]
Followed = Annotated[Follow, Query(...)]


class Page(Answer, Generic[T]):
    """A page of a list."""

    items: list[T]
    next_cursor: str | None = None


def place_of(turn: Turn | Follow) -> Any:
    """Return what the cursor holds, None at the start. Raises Problem for a cursor that we did not give."""
    if not turn.cursor:
        return None
    try:
        return signing.loads(turn.cursor, salt=SALT)
    except signing.BadSignature as error:
        raise Problem(400, "invalid_cursor", _("This cursor is not one of ours: start without one.")) from error


def cursor_at(place: Any) -> str | None:
    """Return the cursor for a place in a list, None for none."""
    return None if place is None else signing.dumps(place, salt=SALT)


def page_of(found: Slice, show: Callable[[Any], Any]) -> dict[str, Any]:
    """Return a slice of a list as a page of the API."""
    return {"items": [show(each) for each in found.rows], "next_cursor": cursor_at(found.after)}


def turn_of(turn: Turn | Follow, pages: Callable[[int], DjangoPage], show: Callable[[Any], Any]) -> dict[str, Any]:
    """Return one of the numbered pages that people read, as a page of the API; the cursor holds its number."""
    number = place_of(turn) or 1
    page = pages(int(number))
    following = page.next_page_number() if page.has_next() else None
    return {"items": [show(each) for each in page.object_list], "next_cursor": cursor_at(following)}


def cut(turn: Turn, rows: Sequence[Any] | Iterable[Any], show: Callable[[Any], Any]) -> dict[str, Any]:
    """Return a page of a list that is bounded by its nature and was read whole; the cursor holds where it goes on."""
    rows = list(rows)
    start = int(place_of(turn) or 0)
    end = start + turn.limit
    return {
        "items": [show(each) for each in rows[start:end]],
        "next_cursor": cursor_at(end if end < len(rows) else None),
    }
