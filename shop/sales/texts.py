"""Texts that are kept in two languages, in the language of whoever reads."""

from collections.abc import Iterable

from django.core.files.storage import default_storage
from django.utils.translation import get_language


def in_reader_language(zh: str, en: str) -> str:
    """Return the English text for readers of English if there is one, else the Chinese."""
    return en if en and get_language() == "en" else zh


def thumb_url(picture_key: str, width: int = 240) -> str:
    """Return the address of a picture's rendition; "" without a picture."""
    return default_storage.url(f"{picture_key}-{width}.webp") if picture_key else ""


def listed(names: Iterable[str]) -> str:
    """Return names as a list, as the reader's language writes it."""
    return (", " if get_language() == "en" else "、").join(names)


def quoted(names: Iterable[str]) -> str:
    """Return names as a list in quotation marks, as the reader's language writes it."""
    return (", " if get_language() == "en" else "").join(f"“{name}”" for name in names)
