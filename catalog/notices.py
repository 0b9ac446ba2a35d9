"""Telling suppliers what was decided on their goods: an outbox handler, which may run twice; a message has a key."""

from datetime import datetime

from django.utils.translation import override

from catalog import message_kinds  # noqa: F401  reason: registers the words of these messages
from catalog.models import Certificate, ListingDecision
from catalog.queries import supplier_member_ids
from catalog.states import ProposalKind
from shop.accounts.operations.messages import tell
from shop.core import outbox


@outbox.register("catalog.tell_decided")
def tell_decided(*, decision_id: int, at: datetime) -> None:
    """Tell every member of the supplier."""
    decision = ListingDecision.objects.select_related("proposal__listing").get(pk=decision_id)
    proposal = decision.proposal
    kind, url = "listing_returned", f"/seller/goods/drafts/{proposal.pk}/"
    if decision.approved and proposal.listing is not None:
        kind = "listing_approved" if proposal.kind == ProposalKind.NEW else "listing_changed"
        url = f"/shop/p/{proposal.listing.slug}/"
    params = {
        "name_zh": decision.facts["name_zh"],
        "name_en": decision.facts["name_en"],
        "reason": decision.reason,
    }
    for user_id in supplier_member_ids(proposal.supplier_id):
        tell(user_id=user_id, kind=kind, params=params, url=url, key=f"listing_decided:{decision.pk}:{user_id}", at=at)


@outbox.register("catalog.tell_certificate")
def tell_certificate(*, certificate_id: int, kind: str, reason: str, entry_id: int, at: datetime) -> None:
    """Tell every member of a certificate's holder that it was revoked, or that it holds again (`kind`), and why."""
    row = Certificate.objects.get(pk=certificate_id)
    names = {}
    for language, short in (("zh-hans", "zh"), ("en", "en")):
        with override(language):
            names[f"name_{short}"] = f"{row.get_kind_display()} {row.number}"
    params = {**names, "reason": reason}
    for user_id in supplier_member_ids(row.holder_id):
        tell(user_id=user_id, kind=kind, params=params, url="/seller/goods/", key=f"{kind}:{entry_id}:{user_id}", at=at)
