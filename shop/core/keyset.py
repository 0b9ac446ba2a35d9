"""Pages of a list that stay right while rows are added: each goes on after the last row of the one before."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet

T = TypeVar("T")


@dataclass(frozen=True)
class Slice(Generic[T]):
    """Some rows, and the place after which the next begin (plain JSON values); None after the last."""

    rows: list[T]
    after: list[Any] | None


def slice_after(rows: QuerySet, order: tuple[str, ...], after: list[Any] | None, limit: int) -> Slice[Any]:
    """Return up to `limit` rows of `rows` in `order` ("-created_at", "-pk") after a place. One query.

    Rows may be dicts (`values`). The last of `order` must be unique, none may be null. Raises ValueError for a place of
    another order.
    """
    if after is not None:
        if len(after) != len(order):
            raise ValueError("a place of another list")
        rows = rows.filter(_beyond(order, after))
    found = list(rows.order_by(*order)[: limit + 1])
    more = len(found) > limit
    return Slice(found[:limit], _place(found[limit - 1], order) if more else None)


def _beyond(order: tuple[str, ...], after: list[Any]) -> Q:
    # Nothing but the columns of `order` is named: another would be one more to group sums by.
    condition, same = Q(), Q()
    for name, value in zip(order, after, strict=True):
        field, compare = name.removeprefix("-"), "lt" if name.startswith("-") else "gt"
        condition |= same & Q(**{f"{field}__{compare}": value})
        same &= Q(**{field: value})
    return condition


def _place(row: Model | dict[str, Any], order: tuple[str, ...]) -> list[Any]:
    place = []
    for name in order:
        value: Any = row
        if isinstance(row, dict):
            value = row[name.removeprefix("-")]
        else:
            for part in name.removeprefix("-").split("__"):
                value = getattr(value, part)
        place.append(value.isoformat() if isinstance(value, datetime | date) else value)
    return place
