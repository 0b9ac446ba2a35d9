"""Queries of hot pages, compiled once: Django builds the same SQL anew for each request, which costs more than asking.

A `Prepared` is made from a function that returns a queryset; its arguments may only be compared with (`pk=x`,
`slug=x`, `pk__in=xs`). The SQL is compiled at the first use with holes in the place of the arguments, kept for the
process, and filled in afterwards. Whole numbers, texts and lists of either can fill a hole.

PostgreSQL plans such a statement once for each connection too (see `preparing`): planning a join of ten tables takes
2 ms, reading one row of it 0.1.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeGuard, cast

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable, get_related_populators

from shop.core import preparing

# Lists are filled up to one of these lengths: each length is a statement of its own. Longer ones are rare.
LENGTHS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 40)
LONGEST = LENGTHS[-1]
# Within the range of every integer column, also of years; no constant of a query is as odd.
_HOLE = 31_871
_TEXT_HOLE = "\ufffd hole "

Value = int | str | Sequence[int] | Sequence[str]


class _Compiled:
    """One shape of a query: SQL, where its holes are, and how rows become what the queryset would give."""

    def __init__(self, queryset: QuerySet[Any], holes: dict[Any, int]) -> None:
        compiler = queryset.query.get_compiler(using=queryset.db)
        try:
            self.sql, params = compiler.as_sql()
        except EmptyResultSet:
            raise ValueError("an argument of a prepared query is compared with a column too small for it") from None
        self._params = tuple(params)
        self._filled_by = [holes.get(param) for param in params]
        if set(holes.values()) - set(self._filled_by):
            raise ValueError("an argument of a prepared query is not in its SQL as it was given")
        self._on_server: preparing.Statement | None = None
        columns = [expression[0] for expression in compiler.select]
        self._converters = compiler.get_converters(columns)
        self._annotations: list[tuple[str, int]] = []
        self._model: type[Model] | None = None
        if queryset._iterable_class is ModelIterable:
            fields = compiler.klass_info["select_fields"]
            self._model = compiler.klass_info["model"]
            self._start, self._end = fields[0], fields[-1] + 1
            self._names = [columns[i].target.attname for i in range(self._start, self._end)]
            self._populators = get_related_populators(compiler.klass_info, compiler.select, queryset.db)  # type: ignore[call-arg]  # the stubs are of a newer Django
            self._annotations = list((compiler.annotation_col_map or {}).items())

    def rows(self, values: Sequence[Any]) -> Iterator[Any]:
        for each in self._ask(values):
            row = list(each)
            for column, (converters, expression) in self._converters.items():
                for convert in converters:
                    row[column] = convert(row[column], expression, connection)
            yield tuple(row) if self._model is None else self._object(row)

    def _ask(self, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        params = [
            given if hole is None else type(given)(values[hole])
            for given, hole in zip(self._params, self._filled_by, strict=True)
        ]
        if preparing.is_possible():
            if self._on_server is None:
                free = [hole is not None for hole in self._filled_by]
                self._on_server = preparing.Statement(self.sql, params, free)
            return self._on_server.rows(params)
        with connection.cursor() as cursor:
            cursor.execute(self.sql, params)
            return cast("list[tuple[Any, ...]]", cursor.fetchall())

    def _object(self, row: list[Any]) -> Model:
        made = cast("type[Model]", self._model).from_db(connection.alias, self._names, row[self._start : self._end])
        for populator in self._populators:
            populator.populate(row, made)
        for name, column in self._annotations:
            setattr(made, name, row[column])
        return made


class Prepared:
    """A queryset of `make(*values)`, compiled once for each number of ids in its lists."""

    def __init__(self, make: Callable[..., QuerySet[Any]]) -> None:
        """Keep how to make the queryset; nothing is compiled before the first use."""
        self._make = make
        self._compiled: dict[tuple[Any, ...], _Compiled] = {}

    def __call__(self, *values: Value) -> list[Any]:
        """Return what the queryset gives for `values`: objects, or tuples for one of `values_list`. One query."""
        if any(_is_list(value) and not 0 < len(value) <= LONGEST for value in values):
            return list(self._make(*values))
        values = tuple(_filled_up(value) if _is_list(value) else value for value in values)
        shape = (connection.vendor, *(len(value) if _is_list(value) else type(value) for value in values))
        compiled = self._compiled.get(shape)
        if compiled is None:
            compiled = self._compiled[shape] = self._compile(values)
        flat: list[Any] = []
        for value in values:
            flat.extend(value if _is_list(value) else [value])
        return list(compiled.rows(flat))

    def _compile(self, values: Sequence[Value]) -> _Compiled:
        holes: dict[Any, int] = {}

        def hole(value: int | str) -> Any:
            number = len(holes)
            mark: Any = _HOLE + number if isinstance(value, int) else f"{_TEXT_HOLE}{number}"
            holes[mark] = number
            return mark

        marks = [hole(value) if isinstance(value, int | str) else [hole(each) for each in value] for value in values]
        return _Compiled(self._make(*marks), holes)


def _is_list(value: Value) -> TypeGuard[Sequence[int | str]]:
    return not isinstance(value, int | str)


def _filled_up(value: Sequence[Any]) -> Sequence[Any]:
    """Return the list with its last one repeated up to the next of LENGTHS, which changes nothing about what is in it."""
    length = next(each for each in LENGTHS if each >= len(value))
    return [*value, *[value[-1]] * (length - len(value))]
