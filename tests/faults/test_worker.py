"""The real worker, killed in the middle of an effect, and its broker's messages lost: every effect happens once."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from shop.core import outbox
from shop.core.models import AuditEntry, OutboxEntry

PATIENCE_SECONDS = 60


def wait_for(what: Callable[[], bool]) -> None:
    """Return as soon as `what` holds; fail after PATIENCE_SECONDS."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not what():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.1)


def done(text: str) -> bool:
    return OutboxEntry.objects.filter(args__text=text, done_at__isnull=False).exists()


StartWorker = Callable[[], subprocess.Popen[bytes]]


@pytest.fixture
def var(tmp_path: Path) -> Path:
    return tmp_path / "var"


@pytest.fixture
def start_worker(real_db: str, var: Path) -> Iterator[StartWorker]:
    running = []

    def start() -> subprocess.Popen[bytes]:
        celery = [
            "-m",
            "celery",
            "-A",
            "tests.faults.worker",
            "worker",
            "--beat",
            "--pool",
            "solo",
            "--loglevel",
            "error",
        ]
        celery += ["--schedule", str(var / "beat"), "--without-mingle", "--without-gossip"]
        environment = {**os.environ, "DATABASE_URL": real_db, "VAR_DIR": str(var)}
        # A group of its own: a worker that is killed leaves the process behind that runs its beat.
        command = [sys.executable, *celery]
        running.append(subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, start_new_session=True))
        return running[-1]

    yield start
    for process in running:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    wait_for(lambda: not left_of({process.pid for process in running}))


def left_of(groups: set[int]) -> list[str]:
    """Return the processes of these groups that still run; what is only not buried yet does not."""
    listed = subprocess.run(["ps", "-A", "-o", "pgid=,stat=,args="], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in listed.splitlines()]
    return [row[-1] for row in rows if int(row[0]) in groups and not row[1].startswith("Z")]


def test_a_killed_worker_and_a_lost_broker_delay_an_effect_and_lose_none(
    start_worker: StartWorker, var: Path, tmp_path: Path
) -> None:
    died = tmp_path / "died"
    outbox.enqueue(task="faults.note", args={"text": "killed", "deadly_until": str(died)}, at=timezone.now())
    first = start_worker()
    wait_for(lambda: first.poll() is not None)
    assert died.exists()
    assert AuditEntry.objects.filter(action="faults.note").count() == 0  # what it had begun is taken back
    assert not done("killed")

    shutil.rmtree(var / "broker")  # and whatever the broker still held is lost with it
    outbox.enqueue(task="faults.note", args={"text": "broker lost"}, at=timezone.now())
    start_worker()
    wait_for(lambda: done("killed") and done("broker lost"))
    assert sorted(AuditEntry.objects.filter(action="faults.note").values_list("object_id", flat=True)) == [
        "broker lost",
        "killed",
    ]
