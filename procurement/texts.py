"""Texts in the reader's language, and years as units count them."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language


def words(zh: str, en: str) -> str:
    """Return the English for readers of English where there is some, else the Chinese."""
    return en if en and get_language() == "en" else zh


def name_of(thing: Any) -> str:
    """Return the name of an organisation in the reader's language."""
    return words(thing.name_zh, thing.name_en)


def year_of(at: datetime) -> int:
    """Return the year that a moment belongs to, on the units' clocks."""
    return timezone.localtime(at).year
