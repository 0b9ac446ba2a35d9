"""One page of a list: a numbered one, as people turn them, or the rows after a place, as programs follow them.

A list changes while it is read. Who looks at page 2 sees what page 2 is now; who follows it to its end must get each row
once, whatever came or went meanwhile: so a program goes on after the last row it got, never at a number.
"""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from shop.core.keyset import slice_after
from shop.core.numbers import read_id


@dataclass(frozen=True)
class After:
    """What a program asks a list for: up to `limit` rows after `place` (see `keyset`), None for the start."""

    place: list[Any] | None
    limit: int


class Pages(Paginator):
    """Numbered pages; what is no plain number of one is the first, as nothing is."""

    def get_page(self, number: float | str | None) -> Page[Any]:
        """Return the page that is asked for: "5_0", "+5" and "５" are no numbers of an address."""
        read = number if isinstance(number, int) else read_id(number)
        return super().get_page(1 if read is None else read)


Turned = int | str | After


class RowsAfter(Page[Any]):
    """Rows after a place; `after` is the place of the last of them, None where none follow."""

    after: list[Any] | None = None


def paged(rows: QuerySet[Any], turned: Turned, per_page: int, *, count: int | None = None) -> Page[Any]:
    """Return the page of `rows` that was asked for, `per_page` rows of it where it is numbered.

    `rows` are ordered by names of columns or annotations, none of them null, the last one unique. `count`: how many rows
    there are, where that is known. Two queries for a number, one less where they are counted; one for a place.
    Raises ValueError or TypeError for a place of another list.
    """
    paginator = Pages(rows, turned.limit if isinstance(turned, After) else per_page)
    if count is not None:
        paginator.__dict__["count"] = count
    if not isinstance(turned, After):
        return paginator.get_page(turned)
    order = tuple(str(name) for name in rows.query.order_by)
    found = slice_after(rows, order, turned.place, turned.limit)
    page = RowsAfter(found.rows, 1, paginator)
    page.after = found.after
    return page
