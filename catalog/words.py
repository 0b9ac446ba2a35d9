"""Texts of data in the reader's language."""

from typing import Any

from django.utils.translation import get_language


def english() -> bool:
    """Tell whether the reader reads English."""
    return get_language() == "en"


def said(row: Any, name: str) -> str:
    """Return `name` of a row (an object or a mapping) in the reader's language; Chinese where there is no other."""
    get = row.get if isinstance(row, dict) else lambda key: getattr(row, key, "")
    return (english() and get(f"{name}_en")) or get(f"{name}_zh") or ""


def local(path: str) -> str:
    """Return an address of ours in the reader's language."""
    return f"/en{path}" if english() else path


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a plain text, which are parted by blank lines."""
    return [part.strip() for part in text.replace("\r", "").split("\n\n") if part.strip()]
