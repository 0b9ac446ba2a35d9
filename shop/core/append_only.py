"""Tables that are written once: the database refuses to change, delete or empty them, whoever asks."""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunPython

FUNCTION = """CREATE OR REPLACE FUNCTION heqiao_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'append-only: % on % refused', TG_OP, TG_TABLE_NAME; END $$"""


def protected(table: str, *, truncate: bool = True) -> RunPython:
    """Return the migration's operation that protects a table; without `truncate` it may still be emptied."""

    def protect(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor == "postgresql":
            editor.execute(FUNCTION, params=None)
        for _name, statement in _triggers(table, editor.connection.vendor, truncate):
            editor.execute(statement)

    def unprotect(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        vendor = editor.connection.vendor
        for name, _statement in _triggers(table, vendor, truncate):
            editor.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if vendor == "postgresql" else ""))

    return RunPython(protect, unprotect)


def _triggers(table: str, vendor: str, truncate: bool) -> list[tuple[str, str]]:
    """Return the triggers' names and what makes them."""
    if vendor == "postgresql":
        kinds = [("append_only", "UPDATE OR DELETE", "ROW")]
        if truncate:
            kinds.append(("no_truncate", "TRUNCATE", "STATEMENT"))
        return [
            (
                f"{table}_{name}",
                (
                    f"CREATE TRIGGER {table}_{name} BEFORE {what} ON {table}"
                    f" FOR EACH {each} EXECUTE FUNCTION heqiao_append_only()"
                ),
            )
            for name, what, each in kinds
        ]
    return [
        (
            f"{table}_no_{what.lower()}",
            (
                f"CREATE TRIGGER {table}_no_{what.lower()} BEFORE {what} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, 'append-only: {what} on {table} refused'); END"
            ),
        )
        for what in ("UPDATE", "DELETE")
    ]
