"""What an offer of the library's gives for what, in the rules' words, and what a word on another has seen of it."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from oscar.apps.offer.models import Benefit, Condition

from shop.sales.approved import in_hundredths
from shop.sales.offer_rules import part_off
from shop.sales.reducing import Gives, Needs

NEEDS = {Condition.VALUE: Needs.VALUE, Condition.COUNT: Needs.PIECES, Condition.COVERAGE: Needs.KINDS}
GIVES = {
    Benefit.PERCENTAGE: Gives.PERCENT,
    Benefit.FIXED: Gives.FIXED,
    Benefit.FIXED_UNIT: Gives.PER_PIECE,
    Benefit.MULTIBUY: Gives.CHEAPEST,
}
# Where an approval's terms keep the offers that stood beside it.
WITH = "with"


def part_of(condition: Condition, benefit: Benefit) -> Fraction:
    """Return the part of the goods' price that an offer with these parts may take off. No queries."""
    if condition.type not in NEEDS or benefit.type not in GIVES:
        return Fraction(1)
    needs, gives = NEEDS[condition.type], GIVES[benefit.type]
    if gives == Gives.CHEAPEST and condition.range_id != benefit.range_id:
        # What is free may be dearer than all that is counted for it.
        return Fraction(1)
    hundredths = in_hundredths(condition.value)
    return part_off(
        gives=gives,
        value=in_hundredths(benefit.value),
        needs=needs,
        threshold=hundredths if needs == Needs.VALUE else hundredths // 100,
    )


def seen_in(terms: Mapping[str, Any]) -> dict[int, Mapping[str, Any]]:
    """Return the offers that stood beside one when its `terms` were approved, and all that they said then.

    A word that was given when no more was kept than what their parts said covers none of them.
    """
    return {int(pk): said for pk, said in terms.get(WITH, {}).items() if isinstance(said, dict)}
