"""Paste recognition 智能粘贴, with the divisions of the database."""

from django.core.cache import cache

from shop.core.models import Division

from .recognising import Names, ParsedAddress, names_of, recognise

__all__ = ["ParsedAddress", "forget_names", "parse_address"]

CACHE_KEY = "core.division-names"
CACHE_SECONDS = 3600


def _load_names() -> Names:
    rows = cache.get(CACHE_KEY)
    if not rows:
        rows = list(Division.objects.filter(level__lte=Division.Level.COUNTY).values_list("code", "parent", "name_zh"))
        if rows:
            cache.set(CACHE_KEY, rows, CACHE_SECONDS)
    return names_of(rows)


def forget_names() -> None:
    """Read the names anew next time."""
    cache.delete(CACHE_KEY)


def parse_address(text: str) -> ParsedAddress:
    """Recognise name, phone, division, street and postcode in `text`, in any order. Never raises for any text."""
    return recognise(text, _load_names())
