"""What was protected once stays protected: a migration that builds a table anew brings its triggers back."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

NAMED = re.compile(r"protected\(\s*\"(\w+)\"")
TRIGGERS = {
    "sqlite": "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE tbl_name || '_no_%%'",
    "postgresql": "SELECT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE '%%append_only'",
}


def _protected() -> set[str]:
    """Return the tables that migrations protect."""
    migrations = Path(settings.BASE_DIR).glob("*/**/migrations/0*.py")
    return {name for path in migrations for name in NAMED.findall(path.read_text())}


@pytest.mark.django_db
def test_every_protected_table_has_its_triggers_after_all_migrations() -> None:
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS[connection.vendor], [])
        found = {str(name).strip('"') for (name,) in cursor.fetchall()}
    protected = _protected()
    assert {"core_transfer", "core_auditentry", "catalog_stockchange", "traceability_traceevent"} <= protected
    assert protected - found == set()
