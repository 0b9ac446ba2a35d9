"""Databases, services and browsers for the suite.

One migrated template per engine, keyed by the migrations; every worker copies it. `real_db` gives a test real
commits on a database of its own, and puts a fresh copy back afterwards (a flush would hit append-only tables).
"""

import gc
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connections
from django.test import override_settings
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pytest_django.plugin import DjangoDbBlocker

from shop.core import migrated

# A busy machine draws slowly; that says nothing about the code. Timing is never a unit test.
hypothesis_settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("suite")
REQUIRE_SERVICES = os.environ.get("REQUIRE_SERVICES") == "1"
_missing: dict[str, str] = {}
MARK = "HEQIAO_SUITE"

pytest_plugins = [
    "tests.plugins.sharing",
    "tests.plugins.servers",
    "tests.plugins.browsers",
    "tests.plugins.redis_server",
]


def missing_service(name: str, why: str) -> None:
    """Skip the test because a service is absent; with REQUIRE_SERVICES=1, fail it."""
    _missing[name] = why
    if REQUIRE_SERVICES:
        pytest.fail(f"{name} is required (REQUIRE_SERVICES=1): {why}")
    pytest.skip(f"{name}: {why}")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Mark what this run starts: each process passes the mark on to its own."""
    os.environ.setdefault(MARK, str(os.getpid()))


_DATABASE = {"db", "transactional_db", "django_db_setup", "real_db"}
# Where tests without a database may speak with the cache or the channels, which the second run has in Redis.
_WITH_REDIS = {"config", "core", "faults", "livestream"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave to the run on SQLite what asks neither a database nor Redis: it would say the same once more."""
    if connections["default"].vendor != "postgresql" or config.args != config.getini("testpaths"):
        return
    same = [item for item in items if _says_the_same_everywhere(item)]
    if same:
        items[:] = [item for item in items if item not in set(same)]
        config.hook.pytest_deselected(items=same)


def _says_the_same_everywhere(item: pytest.Item) -> bool:
    asks = item.get_closest_marker("django_db") or _DATABASE & set(getattr(item, "fixturenames", ()))
    return not asks and item.path.relative_to(Path(__file__).parent).parts[0] not in _WITH_REDIS


def pytest_collection_finish(session: pytest.Session) -> None:
    """Keep the garbage collector from walking the code and the collected tests again and again.

    What is there once everything is collected stays until the end. Measured on tests/procurement: a tenth of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that leaves a process behind."""
    if races := sys.modules.get("tests.concurrency.races"):
        # Without xdist's workers it is this process that has racers ready.
        races.close_nurseries()
    if hasattr(session.config, "workerinput") or os.environ.get(MARK) != str(os.getpid()):
        return
    deadline = time.monotonic() + 5
    while (left := _left_behind()) and time.monotonic() < deadline:
        time.sleep(0.2)
    for command in left:
        sys.stderr.write(f"\nLeft running by this suite: {command}\n")
    if left and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _left_behind() -> list[str]:
    """Return the commands that run with this run's mark, but for the suite's own workers; nothing without /proc."""
    left = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            marked = f"{MARK}={os.getpid()}".encode() in (place / "environ").read_bytes().split(b"\0")
            command = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        # The workers of xdist end after this.
        if marked and command and "execnet" not in command and int(place.name) != os.getpid():
            left.append(command[:200])
    return left


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say last which services were missing, and why."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = sorted({str(report.longrepr[2]) for report in skipped if isinstance(report.longrepr, tuple)})
    if reasons:
        terminalreporter.write_line("Skipped for want of a service or an engine:")
        for reason in reasons:
            terminalreporter.write_line(f"  {reason}")


@pytest.fixture(autouse=True)
def chinese_first() -> Iterator[None]:
    """Start every test in Chinese: a page asked for in English leaves its language behind."""
    translation.activate(settings.LANGUAGE_CODE)
    yield
    translation.activate(settings.LANGUAGE_CODE)


def server_url() -> str:
    parts = urlsplit(os.environ["DATABASE_URL"])
    return f"{parts.scheme}://{parts.netloc}"


def _fresh(name: str) -> None:
    """Put a fresh copy of the template in the place of this worker's database."""
    connections.close_all()
    if connections["default"].vendor == "sqlite":
        migrated.copy_sqlite(Path(name))
    else:
        migrated.copy_postgres(server_url(), name)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker, request: pytest.FixtureRequest) -> Iterator[None]:
    """Give this worker its own copy of the migrated database."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    with django_db_blocker.unblock():
        if connections["default"].vendor == "sqlite":
            name = str(Path(settings.BASE_DIR) / ".cache" / f"test-{worker}-{os.getpid()}.sqlite3")
        else:
            name = f"heqiao_test_{worker}_{os.getpid()}"
        _fresh(name)
        connections["default"].settings_dict["NAME"] = name
        settings.DATABASES["default"]["NAME"] = name
    # Blocked again while tests run: only a test that asks for the database gets it (`django_db`, `db`, `real_db`).
    yield
    connections.close_all()
    if connections["default"].vendor == "sqlite":
        for suffix in ("", "-wal", "-shm"):
            Path(f"{name}{suffix}").unlink(missing_ok=True)
    else:
        import psycopg  # reason: absent where only SQLite is used

        with psycopg.connect(f"{server_url()}/postgres", autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture
def real_db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """Yield the DATABASE_URL of a database with real commits, for threads, processes, servers and browsers."""
    with django_db_blocker.unblock():
        name = connections["default"].settings_dict["NAME"]
        yield f"sqlite:///{name}" if connections["default"].vendor == "sqlite" else f"{server_url()}/{name}"
        _fresh(name)


@pytest.fixture
def on_postgres(request: pytest.FixtureRequest) -> None:
    """Only on PostgreSQL: the other run covers SQLite."""
    if connections["default"].vendor != "postgresql":
        pytest.skip("PostgreSQL: this run is on SQLite, the second run of `make test` covers it")


@pytest.fixture(autouse=True)
def _own_files(tmp_path: Path) -> Iterator[None]:
    """Keep every test's uploads, mail and cache to itself."""
    from django.core.cache import cache  # reason: settings first

    # The storages hear of it, unlike of a patched attribute.
    with override_settings(MEDIA_ROOT=tmp_path / "media", PRIVATE_ROOT=tmp_path / "private"):
        cache.clear()
        yield
