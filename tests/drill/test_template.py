"""The database that demo and tests start from is made by a quicker way than `migrate`: are its tables the same?"""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing

from django.conf import settings
from django.db import connection

from shop.core import migrated
from tests.conftest import server_url

# Tables with their columns in order, indexes, constraints, triggers: each as (kind, name, definition).
POSTGRES = """
SELECT 'column', table_name || '.' || column_name,
       concat_ws(' ', ordinal_position, data_type, character_maximum_length, is_nullable, column_default, is_identity)
  FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT 'trigger', tgrelid::regclass || '.' || tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
"""


def migrate(url):
    command = [sys.executable, "manage.py", "migrate", "--verbosity=0", "--skip-checks"]
    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "shop.config.settings.dev"}
    subprocess.run(command, check=True, cwd=settings.BASE_DIR, env=environment)


def sqlite_schemas(folder):
    plain = folder / "plain.sqlite3"
    migrate(f"sqlite:///{plain}")
    for path in (plain, migrated.sqlite_template()):
        with closing(sqlite3.connect(path)) as database:
            yield sorted(database.execute("SELECT type, name, coalesce(sql, '') FROM sqlite_master").fetchall())


def postgres_schemas():
    import psycopg  # reason: absent where only SQLite is used

    server, plain = server_url(), f"heqiao_plain_{os.getpid()}"
    template = migrated.postgres_template(server)
    with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{plain}"')
        try:
            migrate(f"{server}/{plain}")
            for name in (plain, template):
                with psycopg.connect(f"{server}/{name}") as database:
                    yield sorted(database.execute(POSTGRES).fetchall())
        finally:
            admin.execute(f'DROP DATABASE "{plain}" WITH (FORCE)')


def test_the_quick_way_makes_the_same_tables(tmp_path):
    wanted, made = postgres_schemas() if connection.vendor == "postgresql" else sqlite_schemas(tmp_path)
    assert len(wanted) > 800
    assert made == wanted
