"""Reading divisions."""

from collections.abc import Iterable

from django.utils.translation import get_language

from shop.core.models import Division
from shop.core.prepared import Prepared

# Without a parent: there is an index of those, not of levels.
_PROVINCES = Prepared(lambda: Division.objects.filter(parent=None, level=Division.Level.PROVINCE).order_by("code"))
_CHILDREN = Prepared(lambda code: Division.objects.filter(parent_id=code).order_by("code"))
_ONE = Prepared(lambda code: Division.objects.filter(pk=code))


def provinces() -> list[Division]:
    """Return the provinces by code. One query."""
    return _PROVINCES()


def children(code: str) -> list[Division]:
    """Return what lies directly in the division `code`, by code; nothing for an unknown one. One query."""
    return _CHILDREN(code)


def division(code: str) -> Division | None:
    """Return the division `code`, or None."""
    return next(iter(_ONE(code)), None)


def counties(codes: Iterable[str]) -> dict[str, Division]:
    """Return the counties among `codes`, by code. One query."""
    return Division.objects.filter(level=Division.Level.COUNTY).in_bulk(set(codes))


def name(row: Division) -> str:
    """Return the division's name in the reader's language; Chinese where there is no other."""
    return row.name_en if get_language() == "en" and row.name_en else row.name_zh


def full_name(row: Division) -> str:
    """Return the name with everything above it, in the reader's language (广东省梅州市梅县区)."""
    if get_language() == "en" and row.full_name_en:
        return row.full_name_en
    return row.full_name_zh or row.name_zh
