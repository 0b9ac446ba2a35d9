"""The documented services: each is started again when it ends, by systemd or by deploy/supervise.py."""

import importlib.util
import os
import signal
import time
from pathlib import Path
from types import ModuleType

import pytest
from django.conf import settings

DEPLOY = Path(settings.BASE_DIR) / "deploy"
SERVICES = ("beat", "sockets", "web", "worker")


@pytest.fixture(scope="module")
def supervise() -> ModuleType:
    spec = importlib.util.spec_from_file_location("supervise", DEPLOY / "supervise.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_process_of_the_guide_has_a_unit_that_restarts_for_ever(supervise: ModuleType) -> None:
    units = {path.stem.removeprefix("heqiao-"): path.read_text() for path in DEPLOY.glob("systemd/heqiao-*.service")}
    assert tuple(sorted(units)) == SERVICES
    for name, text in units.items():
        assert {"Restart=always", "RestartSec=1", "StartLimitIntervalSec=0"} <= set(text.splitlines()), name
        assert f"heqiao-{name}.service" in (DEPLOY / "systemd/heqiao.target").read_text()
    assert "--respawn-failed-workers" in units["web"]
    assert "--pidfile=" in units["beat"]


@pytest.mark.parametrize("name", SERVICES)
def test_what_units_say_can_be_run_elsewhere(supervise: ModuleType, monkeypatch, name: str) -> None:
    monkeypatch.setenv("WEB_PORT", "8123")
    service = supervise.Service(name)
    assert service.command[0].startswith(f"{settings.BASE_DIR}/.venv/bin/")
    assert not [word for word in service.command if "$" in word or "/srv/heqiao" in word]
    assert (name == "web") == ("8123" in service.command)
    assert service.environment["VAR_DIR"]


def test_a_service_that_ends_is_started_again_with_nothing_left_of_it(supervise: ModuleType, tmp_path: Path) -> None:
    service = supervise.Service("beat")
    child = tmp_path / "child"
    service.command = ["bash", "-c", f"sleep 300 & echo $! > {child}; wait"]
    service.pause = 0.0
    try:
        assert service.look()
        first = service.process.pid
        while not child.exists() or not child.read_text().strip():
            time.sleep(0.01)
        left = int(child.read_text())
        os.kill(first, signal.SIGKILL)
        service.process.wait()
        assert service.look()
        assert service.process.pid != first
        for _ in range(500):
            status = Path(f"/proc/{left}/status")
            if not status.exists() or "State:\tZ" in status.read_text():
                break
            time.sleep(0.01)
        else:
            pytest.fail("what the first had started goes on")
    finally:
        service.grace = 0.0
        service.process.kill()
        service.stop()
