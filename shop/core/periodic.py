"""Work that comes round: each package registers its own, the worker's beat runs what is due."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

Job = Callable[..., Any]


@dataclass
class _Entry:
    every: timedelta
    job: Job
    due: datetime | None = None


_jobs: dict[str, _Entry] = {}


def every(name: str, *, seconds: int) -> Callable[[Job], Job]:
    """Run the decorated function about every `seconds`, with `at` as keyword. It must bear running twice."""

    def add(job: Job) -> Job:
        _jobs[name] = _Entry(every=timedelta(seconds=seconds), job=job)
        return job

    return add


def run_due(*, at: datetime) -> list[str]:
    """Run the jobs whose time has come in this process; return their names. The first call runs each."""
    ran = []
    for name, entry in _jobs.items():
        if entry.due is None or entry.due <= at:
            entry.due = at + entry.every
            entry.job(at=at)
            ran.append(name)
    return ran
