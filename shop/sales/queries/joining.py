"""Which of the platform's offers may be used together, as the rules see them."""

from collections.abc import Iterable
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.db.models import Q
from oscar.apps.offer.models import Benefit, Condition, ConditionalOffer
from oscar.apps.voucher.models import Voucher

from shop.sales.approved import in_hundredths, last_approvals, was_approved
from shop.sales.models import OfferFunding
from shop.sales.offer_rules import Joining, part_off
from shop.sales.offers import GIVES, NEEDS
from shop.sales.reducing import Gives, Needs

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


def joining(offers: Iterable[ConditionalOffer]) -> list[Joining]:
    """Return offers, read with their parts, as the rules see them. Three queries."""
    rows = list(offers)
    ids = [offer.pk for offer in rows]
    named = _pairs(ConditionalOffer.combinations.through, "from_conditionaloffer", "to_conditionaloffer", ids)
    coupons = _pairs(Voucher.offers.through, "conditionaloffer", "voucher", ids)
    approvals = last_approvals(ids)
    return [
        Joining(
            pk=offer.pk,
            part=part_of(offer.condition, offer.benefit),
            is_exclusive=offer.exclusive,
            named=named.get(offer.pk, frozenset()),
            coupons=coupons.get(offer.pk, frozenset()) if offer.offer_type == ConditionalOffer.VOUCHER else None,
            starts=offer.start_datetime,
            ends=offer.end_datetime,
            said=said_of(offer.condition, offer.benefit),
            seen=_seen(approvals[offer.pk].terms) if was_approved(offer, approvals) else frozenset(),
        )
        for offer in rows
    ]


def said_of(condition: Condition, benefit: Benefit) -> str:
    """Return what an offer gives for what: who approved another to be used with it has seen these terms."""
    parts = (benefit.type, benefit.value, benefit.range_id, condition.type, condition.value, condition.range_id)
    return "|".join("" if part is None else str(part) for part in parts)


def _seen(terms: dict[str, Any]) -> frozenset[tuple[int | None, str]]:
    return frozenset((int(pk), said) for pk, said in terms.get(WITH, {}).items())


def _pairs(through: Any, one: str, other: str, ids: list[int]) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = {}
    for left, right in through.objects.filter(**{f"{one}__in": ids}).values_list(one, other):
        found.setdefault(left, set()).add(right)
    return {pk: frozenset(others) for pk, others in found.items()}


def open_joining(at: datetime) -> list[Joining]:
    """Return the open offers of the platform's that others may be used with, and that have not ended. Four queries."""
    suppliers = OfferFunding.objects.filter(funded_by=OfferFunding.FundedBy.SUPPLIER)
    rows = ConditionalOffer.objects.filter(
        Q(end_datetime__isnull=True) | Q(end_datetime__gte=at), status=ConditionalOffer.OPEN, exclusive=False
    ).exclude(pk__in=suppliers.values("offer"))
    return joining(rows.select_related("condition", "benefit").order_by("pk"))
