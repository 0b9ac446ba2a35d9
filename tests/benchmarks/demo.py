"""How long `make demo` takes: the first time on a fresh copy (package caches warm), and the second."""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks import services
from tests.benchmarks.figures import Figure
from tests.benchmarks.load import FailedError

RUNNING = "runs on http"
LIMIT_SECONDS = 600


def starts() -> Iterator[Figure]:
    """Yield the seconds until the site answers: first start, second start."""
    with tempfile.TemporaryDirectory() as folder:
        archive = subprocess.run(["git", "archive", "HEAD"], cwd=services.ROOT, check=True, capture_output=True)
        subprocess.run(["tar", "-x", "-C", folder], input=archive.stdout, check=True)
        yield Figure("first make demo, package caches warm", _start(Path(folder)), "s").judge(at_most=180)
        yield Figure("second make demo", _start(Path(folder)), "s").judge(at_most=10)


def _start(folder: Path) -> float:
    """Start the demo, wait until it says where it runs, stop it; return the seconds."""
    environment = {name: value for name, value in os.environ.items() if name not in ("VAR_DIR", "VIRTUAL_ENV")}
    begun = time.perf_counter()
    process = subprocess.Popen(
        ["make", "demo", f"PORT={services.free_port()}"],
        cwd=folder,
        env={**environment, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    said = []
    try:
        for line in process.stdout or ():
            said.append(line)
            if RUNNING in line:
                return round(time.perf_counter() - begun, 1)
            if time.perf_counter() - begun > LIMIT_SECONDS:
                break
        raise FailedError(f"make demo did not start: {''.join(said[-5:])}")
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
