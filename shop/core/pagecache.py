"""What a change must say so that nobody reads yesterday's page: one word, shared by the processes of a machine.

Anonymous visitors' pages are kept for seconds by `shop.config.pagecache`. `bump` makes every process forget them.
"""

import secrets
import time
from pathlib import Path

from django.conf import settings
from django.db import transaction

CHECK_SECONDS = 1.0


def _word_file() -> Path:
    return Path(settings.VAR_DIR) / "pages.generation"


def bump() -> None:
    """Make all kept pages stale, within a second, in every process of this machine.

    Call it inside the transaction that changed what pages show: it takes effect after the commit, and not at all
    when that is rolled back. Other machines follow when their pages' time is over (PAGE_CACHE_SECONDS).
    """
    transaction.on_commit(_write_word)


def _write_word() -> None:
    target = _word_file()
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f"{target.name}.{secrets.token_hex(4)}")
    fresh.write_text(secrets.token_hex(8))
    # Replaced, never rewritten: a reader sees the old word or the new one.
    fresh.replace(target)


class Generation:
    """The current word, read from the file at most once in `check_seconds`."""

    def __init__(self, check_seconds: float = CHECK_SECONDS) -> None:
        self._check_seconds = check_seconds
        self._word = ""
        self._read_at = float("-inf")

    def now(self) -> str:
        """Return the word. It may be up to `check_seconds` old: what is stored under it is then dropped, never kept."""
        now = time.monotonic()
        if now - self._read_at >= self._check_seconds:
            self._read_at = now
            try:
                self._word = _word_file().read_text()
            except FileNotFoundError:
                self._word = ""
        return self._word
