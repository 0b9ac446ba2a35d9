"""The app's database role can't touch what is written once, whatever the app asks."""

import subprocess
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings

WRITTEN_ONCE = {
    "core_transfer", "core_auditentry", "sales_ordermove", "catalog_listingdecision", "procurement_requestdecision",
    "traceability_traceevent", "livestream_liveevent",
}  # fmt: skip


def test_the_app_role_may_add_to_ledgers_but_not_change_them(on_postgres: None, real_db: str) -> None:
    parts = urlsplit(real_db)
    script = settings.BASE_DIR / "deploy" / "roles.sql"
    subprocess.run(["psql", "-q", "-v", "ON_ERROR_STOP=1", "-f", str(script), real_db], check=True, capture_output=True)
    app_url = f"postgres://heqiao_app@{parts.hostname}:{parts.port}{parts.path}"
    with psycopg.connect(app_url, autocommit=True) as connection:
        connection.execute("INSERT INTO core_account (name, asset, guarded, balance) VALUES ('a', 'CNY', false, 0)")
        rows = connection.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%\\_append\\_only'"
        )
        protected = sorted(table for (table,) in rows)
        assert set(protected) >= WRITTEN_ONCE
        for table in protected:
            for sql in (f"UPDATE {table} SET id = 1", f"DELETE FROM {table}", f"TRUNCATE {table}"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(sql)
