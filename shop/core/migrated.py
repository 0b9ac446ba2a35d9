"""A database with every migration applied, made once and copied: Oscar's and Wagtail's take most of a minute.

The demo and the tests start from the same copy, keyed by the migrations themselves.
"""

import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from django.apps import apps
from django.conf import settings

CACHE = Path(settings.BASE_DIR) / ".cache" / "templates"


def fingerprint() -> str:
    """Return a hash over the files of every installed app's migrations."""
    digest = hashlib.sha256()
    for config in sorted(apps.get_app_configs(), key=lambda config: config.label):
        module = settings.MIGRATION_MODULES.get(config.label)
        folder = Path(config.path) / "migrations" if module is None else None
        for source in sorted(folder.glob("*.py")) if folder and folder.is_dir() else []:
            digest.update(f"{config.label}/{source.name}".encode())
            digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


MIGRATE = """
import django
from django.core.management import call_command
from shop.core import quick_states
django.setup()
quick_states.install()
call_command("migrate", verbosity=0, skip_checks=True)
"""


def _migrate(database_url: str) -> None:
    environment = {"DJANGO_SETTINGS_MODULE": "shop.config.settings.dev", **os.environ, "DATABASE_URL": database_url}
    subprocess.run([sys.executable, "-c", MIGRATE], check=True, env=environment, cwd=settings.BASE_DIR)


def sqlite_template() -> Path:
    """Return the path of a migrated SQLite file, making it when the migrations are new."""
    target = CACHE / f"{fingerprint()}.sqlite3"
    if target.exists():
        return target
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "making.lock").open("w") as lock:
        # One maker at a time: the others wait for its file instead of migrating beside it.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.exists():
            _make_sqlite(target)
    return target


def _make_sqlite(target: Path) -> None:
    draft = CACHE / "draft.sqlite3"
    for suffix in ("", "-wal", "-shm"):
        Path(f"{draft}{suffix}").unlink(missing_ok=True)
    _migrate(f"sqlite:///{draft}")
    with closing(sqlite3.connect(draft)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for suffix in ("-wal", "-shm"):
        Path(f"{draft}{suffix}").unlink(missing_ok=True)
    draft.replace(target)
    for old in CACHE.glob("*.sqlite3"):
        if old != target:
            old.unlink(missing_ok=True)


def copy_sqlite(target: Path) -> None:
    """Put a migrated SQLite file at `target`, replacing what is there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    for suffix in ("", "-wal", "-shm"):
        Path(f"{target}{suffix}").unlink(missing_ok=True)
    shutil.copyfile(sqlite_template(), target)


def postgres_template(server_url: str) -> str:
    """Return the name of a migrated PostgreSQL database on `server_url`, making it when the migrations are new."""
    import psycopg  # reason: absent where only SQLite is used

    name = f"heqiao_template_{fingerprint()}"
    with psycopg.connect(f"{server_url}/postgres", autocommit=True) as connection:
        # One maker at a time: pytest's workers all ask at once.
        connection.execute("SELECT pg_advisory_lock(4815162342)")
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return name
        draft = f"{name}_draft"
        connection.execute(f'DROP DATABASE IF EXISTS "{draft}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{draft}"')
        _migrate(f"{server_url}/{draft}")
        connection.execute(f'ALTER DATABASE "{draft}" RENAME TO "{name}"')
    return name


def copy_postgres(server_url: str, target: str) -> None:
    """Make the database `target` anew from the migrated template."""
    import psycopg  # reason: absent where only SQLite is used

    template = postgres_template(server_url)
    with psycopg.connect(f"{server_url}/postgres", autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(4815162342)")
        connection.execute(f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{target}" TEMPLATE "{template}" STRATEGY FILE_COPY')
