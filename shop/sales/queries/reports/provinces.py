"""The provinces that goods come from."""

from django.core.cache import cache
from django.db.models.functions import Substr

from catalog.queries.trade import supplier_counties
from shop.core.models import Division
from shop.sales.texts import in_reader_language

KEY, SECONDS = "reports:provinces", 300


def provinces_of_origin() -> list[tuple[str, str]]:
    """Return (code, name in the reader's language) of the provinces where suppliers are. One query in five minutes."""
    rows = cache.get_or_set(KEY, _asked, SECONDS)
    return [(code, in_reader_language(zh, en)) for code, zh, en in rows or ()]


def _asked() -> list[tuple[str, str, str]]:
    codes = supplier_counties().annotate(province=Substr("county_id", 1, 2)).values("province")
    rows = Division.objects.filter(level=Division.Level.PROVINCE, code__in=codes).order_by("code")
    return list(rows.values_list("code", "name_zh", "name_en"))
