"""Starts the processes of a race together and adds up what they say."""

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
    processes: int = PROCESSES,
    threads: int = THREADS,
    **facts: Any,
) -> Counter[str]:
    """Run `attempts` attempts of race `name`, spread over processes and threads, from one start; return outcomes."""
    folder.mkdir(parents=True, exist_ok=True)
    start = folder / "start"
    children = []
    for index in range(processes):
        job = {
            "race": name,
            "numbers": list(range(index, attempts, processes)),
            "threads": threads,
            "lock": lock,
            "ready": str(folder / f"ready-{index}"),
            "start": str(start),
            "prefix": folder.name,
            **facts,
        }
        path = folder / f"job-{index}.json"
        path.write_text(json.dumps(job))
        children.append(
            subprocess.Popen(
                [sys.executable, "-m", "tests.concurrency.worker", str(path)],
                cwd=settings.BASE_DIR,
                env={**os.environ, "DATABASE_URL": database_url, "DJANGO_SETTINGS_MODULE": "shop.config.settings.test"},
                stdout=subprocess.PIPE,
                text=True,
            )
        )
    while not all((folder / f"ready-{index}").exists() for index in range(processes)):
        if any(child.poll() is not None for child in children):
            break
        time.sleep(0.01)
    start.touch()
    total: Counter[str] = Counter()
    for child in children:
        output, _ = child.communicate(timeout=180)
        assert child.returncode == 0
        total.update(json.loads(output.splitlines()[-1]))
    return total
