"""What a list is asked for: the address of a list, understood. What makes no sense is left out, never an error."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import TypeVar
from urllib.parse import urlencode

from django.http import QueryDict

from catalog.facets import FLAGS
from shop.core.money import to_fen, to_yuan
from shop.core.numbers import read_id

T = TypeVar("T")
SORTS = ("rank", "sales", "unit", "new")
MAX_YUAN = Decimal(100_000)
MAX_CHOICES = 30
MAX_PAGE = 10_000


@dataclass(frozen=True, slots=True)
class Asked:
    """Filters, order and page of a list. Prices are 分 per 斤, both ends counted."""

    query: str = ""
    categories: tuple[int, ...] = ()
    counties: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    low_fen: int | None = None
    high_fen: int | None = None
    sort: str = "rank"
    page: int = 1
    notes: tuple[str, ...] = field(default=(), compare=False)

    @property
    def count(self) -> int:
        """How many filters are chosen."""
        priced = self.low_fen is not None or self.high_fen is not None
        return len(self.categories) + len(self.counties) + len(self.flags) + priced

    def address(self) -> str:
        """Return the query of this list ("?…"); "?" alone for the plain one."""
        pairs: list[tuple[str, str]] = []
        if self.query:
            pairs.append(("q", self.query))
        pairs += [("category", str(pk)) for pk in self.categories]
        pairs += [("county", code) for code in self.counties]
        pairs += [(flag, "1") for flag in self.flags]
        if self.low_fen is not None:
            pairs.append(("low", str(to_yuan(self.low_fen))))
        if self.high_fen is not None:
            pairs.append(("high", str(to_yuan(self.high_fen))))
        if self.sort != "rank":
            pairs.append(("sort", self.sort))
        if self.page > 1:
            pairs.append(("page", str(self.page)))
        return f"?{urlencode(pairs)}"

    def cleared(self) -> "Asked":
        """Return the same list without filters."""
        return Asked(query=self.query, sort=self.sort)

    def toggled(self, name: str, value: str) -> "Asked":
        """Return the same list with one filter put on or taken off, on its first page."""
        if name == "price":
            return replace(self, low_fen=None, high_fen=None, page=1)
        if name == "category":
            return replace(self, categories=_toggle(self.categories, int(value)), page=1)
        if name == "county":
            return replace(self, counties=_toggle(self.counties, value), page=1)
        return replace(self, flags=_toggle(self.flags, name), page=1)


def _toggle(values: tuple[T, ...], value: T) -> tuple[T, ...]:
    return tuple(each for each in values if each != value) if value in values else (*values, value)


def understand(query: QueryDict) -> Asked:
    """Return what `query` (request.GET) asks for."""
    low, high = _fen(query.get("low", "")), _fen(query.get("high", ""))
    notes = ()
    if low is not None and high is not None and low > high:
        low, high = high, low
        notes = ("swapped",)
    sort = query.get("sort", "rank")
    return Asked(
        query=" ".join(query.get("q", "")[:60].split()),
        categories=tuple(
            pk for text in _unique(query.getlist("category")) if (pk := read_id(text, most_digits=9)) is not None
        ),
        counties=tuple(code for code in _unique(query.getlist("county")) if _digits(code, 6)),
        flags=tuple(flag for flag in FLAGS if query.get(flag) == "1"),
        low_fen=low,
        high_fen=high,
        sort=sort if sort in SORTS else "rank",
        page=min(read_id(query.get("page"), most_digits=9) or 1, MAX_PAGE),
        notes=notes,
    )


def _unique(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))[:MAX_CHOICES]


def _digits(text: str, length: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) == length


def _fen(text: str) -> int | None:
    try:
        yuan = Decimal(text.strip())
    except InvalidOperation:
        return None
    return to_fen(yuan) if yuan.is_finite() and 0 <= yuan <= MAX_YUAN else None
