"""A real server in a process of its own, on the test's database."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings

START_SECONDS = 120


@dataclass
class Site:
    """A running server."""

    url: str
    var: Path


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("the server did not start")


StartSite = Callable[..., Site]


@pytest.fixture
def start_site(real_db: str, tmp_path: Path) -> Iterator[StartSite]:
    """Yield a function that starts a site on the test's database: `start_site(workers=1, settings=…, env=…)`."""
    running: list[subprocess.Popen[bytes]] = []

    def start(
        *, workers: int = 1, settings_module: str = "shop.config.settings.test", env: dict[str, str] | None = None
    ) -> Site:
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        environment = {
            **os.environ,
            "DATABASE_URL": real_db,
            "DJANGO_SETTINGS_MODULE": settings_module,
            "VAR_DIR": str(tmp_path / "var"),
            "SITE_URL": url,
            **(env or {}),
        }
        command = [sys.executable, "-m", "uvicorn", "shop.config.asgi:application", "--port", str(port)]
        command += ["--log-level", "warning", "--workers", str(workers)]
        process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment)
        running.append(process)
        _wait(process, port)
        return Site(url=url, var=tmp_path / "var")

    yield start
    for process in running:
        process.terminate()
    for process in running:
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
