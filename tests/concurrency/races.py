"""Starts the processes of a race together and adds up what they say.

They are forked from one that has loaded the project already: loading it in each would cost more than the race.
"""

import atexit
import contextlib
import json
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from django.conf import settings

PROCESSES = 4
THREADS = 6


def race(
    name: str,
    *,
    database_url: str,
    folder: Path,
    attempts: int,
    lock: bool = True,
    meet: str = "",
    size: int = 2,
    processes: int = PROCESSES,
    threads: int = THREADS,
    **facts: Any,
) -> Counter[str]:
    """Run `attempts` attempts of race `name`, spread over processes and threads, from one start; return outcomes.

    The control of a race (`lock=False`) says at what its racers `meet` between looking and writing, `size` of them, so
    that it goes wrong by construction (see `unlocked`).
    """
    folder.mkdir(parents=True, exist_ok=True)
    start = folder / "start"
    jobs = []
    for index in range(processes):
        job = {
            "race": name,
            "numbers": list(range(index, attempts, processes)),
            "threads": threads,
            "lock": lock,
            "meet": meet,
            "size": size,
            "folder": str(folder),
            "ready": str(folder / f"ready-{index}"),
            "outcomes": str(folder / f"outcomes-{index}.json"),
            "start": str(start),
            "prefix": folder.name,
            **facts,
        }
        path = folder / f"job-{index}.json"
        path.write_text(json.dumps(job))
        jobs.append(job | {"path": str(path)})
    nursery = _nursery(database_url)
    assert nursery.stdin is not None
    assert nursery.stdout is not None
    print(json.dumps([job["path"] for job in jobs]), file=nursery.stdin, flush=True)
    while not all(Path(job["ready"]).exists() for job in jobs):
        # Those that fell before they were ready are told of below.
        if nursery.poll() is not None or any(Path(f"{job['path']}.fell").exists() for job in jobs):
            break
        time.sleep(0.01)
    start.touch()
    assert json.loads(nursery.stdout.readline()) == [0] * processes
    total: Counter[str] = Counter()
    for job in jobs:
        total.update(json.loads(Path(job["outcomes"]).read_text()))
    return total


_nurseries: dict[str, subprocess.Popen[str]] = {}


def _nursery(database_url: str) -> subprocess.Popen[str]:
    """Return the process that forks racers before this database, started with the first race."""
    known = _nurseries.get(database_url)
    if known is None or known.poll() is not None:
        known = _nurseries[database_url] = subprocess.Popen(
            [sys.executable, "-m", "tests.concurrency.worker"],
            cwd=settings.BASE_DIR,
            env={**os.environ, "DATABASE_URL": database_url, "DJANGO_SETTINGS_MODULE": "shop.config.settings.test"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
    return known


@atexit.register
def close_nurseries() -> None:
    """End the processes that racers are forked from."""
    for nursery in _nurseries.values():
        with contextlib.suppress(OSError):
            nursery.communicate(timeout=10)
