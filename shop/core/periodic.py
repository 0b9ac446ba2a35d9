"""Work that comes round: each package registers its own, the worker's beat runs what is due."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

logger = logging.getLogger(__name__)

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
    """Run the jobs whose time has come in this process; return those that succeeded. The first call runs each.

    One that fails is logged, keeps none of the others from running, and comes round again at its next time.
    """
    ran = []
    for name, entry in _jobs.items():
        if entry.due is None or entry.due <= at:
            entry.due = at + entry.every
            try:
                entry.job(at=at)
            except Exception:
                logger.exception("periodic %s failed", name)
            else:
                ran.append(name)
    return ran
