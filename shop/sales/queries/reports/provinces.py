"""The provinces that goods come from."""

from django.db.models.functions import Substr

from catalog.queries.trade import supplier_counties
from shop.core.models import Division
from shop.core.regions import name


def provinces_of_origin() -> list[tuple[str, str]]:
    """Return (code, name in the reader's language) of the provinces where suppliers are. One query."""
    codes = supplier_counties().annotate(province=Substr("county_id", 1, 2)).values("province")
    rows = Division.objects.filter(level=Division.Level.PROVINCE, code__in=codes).order_by("code")
    return [(row.code, name(row)) for row in rows]
