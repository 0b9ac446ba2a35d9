"""Which policy holds for a region and a year."""

from collections.abc import Sequence

from django.db.models import QuerySet

from procurement.models import QuotaPolicy
from shop.core.prepared import Prepared


def policies(regions: Sequence[str], year: int) -> QuerySet[QuotaPolicy]:
    """Return what may hold in `year` for one of `regions`; the one that does is the last."""
    rows = QuotaPolicy.objects.filter(region_code__in=regions, from_year__lte=year)
    return rows.order_by("region_code", "from_year")


_policies = Prepared(policies)


def regions_around(region_code: str) -> list[str]:
    """Return the codes of a region and of all it lies in; "" is the country."""
    return sorted({region_code[:length] for length in (0, 2, 4, 6)})


def policy_for(region_code: str, year: int) -> QuotaPolicy:
    """Return the policy of the narrowest region that has one for `year`: the latest row that began by then.

    Raises QuotaPolicy.DoesNotExist when not even the country has one. One query.
    """
    found: list[QuotaPolicy] = _policies(regions_around(region_code), year)
    if not found:
        raise QuotaPolicy.DoesNotExist(f"no policy for {region_code!r} in {year}")
    return found[-1]
