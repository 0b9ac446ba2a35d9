"""A deep offer of the platform's runs only with an end and a budget, and once a second person approved its terms.

Locks: the offer.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from oscar.apps.offer.models import Benefit, Condition, ConditionalOffer

from shop.core import audit
from shop.core.errors import NotAllowed
from shop.core.money import to_fen
from shop.sales.errors import WrongState
from shop.sales.models import OfferApproval, OfferFunding, deep_percent
from shop.sales.offer_rules import is_deep
from shop.sales.offers import GIVES, NEEDS
from shop.sales.queries.funding import terms_now


def is_deep_offer(condition: Condition, benefit: Benefit, at: datetime) -> bool:
    """Tell whether an offer with these parts is deep by the bounds in force. One query."""
    if condition.type not in NEEDS or benefit.type not in GIVES:
        return True
    needs = NEEDS[condition.type]
    hundredths = to_fen(condition.value) if condition.value is not None else 0
    return is_deep(
        gives=GIVES[benefit.type],
        value=to_fen(benefit.value) if benefit.value is not None else 0,
        needs=needs,
        threshold=hundredths if needs == NEEDS[Condition.VALUE] else hundredths // 100,
        percent=deep_percent(timezone.localdate(at)),
    )


def hold_if_deep(*, offer_id: int, actor: Any, at: datetime) -> OfferApproval | None:
    """Suspend an open, deep offer that the platform pays for until a second person approves these terms.

    Called whenever an offer or a part of it may have changed. Return what waits, None where nothing has to.
    """
    with transaction.atomic():
        offer = _locked(offer_id)
        approvals = OfferApproval.objects.filter(offer=offer)
        if _is_suppliers(offer) or not is_deep_offer(offer.condition, offer.benefit, at):
            approvals.filter(approved_at__isnull=True).delete()
            return None
        terms = terms_now(offer)
        waits = approvals.filter(approved_at__isnull=True).first()
        if offer.status != ConditionalOffer.OPEN:
            if waits is not None and waits.terms != terms:
                _ask(waits, terms, actor, at)
            return waits
        is_bounded = offer.end_datetime is not None and offer.max_discount is not None
        # The word that was given last counts: terms that were left since need it again.
        last = approvals.filter(approved_at__isnull=False).order_by("-approved_at", "-pk").first()
        if is_bounded and last is not None and last.terms == terms:
            return None
        ConditionalOffer.objects.filter(pk=offer.pk).update(status=ConditionalOffer.SUSPENDED)
        waits = _ask(waits or OfferApproval(offer=offer), terms, actor, at)
        audit.record(action="deep_offer_held", object_kind="offer", object_id=offer.pk, actor=actor, at=at)
        return waits


def approve_offer(*, offer_id: int, actor: Any, at: datetime) -> None:
    """Approve the terms of a deep offer, as another person than who set them; it is open from now on.

    Raises NotAllowed for who set them, WrongState where nothing waits, the terms were changed, or end or budget lack.
    """
    with transaction.atomic():
        offer = _locked(offer_id)
        waits = OfferApproval.objects.filter(offer=offer, approved_at__isnull=True).first()
        if waits is None or waits.terms != terms_now(offer):
            raise WrongState(_("This offer does not wait for a second person."), code="nothing_waits")
        if waits.asked_by_id == actor.pk:
            raise NotAllowed(_("You set these terms yourself: a second person approves them."), code="own_offer")
        if offer.end_datetime is None or offer.max_discount is None:
            raise WrongState(_("A deep offer needs an end and a budget first."), code="offer_unbounded")
        waits.approved_by_id, waits.approved_at = actor.pk, at
        waits.save(update_fields=["approved_by_id", "approved_at"])
        ConditionalOffer.objects.filter(pk=offer.pk).update(status=ConditionalOffer.OPEN)
        audit.record(
            action="deep_offer_approved", object_kind="offer", object_id=offer.pk, actor=actor, at=at,
            asked_by=waits.asked_by_id,
        )  # fmt: skip


def _locked(offer_id: int) -> ConditionalOffer:
    rows = ConditionalOffer.objects.select_for_update(of=("self",)).select_related("condition", "benefit")
    return rows.get(pk=offer_id)


def _is_suppliers(offer: ConditionalOffer) -> bool:
    return OfferFunding.objects.filter(offer=offer, funded_by=OfferFunding.FundedBy.SUPPLIER).exists()


def _ask(waits: OfferApproval, terms: dict[str, Any], actor: Any, at: datetime) -> OfferApproval:
    waits.terms, waits.asked_by_id, waits.asked_at = terms, getattr(actor, "pk", None), at
    waits.save()
    return waits
