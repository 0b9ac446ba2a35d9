"""Which policy holds for a region and a year."""

from procurement.models import QuotaPolicy
from shop.core.prepared import Prepared

_policies = Prepared(
    lambda regions, year: QuotaPolicy.objects.filter(region_code__in=regions, from_year__lte=year).order_by(
        "region_code", "from_year"
    )
)


def policy_for(region_code: str, year: int) -> QuotaPolicy:
    """Return the policy of the narrowest region that has one for `year`: the latest row that began by then.

    Raises QuotaPolicy.DoesNotExist when not even the country has one. One query.
    """
    regions = {region_code[:length] for length in (0, 2, 4, 6)}
    found: list[QuotaPolicy] = _policies(sorted(regions), year)
    if not found:
        raise QuotaPolicy.DoesNotExist(f"no policy for {region_code!r} in {year}")
    return found[-1]
