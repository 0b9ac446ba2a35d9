"""The database that demo and tests start from is made by a quicker way than `migrate`: are its tables the same?"""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from django.conf import settings
from django.db import connection

from shop.core import migrated

pytestmark = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="SQLite: one engine is enough, the way is the same"
)


def schema(path):
    with closing(sqlite3.connect(path)) as database:
        return {row[:2]: row[2] for row in database.execute("SELECT type, name, sql FROM sqlite_master")}


def test_the_quick_way_makes_the_same_tables(tmp_path):
    plain = tmp_path / "plain.sqlite3"
    command = [sys.executable, "manage.py", "migrate", "--verbosity=0", "--skip-checks"]
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{plain}",
        "DJANGO_SETTINGS_MODULE": "shop.config.settings.dev",
    }
    subprocess.run(command, check=True, cwd=settings.BASE_DIR, env=environment)
    wanted = schema(plain)
    assert len(wanted) > 800
    assert schema(migrated.sqlite_template()) == wanted
