"""Statements that PostgreSQL parses and plans once for each connection.

Django sends every statement as finished text, to be planned anew each time. Here only what differs from one use to the
next is sent apart from the text. Off where DATABASE_PREPARES is false: behind a pooler that gives each transaction
another connection, unless it knows prepared statements (PgBouncer from 1.21).
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper


def is_possible() -> bool:
    """Tell whether the database keeps plans, and the settings let it."""
    return (
        connection.vendor == "postgresql" and connection.settings_dict["OPTIONS"].get("prepare_threshold") is not None
    )


class Statement:
    """A statement of which some parameters are free; the others are written into its text, as Django would."""

    def __init__(self, sql: str, params: Sequence[Any], free: Sequence[bool]) -> None:
        """Take SQL with `%s` for each of `params`; those that are `free` may differ from use to use."""
        from psycopg.sql import Literal

        connection.ensure_connection()
        parts = sql.split("%s")
        if len(parts) != len(params) + 1:
            raise ValueError("a prepared statement has a percent sign in its text that is no parameter")
        text = parts[0]
        for param, is_free, part in zip(params, free, parts[1:], strict=True):
            written = "%s" if is_free else Literal(param).as_string(connection.connection).replace("%", "%%")
            text += written + part
        self._sql, self._free = text, [place for place, is_free in enumerate(free) if is_free]

    def rows(self, params: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Return the rows for these parameters; of those that are not free, the first use's count. One query."""
        from psycopg.types.numeric import Int8

        # One type for all whole numbers: psycopg else chooses by their size, and each choice is planned again.
        given = [params[place] for place in self._free]
        with _cursor() as cursor:
            cursor.execute(self._sql, [Int8(one) if type(one) is int else one for one in given])
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def _cursor() -> CursorWrapper:
    """Return a cursor like Django's own (logged, counted, errors translated) that has the server keep the plan."""
    connection.ensure_connection()
    raw = _cursor_class()(connection.connection)
    return connection.make_debug_cursor(raw) if connection.queries_logged else connection.make_cursor(raw)


@cache
def _cursor_class() -> Any:
    # Only there with psycopg, which SQLite alone does not need.
    from django.db.backends.postgresql.base import ServerBindingCursor

    class Preparing(ServerBindingCursor):
        def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
            return super().execute(query, params, prepare=True, **options)  # type: ignore[misc]  # a base without stubs

    return Preparing
