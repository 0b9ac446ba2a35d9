"""Watch which rows one connection locks, and in which order, and say what is against `locks.LOCK_ORDER`.

A row is locked by `SELECT … FOR UPDATE` (or NO KEY UPDATE) and by UPDATE. A transaction is what the outermost
savepoint of a test's own transaction holds, or, without one, a single statement. Of a statement that names its rows by
their ids the ids are compared too; of another only the table.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from shop.core.models import Account
from shop.sales.operations.locks import LOCK_ORDER, OWNED_BY

_LOCKING = re.compile(r"^\s*SELECT\b.*\bFROM \"(?P<table>\w+)\".*\bFOR (NO KEY )?UPDATE", re.DOTALL)
_INSERT = re.compile(r"^\s*INSERT INTO \"(?P<table>\w+)\"")
_UPDATE = re.compile(r"^\s*UPDATE \"(?P<table>\w+)\"")
# What is named by `of=("self",)` is locked, not what is joined to it.
_OF = re.compile(r"FOR (?:NO KEY )?UPDATE OF \"(?P<table>\w+)\"")
_KEY = re.compile(r"\"(?P<table>\w+)\"\.\"(?:id|order_id|line_id)\" (?:= (?P<one>%s|\d+)|IN \((?P<many>[^()]*)\))")
KINDS = ("certificate:", "budget:")


@dataclass
class Recorder:
    """The locks of the transaction under way, and what was wrong in any."""

    taken: list[tuple[int, int, int]] = field(default_factory=list)
    # Tables of rows that this transaction made itself: nobody else sees those.
    made: set[str] = field(default_factory=set)
    depth: int = 0
    wrong: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        if sql.startswith("SAVEPOINT"):
            self.depth += 1
        elif sql.startswith("RELEASE SAVEPOINT"):
            self.depth -= 1
        else:
            self._note(sql, params or ())
        if self.depth <= 0:
            self.taken.clear()
            self.made.clear()
        return result

    def _note(self, sql: str, params: Sequence[Any]) -> None:
        if (inserted := _INSERT.match(sql)) is not None:
            self.made.add(inserted["table"])
            return
        found = _LOCKING.match(sql) or _UPDATE.match(sql)
        # Whoever skips locked rows waits for nobody.
        if found is None or "SKIP LOCKED" in sql:
            return
        of = _OF.search(sql)
        table = of["table"] if of else found["table"]
        if table in self.made:
            return
        if table in OWNED_BY:
            if not any(LOCK_ORDER[known[0]] == OWNED_BY[table] for known in self.taken):
                self.wrong.append(f"{table} without {OWNED_BY[table]}: {sql[:160]}")
            return
        if table not in LOCK_ORDER:
            self.unknown.add(table)
            return
        self.seen.add(table)
        rank = LOCK_ORDER.index(table)
        for key in _keys(sql, table, params) or [0]:
            self._take(table, (rank, _kind(key) if table == "core_account" else 0, key), sql)

    def _take(self, table: str, lock: tuple[int, int, int], sql: str) -> None:
        mine = [known for known in self.taken if known[0] == lock[0]]
        # Known by its id, or by its table where one of both statements names no ids.
        if lock in mine or (mine and (not lock[2] or not all(known[2] for known in mine))):
            return
        later = [known for known in self.taken if known > lock]
        if later:
            held = ", ".join(f"{LOCK_ORDER[known[0]]} {known[2]}" for known in later)
            self.wrong.append(f"{table} {lock[2]} after {held}: {sql[:160]}")
        self.taken.append(lock)


def _keys(sql: str, table: str, params: Sequence[Any]) -> list[int]:
    keys = []
    for found in _KEY.finditer(sql):
        if found["table"] != table:
            continue
        position = sql[: found.start()].count("%s")
        for each in (found["one"] or found["many"]).split(","):
            if each.strip() == "%s":
                keys.append(params[position])
                position += 1
            elif each.strip().isdigit():
                keys.append(int(each))
    return sorted(key for key in keys if isinstance(key, int))


def _kind(account_id: int) -> int:
    with connection.cursor() as cursor:
        cursor.cursor.execute(f"SELECT name FROM {Account._meta.db_table} WHERE id = %s", [account_id])
        name = cursor.cursor.fetchone()[0]
    return next((number for number, prefix in enumerate(KINDS) if name.startswith(prefix)), len(KINDS))


@contextmanager
def recorded() -> Iterator[Recorder]:
    """Record the locks of this connection; each operation inside is a transaction of its own."""
    recorder = Recorder()
    with connection.execute_wrapper(recorder):
        yield recorder
