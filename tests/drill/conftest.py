"""Drills say what they promise and how it went, one line each."""

from collections.abc import Callable

import pytest
from django.db import connection

Say = Callable[[str], None]


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """Print a promise's line past pytest's capture."""

    def line(text: str) -> None:
        with capsys.disabled():
            print(f"[{connection.vendor}] {text}", flush=True)

    return line
