"""The shop's worker with a handler that dies in the middle of its first run: `celery -A tests.faults.worker worker`."""

import os
import signal
from datetime import datetime
from pathlib import Path

import django

from shop.config.celery import app  # noqa: F401 (Celery looks for it here)

django.setup()

from shop.core import audit, outbox  # noqa: E402 (models need Django to be set up)


@outbox.register("faults.note")
def note(*, text: str, at: datetime, deadly_until: str = "") -> None:
    audit.record(actor=None, action="faults.note", object_kind="test", object_id=text, at=at)
    if deadly_until and not Path(deadly_until).exists():
        Path(deadly_until).touch()
        os.kill(os.getpid(), signal.SIGKILL)
