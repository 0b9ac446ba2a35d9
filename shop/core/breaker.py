"""A circuit breaker: who asked a helper in vain does not ask again at once, so that its outage costs once, not always.

One for each helper and process. While it is open the caller does without; from time to time one caller tries again.
"""

import logging
import threading
import time
from collections.abc import Callable

logger = logging.getLogger(__name__)

FIRST_SECONDS = 0.25
LONGEST_SECONDS = 5.0


class Breaker:
    """Whether a helper may be asked now. Waits twice as long after each failure, up to LONGEST_SECONDS."""

    def __init__(self, name: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._name = name
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._next_try = 0.0

    @property
    def is_open(self) -> bool:
        """Whether the helper did not answer when it was asked last."""
        return self._failures > 0

    def may_try(self) -> bool:
        """Tell whether to ask the helper now: always while it answers, else one caller each time the wait is over."""
        if not self._failures:
            return True
        with self._lock:
            now = self._clock()
            if now < self._next_try:
                return False
            # Whoever comes next meanwhile does without: one waits for a helper that hangs, not all.
            self._next_try = now + self._wait()
            return True

    def failed(self, error: BaseException) -> None:
        """Note that the helper did not answer. Said in the log once for each outage."""
        with self._lock:
            if not self._failures:
                logger.warning("%s does not answer (%s): doing without it", self._name, type(error).__name__)
            self._failures += 1
            self._next_try = self._clock() + self._wait()

    def succeeded(self) -> None:
        """Note that the helper answered."""
        if self._failures:
            with self._lock:
                self._failures = 0
            logger.warning("%s answers again", self._name)

    def _wait(self) -> float:
        return min(FIRST_SECONDS * 2.0 ** min(self._failures - 1, 10), LONGEST_SECONDS)
