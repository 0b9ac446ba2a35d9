"""What a second person reads before approving deep offers: their terms, and the fingerprint that the approval carries."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext as _
from oscar.apps.offer.models import ConditionalOffer

from shop.core.errors import NotAllowed
from shop.sales.approved import last_approvals
from shop.sales.errors import WrongState
from shop.sales.models import OfferApproval, OfferFunding
from shop.sales.offer_parts import WITH, seen_in
from shop.sales.offer_rules import Joining, covers, says_the_same
from shop.sales.offer_words import PlatformWords, describe_own
from shop.sales.queries.funding import terms_now
from shop.sales.queries.joining import joining, open_joining


@dataclass(frozen=True)
class Sheet:
    """The terms of one offer that waits, in words, with those of the offers that it would run beside."""

    offer_id: int
    words: PlatformWords
    beside: list[PlatformWords]
    seen: str


def fingerprint(terms: dict[str, Any]) -> str:
    """Return what stands for terms that were read: other terms have another."""
    return sha256(json.dumps(terms, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def with_beside(own: Joining, others: Collection[Joining]) -> dict[str, Any]:
    """Return what an approval keeps: an offer's terms, and those of `others` that it may be used with."""
    return dict(own.terms) | {WITH: {str(each.pk): each.terms for each in others if own.joins(each)}}


def waiting(offer: ConditionalOffer, actor: Any) -> OfferApproval:
    """Return what waits for a second person's word on an offer, read with its parts.

    Raises WrongState where nothing waits, the terms were changed past every form, or end or budget lack; NotAllowed
    for who set them.
    """
    waits = OfferApproval.objects.filter(offer=offer, approved_at__isnull=True).first()
    if waits is None and offer.status == ConditionalOffer.OPEN and offer.pk in last_approvals([offer.pk]):
        raise WrongState(_("This offer is approved already: it is open."), code="approved_already")
    if waits is None or not says_the_same(waits.terms, terms_now(offer)):
        raise WrongState(_("This offer does not wait for a second person."), code="nothing_waits")
    if waits.asked_by_id == actor.pk:
        raise NotAllowed(_("You set these terms yourself: a second person approves them."), code="own_offer")
    if offer.end_datetime is None or offer.max_discount is None:
        raise WrongState(_("A deep offer needs an end and a budget first."), code="offer_unbounded")
    return waits


def is_raised_within_word(offer_id: int, before: Mapping[str, Any]) -> bool:
    """Tell whether an open offer takes off more than `before`, and no more than a second person approved last."""
    offer = ConditionalOffer.objects.select_related("condition", "benefit").get(pk=offer_id)
    last = last_approvals([offer_id]).get(offer_id)
    is_suppliers = OfferFunding.objects.filter(offer=offer, supplier__isnull=False).exists()
    if last is None or is_suppliers or offer.status != ConditionalOffer.OPEN:
        return False
    now = terms_now(offer)
    return not covers(before, now) and covers(last.terms, now)


def sheets(offers: Sequence[ConditionalOffer], at: datetime) -> list[Sheet]:
    """Return what is to be read of offers that wait, read with their parts, in the order of their approval.

    Each would run beside those that are open, and beside those of `offers` that are approved before it.
    """
    beside = open_joining(at)
    found = []
    for own in joining(offers):
        terms = with_beside(own, sorted(beside, key=lambda each: each.pk or 0))
        others = [describe_own(said) for said in seen_in(terms).values()]
        found.append(Sheet(own.pk or 0, describe_own(terms), others, fingerprint(terms)))
        beside.append(own)
    return found
