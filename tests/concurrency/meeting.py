"""Where the racers of a control wait for each other between looking and writing: what they write then is surely stale.

A control that only thinks for a while before it writes goes wrong by luck, and on a busy machine it may go right. With
`RACE_PAUSES` set in the environment, racers pause by chance before and after they meet, as a busy machine has them do: what
a control shows must not hang on that (`make drill`).
"""

import os
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

LONGEST_SECONDS = 60
PAUSE_SECONDS = 0.4


class NobodyCame(AssertionError):
    """Fewer racers looked than were to meet: the control shows nothing."""


def _pause() -> None:
    if os.environ.get("RACE_PAUSES"):
        time.sleep(random.choice([0, 0, PAUSE_SECONDS]))


class Meeting:
    """A place `name` (or what begins with it, before a colon) at which `size` racers of any process meet once."""

    def __init__(self, folder: Path, name: str, size: int = 2) -> None:
        self.folder, self.name, self.size = folder, name, size

    def come(self, name: str) -> None:
        """Wait until so many racers have looked at `name`; who comes later goes on at once. Other names don't matter.

        Raises NobodyCame after a minute.
        """
        if not self.name or f"{name}:".find(f"{self.name}:") != 0:
            return
        _pause()
        met = self.folder / f"met-{name.replace(':', '-')}"
        met.mkdir(parents=True, exist_ok=True)
        (met / f"{os.getpid()}-{threading.get_ident()}").touch()
        until = time.monotonic() + LONGEST_SECONDS
        while len(list(met.iterdir())) < self.size:
            if time.monotonic() > until:
                raise NobodyCame(name)
            time.sleep(0.002)
        _pause()

    def after(self, module: Any, function: str, name: str) -> None:
        """Have everybody who called `function` of `module` come to `name` with what it told them."""
        looked: Callable[..., Any] = getattr(module, function)

        def look(*args: Any, **facts: Any) -> Any:
            found = looked(*args, **facts)
            self.come(name)
            return found

        setattr(module, function, look)
