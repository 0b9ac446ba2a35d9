"""Paste recognition 智能粘贴, with the divisions of the database."""

from functools import lru_cache
from typing import cast

from django.core.cache import cache

from shop.core.models import Division

from .recognising import Names, ParsedAddress, names_of, recognise

__all__ = ["ParsedAddress", "forget_names", "parse_address"]

CACHE_KEY = "core.division-names-2"
CACHE_SECONDS = 3600


Row = tuple[str, str | None, str, str]


@lru_cache(maxsize=2)
def _names_of(rows: tuple[Row, ...]) -> Names:
    return names_of(rows)


def _load_names() -> Names:
    rows = cache.get(CACHE_KEY)
    if not rows:
        divisions = Division.objects.filter(level__lte=Division.Level.COUNTY).order_by("code")
        rows = tuple(divisions.values_list("code", "parent", "name_zh", "name_en"))
        if rows:
            cache.set(CACHE_KEY, rows, CACHE_SECONDS)
    return _names_of(cast("tuple[Row, ...]", rows))


def forget_names() -> None:
    """Read the names anew next time."""
    cache.delete(CACHE_KEY)


def parse_address(text: str) -> ParsedAddress:
    """Recognise name, phone, division, street and postcode in `text`, in any order. Never raises for any text."""
    return recognise(text, _load_names())
