"""The last line of the bounds of offers: what the platform's offers take off together without a second person's word.

Which offers wait is decided when they are saved or opened (`operations.offer_bounds`). Whatever that overlooks - a range
that came to hold another's goods, a bound that was lowered - ends in the price of the basket.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.utils import timezone
from oscar.apps.offer.models import ConditionalOffer

from shop.sales import combining
from shop.sales.approved import last_approvals, plain_terms, was_approved
from shop.sales.combining import Approved, Combination, Goods, Terms
from shop.sales.models import OfferApproval, deep_percent
from shop.sales.offer_parts import part_of, seen_in
from shop.sales.offer_rules import WHOLE_PERCENT, covers, most_off


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the platform's offers may take off `goods` without a word (`most`), and what has one; None where all may."""

    goods: Sequence[Goods]
    most: int | None = None
    approved: Approved | None = None

    def best(self, offers: Sequence[Terms]) -> Combination:
        """Return the combination that saves most: as it was approved, or within the bound as if nothing were.

        With the second way one more piece never makes a basket dearer: offers that kept within the bound may do so with
        more of the goods too.
        """
        found = combining.best(offers, self.goods, self.most, self.approved)
        if self.approved is None or not any(offer.part is not None and not offer.is_bounded for offer in offers):
            return found
        bounded = [replace(offer, is_bounded=offer.part is not None) for offer in offers]
        within = combining.best(bounded, self.goods, self.most)
        return within if within.saved > found.saved else found


def bound(
    offers: Sequence[tuple[ConditionalOffer, Terms]], goods: Sequence[Goods], at: datetime
) -> tuple[Bounds, dict[int, Terms]]:
    """Return the bounds for the platform's `offers`, and the terms of those that are bounded by them, by offer.

    A query where any of them is on, a second where they would take off too much.
    """
    start = combining.nothing_taken(goods)
    alone = [(offer, terms, combining.take(terms, start, goods)) for offer, terms in offers]
    taking = [(offer, terms, found.saved) for offer, terms, found in alone if found is not None]
    if not taking:
        return Bounds(goods), {}
    percent = deep_percent(timezone.localdate(at))
    most = most_off(sum(line.fen for line in goods), percent)
    if sum(saved for _offer, _terms, saved in taking) <= most:
        return Bounds(goods), {}
    approvals = last_approvals([offer.pk for offer, _terms, _saved in taking])
    approved = {offer.pk for offer, _terms, _saved in taking if was_approved(offer, approvals)}
    now = {offer.pk: {"offer": plain_terms(offer)} for offer, _terms, _saved in taking}
    sets = tuple(frozenset({pk, *_seen(approvals[pk], now)}) for pk in approved)
    bounded = {
        offer.pk: replace(
            terms, part=part_of(offer.condition, offer.benefit), is_bounded=offer.pk not in approved
        )
        for offer, terms, _saved in taking
    }  # fmt: skip
    return Bounds(goods, most, Approved(Fraction(percent, WHOLE_PERCENT), sets)), bounded


def _seen(word: OfferApproval, now: Mapping[int, Mapping[str, Any]]) -> list[int]:
    """Return those of the offers of `now` that a word covers beside its own."""
    return [pk for pk, terms in seen_in(word.terms).items() if pk in now and covers(terms, now[pk])]
