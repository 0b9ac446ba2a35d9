"""What an offer says, and whether a second person approved it as it is."""

from collections.abc import Iterable, Mapping
from typing import Any

from oscar.apps.offer.models import ConditionalOffer

from shop.core.money import to_fen
from shop.sales.models import OfferApproval
from shop.sales.offer_rules import covers


def plain_terms(offer: ConditionalOffer) -> dict[str, Any]:
    """Return what an offer says apart from what its ranges hold, as JSON. No queries once both parts are loaded."""
    condition, benefit = offer.condition, offer.benefit
    return {
        "name": offer.name,
        "type": offer.offer_type,
        "exclusive": offer.exclusive,
        "starts": offer.start_datetime.isoformat() if offer.start_datetime else "",
        "ends": offer.end_datetime.isoformat() if offer.end_datetime else "",
        "most_fen": to_fen(offer.max_discount) if offer.max_discount is not None else None,
        "most_uses": offer.max_global_applications,
        "most_uses_each": offer.max_user_applications,
        "most_uses_basket": offer.max_basket_applications,
        "needs": [condition.type, in_hundredths(condition.value), condition.range_id],
        "gives": [benefit.type, in_hundredths(benefit.value), benefit.range_id, benefit.max_affected_items],
    }


def in_hundredths(value: Any) -> int:
    """Return a number of the library's in hundredths; 0 for none."""
    return to_fen(value) if value is not None else 0


def last_approvals(ids: Iterable[int]) -> dict[int, OfferApproval]:
    """Return the word that a second person gave last on each of these offers. One query."""
    rows = OfferApproval.objects.filter(offer_id__in=list(ids), approved_at__isnull=False)
    return {each.offer_id: each for each in rows.order_by("approved_at", "pk")}


def was_approved(offer: ConditionalOffer, approvals: Mapping[int, OfferApproval]) -> bool:
    """Tell whether an offer takes off no more than was approved, apart from what its ranges hold."""
    last = approvals.get(offer.pk)
    return last is not None and covers({"offer": last.terms["offer"]}, {"offer": plain_terms(offer)})
