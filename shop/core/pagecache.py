"""What a change must say so that nobody reads yesterday's page: one word, shared by the processes of a machine.

Anonymous visitors' pages are kept for seconds by `shop.config.pagecache`. `bump` makes every process forget them.
"""

import os
import secrets
from pathlib import Path

from django.conf import settings
from django.db import transaction

LONGEST = 64


def _word_file() -> str:
    return f"{settings.VAR_DIR}/pages.generation"


def bump() -> None:
    """Make all kept pages stale in every process of this machine, before whoever made the change is answered.

    Call it inside the transaction that changed what pages show: it takes effect at the commit, and not at all
    when that is rolled back. Other machines follow when their pages' time is over (PAGE_CACHE_SECONDS).
    """
    transaction.on_commit(_write_word)


def _write_word() -> None:
    target = Path(_word_file())
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f"{target.name}.{secrets.token_hex(4)}")
    fresh.write_text(secrets.token_hex(8))
    # Replaced, never rewritten: a reader sees the old word or the new one.
    fresh.replace(target)


class Generation:
    """The current word, read from its file each time: a page made private is not given out once the save answered.

    Three system calls, microseconds beside a kept page's tens; a word remembered here would be older than the save.
    """

    def now(self) -> str:
        """Return the word; empty before the first change."""
        try:
            word = os.open(_word_file(), os.O_RDONLY)
        except FileNotFoundError:
            return ""
        try:
            return os.read(word, LONGEST).decode()
        finally:
            os.close(word)
