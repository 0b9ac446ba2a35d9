"""A deep offer of the platform's runs only with an end and a budget, and once a second person approved its terms.

Offers that may be used together are judged together: whichever is saved last and makes the set deep waits.

Locks: the offer, then the bounds, one after the other for all who save or approve offers: of two that are opened at the
same moment the later sees the earlier.
"""

from datetime import datetime
from fractions import Fraction
from hmac import compare_digest
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from oscar.apps.offer.models import Benefit, Condition, ConditionalOffer

from shop.core import audit
from shop.sales.errors import TermsChanged
from shop.sales.models import OfferApproval, OfferBounds, OfferFunding, deep_percent
from shop.sales.offer_parts import part_of
from shop.sales.offer_rules import WHOLE_PERCENT, Joining, covers, deep_set, says_the_same
from shop.sales.queries.approving import fingerprint, waiting, with_beside
from shop.sales.queries.funding import terms_now
from shop.sales.queries.joining import joining, open_joining


def is_deep_offer(condition: Condition, benefit: Benefit, at: datetime) -> bool:
    """Tell whether an offer with these parts is deep by the bounds in force. One query."""
    return part_of(condition, benefit) >= _percent(at)


def _percent(at: datetime) -> Fraction:
    return Fraction(deep_percent(timezone.localdate(at)), WHOLE_PERCENT)


def deep_together(one: Joining, at: datetime) -> list[str]:
    """Return the names of the offers that are deep together with `one`; none where no set of them is."""
    if one.is_exclusive:
        return []
    found = deep_set(one, open_joining(at), _percent(at))
    names = ConditionalOffer.objects.filter(pk__in=[each.pk for each in found]).order_by("pk")
    return list(names.values_list("name", flat=True))


def names_beside(*, offer_id: int, at: datetime) -> list[str]:
    """Return the names of the offers with which an offer that waits for a second person is deep."""
    offer = ConditionalOffer.objects.select_related("condition", "benefit").get(pk=offer_id)
    return deep_together(joining([offer])[0], at)


def hold_if_deep(*, offer_id: int, actor: Any, at: datetime) -> OfferApproval | None:
    """Suspend an open, deep offer that the platform pays for until a second person approves these terms.

    Called whenever an offer or a part of it may have changed. Return what waits, None where nothing has to.
    """
    with transaction.atomic():
        offer = _locked(offer_id)
        lock_bounds()
        approvals = OfferApproval.objects.filter(offer=offer)
        is_deep = is_deep_offer(offer.condition, offer.benefit, at)
        is_deep_set = not _is_suppliers(offer) and bool(deep_together(joining([offer])[0], at))
        if _is_suppliers(offer) or not (is_deep or is_deep_set):
            approvals.filter(approved_at__isnull=True).delete()
            return None
        terms = terms_now(offer)
        waits = approvals.filter(approved_at__isnull=True).first()
        if offer.status != ConditionalOffer.OPEN:
            if waits is not None and not says_the_same(waits.terms, terms):
                _ask(waits, terms, actor, at)
            return waits
        is_bounded = offer.end_datetime is not None and offer.max_discount is not None
        # The word that was given last counts, for what it was given on and for whatever takes off no more.
        last = approvals.filter(approved_at__isnull=False).order_by("-approved_at", "-pk").first()
        if is_bounded and not is_deep_set and last is not None and covers(last.terms, terms):
            approvals.filter(approved_at__isnull=True).delete()
            return None
        ConditionalOffer.objects.filter(pk=offer.pk).update(status=ConditionalOffer.SUSPENDED)
        waits = _ask(waits or OfferApproval(offer=offer), terms, actor, at)
        audit.record(action="deep_offer_held", object_kind="offer", object_id=offer.pk, actor=actor, at=at)
        return waits


def approve_offer(*, offer_id: int, seen: str, actor: Any, at: datetime) -> None:
    """Approve the terms of a deep offer, as another person than who set them; it is open from now on.

    `seen` is the fingerprint of what was read (`queries.approving`): the terms, and the offers that it runs beside.
    Raises NotAllowed for who set them, WrongState where nothing waits or end or budget lack, TermsChanged where they
    are not what was seen.
    """
    with transaction.atomic():
        offer = _locked(offer_id)
        lock_bounds()
        waits = waiting(offer, actor)
        # Approved is what it may be used with now, as that is now; whatever is added or changed later is judged anew.
        terms = with_beside(joining([offer])[0], open_joining(at))
        if not compare_digest(seen.encode(), fingerprint(terms).encode()):
            raise TermsChanged(_("The terms were changed meanwhile. Please read them again before you approve them."))
        waits.terms = terms
        waits.approved_by_id, waits.approved_at = actor.pk, at
        waits.save(update_fields=["terms", "approved_by_id", "approved_at"])
        ConditionalOffer.objects.filter(pk=offer.pk).update(status=ConditionalOffer.OPEN)
        audit.record(
            action="deep_offer_approved", object_kind="offer", object_id=offer.pk, actor=actor, at=at,
            asked_by=waits.asked_by_id,
        )  # fmt: skip


def _locked(offer_id: int) -> ConditionalOffer:
    rows = ConditionalOffer.objects.select_for_update(of=("self",)).select_related("condition", "benefit")
    return rows.get(pk=offer_id)


def lock_bounds() -> None:
    """Wait for whoever else opens an offer: what it opens is seen by who comes later."""
    list(OfferBounds.objects.select_for_update().order_by("pk").values_list("pk", flat=True))


def _is_suppliers(offer: ConditionalOffer) -> bool:
    return OfferFunding.objects.filter(offer=offer, funded_by=OfferFunding.FundedBy.SUPPLIER).exists()


def _ask(waits: OfferApproval, terms: dict[str, Any], actor: Any, at: datetime) -> OfferApproval:
    waits.terms, waits.asked_by_id, waits.asked_at = terms, getattr(actor, "pk", None), at
    waits.save()
    return waits
