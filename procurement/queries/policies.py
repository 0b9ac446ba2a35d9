"""Which policy holds for a region and a year."""

from collections.abc import Sequence

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from procurement.errors import NoPolicy
from procurement.models import QuotaPolicy
from procurement.rules.quota import Share, share_fen
from procurement.states import Basis
from shop.core.prepared import Prepared


def policies(regions: Sequence[str], year: int) -> QuerySet[QuotaPolicy]:
    """Return what may hold in `year` for canteens in one of `regions`; the one that does is the last."""
    return _in_force(regions, year).filter(basis=Basis.CANTEEN_FOOD, canteen="")


def _in_force(regions: Sequence[str], year: int) -> QuerySet[QuotaPolicy]:
    rows = QuotaPolicy.objects.filter(region_code__in=regions, from_year__lte=year)
    return rows.filter(Q(until_year=None) | Q(until_year__gte=year)).order_by("region_code", "from_year", "canteen")


_policies = Prepared(policies)


def regions_around(region_code: str) -> list[str]:
    """Return the codes of a region and of all it lies in; "" is the country."""
    return sorted({region_code[:length] for length in (0, 2, 4, 6)})


def policy_for(region_code: str, year: int) -> QuotaPolicy:
    """Return the policy of the narrowest region that has one for `year`: the latest row that began by then.

    Raises NoPolicy when not even the country has one: a row can end with no other after it. One query.
    """
    found: list[QuotaPolicy] = _policies(regions_around(region_code), year)
    if not found:
        raise NoPolicy(
            _(
                "For %(year)d no rule of the reserved share is set for this region. The platform's staff set it in the "
                "back office, under the rules of the reserved share."
            )
            % {"year": year},
            year=year,
        )
    return found[-1]


def union_policies(region_code: str, year: int, canteen: str = "") -> list[QuotaPolicy]:
    """Return the rows about the labour union's money that bind a unit with such a canteen, one for a basis. One query."""
    rows = _in_force(regions_around(region_code), year).exclude(basis=Basis.CANTEEN_FOOD)
    found: dict[str, QuotaPolicy] = {}
    for row in rows:
        if row.canteen in ("", canteen):
            found[row.basis] = row
    return [found[basis] for basis in Basis if basis in found]


def share_of(policy: QuotaPolicy, base_fen: int) -> Share:
    """Return what a policy asks for, of an amount."""
    return Share(policy.basis, base_fen, policy.ratio_bp, share_fen(base_fen, policy.ratio_bp))
