"""Which of the platform's offers may be used together, as the rules see them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q
from oscar.apps.offer.models import Benefit, Condition, ConditionalOffer, Range
from oscar.apps.voucher.models import Voucher

from shop.sales.approved import last_approvals, was_approved
from shop.sales.models import OfferFunding
from shop.sales.offer_parts import part_of, seen_in
from shop.sales.offer_rules import Joining
from shop.sales.queries.funding import terms_of


def joining(offers: Iterable[ConditionalOffer]) -> list[Joining]:
    """Return offers, read with their parts, as the rules see them. Ten queries, and some for each range."""
    rows = list(offers)
    ids = [offer.pk for offer in rows]
    named = _pairs(ConditionalOffer.combinations.through, "from_conditionaloffer", "to_conditionaloffer", ids)
    coupons = _pairs(Voucher.offers.through, "conditionaloffer", "voucher", ids)
    approvals, terms = last_approvals(ids), terms_of(rows)
    ranges = {offer.pk: {offer.condition.range_id, offer.benefit.range_id} - {None} for offer in rows}
    held = _products(Range.objects.in_bulk({pk for each in ranges.values() for pk in each}))
    return [
        Joining(
            pk=offer.pk,
            part=part_of(offer.condition, offer.benefit),
            is_exclusive=offer.exclusive,
            named=named.get(offer.pk, frozenset()),
            coupons=coupons.get(offer.pk, frozenset()) if offer.offer_type == ConditionalOffer.VOUCHER else None,
            goods=_all_of(held[pk] for pk in ranges[offer.pk]),
            starts=offer.start_datetime,
            ends=offer.end_datetime,
            terms=terms[offer.pk],
            seen=seen_in(approvals[offer.pk].terms) if was_approved(offer, approvals) else {},
        )
        for offer in rows
    ]


def goods_of(*parts: Condition | Benefit) -> frozenset[int] | None:
    """Return the products that the parts of an offer count or reduce now; None for all."""
    ranges = [part.range for part in parts if part.range is not None]
    found = _products({each.pk: each for each in ranges})
    return _all_of(found[each.pk] for each in ranges)


def _products(ranges: Mapping[int, Range]) -> dict[int, frozenset[int] | None]:
    """Return what each range holds as pricing reads it; None for all products. A few queries for each that names some."""
    return {
        pk: frozenset()
        if each.proxy_class
        else None
        if each.includes_all_products
        else frozenset(each.product_queryset.values_list("pk", flat=True))
        for pk, each in ranges.items()
    }


def _all_of(held: Iterable[frozenset[int] | None]) -> frozenset[int] | None:
    found: frozenset[int] = frozenset()
    for each in held:
        if each is None:
            return None
        found |= each
    return found


def _pairs(through: Any, one: str, other: str, ids: list[int]) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = {}
    for left, right in through.objects.filter(**{f"{one}__in": ids}).values_list(one, other):
        found.setdefault(left, set()).add(right)
    return {pk: frozenset(others) for pk, others in found.items()}


def open_joining(at: datetime) -> list[Joining]:
    """Return the open offers of the platform's that others may be used with, and that have not ended."""
    suppliers = OfferFunding.objects.filter(funded_by=OfferFunding.FundedBy.SUPPLIER)
    rows = ConditionalOffer.objects.filter(
        Q(end_datetime__isnull=True) | Q(end_datetime__gte=at), status=ConditionalOffer.OPEN, exclusive=False
    ).exclude(pk__in=suppliers.values("offer"))
    return joining(rows.select_related("condition", "benefit").order_by("pk"))
