"""Helpers of the site (Redis) that a test may stop, freeze and start again: a private one each."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.plugins.servers import free_port

PATIENCE_SECONDS = 20


class OwnRedis:
    """A Redis server of the test's own, on the same port each time it is started."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, empty, and wait until it answers."""
        command = ["redis-server", "--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(
            [*command, "--dir", str(self._folder)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            assert time.monotonic() < until, "Redis did not start"
            time.sleep(0.02)

    def freeze(self) -> None:
        """Have it take connections and answer nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Have it go on, with what it held."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """Kill it; what it held is lost."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[OwnRedis]:
    """Yield a Redis that runs."""
    from tests.conftest import missing_service  # reason: conftest loads this plugin

    if shutil.which("redis-server") is None:
        missing_service("Redis", "no redis-server on the path (make services installs it on Debian)")
    server = OwnRedis(tmp_path)
    server.start()
    yield server
    server.stop()


def _postgres_bin() -> str:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    return str(found[-1]) if found else ""


class OwnPostgres:
    """A PostgreSQL server of the test's own, that keeps its data over a restart."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"postgres://postgres@127.0.0.1:{self.port}"
        self._data = folder / "pg"

    @staticmethod
    def is_there() -> bool:
        """Tell whether this machine has one, and who may run it."""
        return bool(_postgres_bin()) and (os.geteuid() != 0 or shutil.which("su") is not None)

    def _run(self, command: str) -> None:
        as_owner = (
            ["su", "postgres", "-s", "/bin/bash", "-c", command] if os.geteuid() == 0 else ["bash", "-c", command]
        )
        subprocess.run(as_owner, check=True, stdout=subprocess.DEVNULL)

    def _control(self, command: str) -> None:
        self._run(f"{_postgres_bin()}/pg_ctl -D {self._data} -l {self._data}/log -w {command}")

    def start(self) -> None:
        """Make its data and start it."""
        self._data.mkdir(exist_ok=True)
        if os.geteuid() == 0:
            shutil.chown(self._data, "postgres")
        self._run(f"{_postgres_bin()}/initdb -D {self._data} -U postgres -A trust -E UTF8 --locale=C.UTF-8")
        lines = f"port={self.port}", "listen_addresses='127.0.0.1'", f"unix_socket_directories='{self._data}'"
        (self._data / "postgresql.conf").open("a").write("\n".join([*lines, "max_connections=200", ""]))
        self._control("start")

    def restart(self) -> None:
        """Restart it: every connection ends, every transaction that was not committed is undone."""
        self._control("-m fast restart")

    def stop(self) -> None:
        """Stop it."""
        if (self._data / "postmaster.pid").exists():
            self._control("-m immediate stop")
