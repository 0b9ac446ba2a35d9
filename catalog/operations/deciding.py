"""Reviewing what suppliers propose: one decision on exactly the version that was read, signed, never edited."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.errors import ChangedSince, OwnGoods, UnknownProposal, WrongStep
from catalog.models import ListingDecision, ListingProposal, ProposalPicture
from catalog.operations.applying import change_listing, list_new
from catalog.operations.proposing import missing, move, refuse
from catalog.queries.proposal_review import Divisions, in_divisions
from catalog.queries.proposals import complete_facts, facts_of_listing
from catalog.rules.proposed import ProposedListing, to_json
from catalog.states import ProposalKind, ProposalState
from shop.accounts.queries import reviewed_divisions
from shop.core import outbox
from shop.core.errors import InvalidInput, NotAllowed

LONGEST_REASON = 300
REVIEWERS = "catalog.review_admissions"


def decide_proposal(
    *, proposal_id: int, version: int, approve: bool, actor: Any, at: datetime, reason: str = ""
) -> ListingDecision:
    """Approve a proposal, which lists or changes the product at once, or return it with a reason.

    Raises NotAllowed for others than reviewers, OwnGoods for a member of the supplier, UnknownProposal (also for one
    of a county that the reviewer does not look at), ChangedSince for another version than the one that was read, WrongStep when it does not wait (somebody was first, or it was
    taken back), InvalidInput on field `reason`, Unfit when it may not be sold so any more (its certificate ended).
    Locks: proposal, then listing. Stock pools are not touched.
    """
    reason = reason.strip()
    if not actor.has_perm(REVIEWERS):
        raise NotAllowed(_("Only reviewers decide on this."))
    if len(reason) > LONGEST_REASON:
        raise InvalidInput(_("At most %(most)d characters, please.") % {"most": LONGEST_REASON}, field="reason")
    if not approve and not reason:
        raise InvalidInput(_("Say what has to be changed: the supplier reads it."), field="reason")
    with transaction.atomic():
        proposal = _lock(proposal_id, reviewed_divisions(actor))
        if proposal.version != version:
            raise ChangedSince(_("The supplier changed this since you opened it. Please read it again."))
        if proposal.state != ProposalState.SUBMITTED:
            raise WrongStep(_("This does not wait for a decision any more."))
        if proposal.supplier.organisation.memberships.filter(user_id=actor.pk).exists():
            raise OwnGoods(_("You belong to this supplier: a colleague decides on its goods."))
        facts = complete_facts(proposal)
        if approve:
            refuse(missing(proposal, at))
        decision = _sign(proposal, facts, approve=approve, reason=reason, actor=actor, at=at)
        if approve:
            _apply(proposal, facts, actor, at)
        proposal.decided_at = at
        move(proposal, ProposalState.APPROVED if approve else ProposalState.RETURNED, actor, at)
        outbox.enqueue(
            task="catalog.tell_decided", args={"decision_id": decision.pk}, key=f"listing-decision:{decision.pk}", at=at
        )
    return decision


def _lock(proposal_id: int, divisions: Divisions) -> ListingProposal:
    rows = ListingProposal.objects.select_for_update(of=("self",)).filter(in_divisions(divisions))
    proposal = rows.select_related("supplier__organisation", "listing").filter(pk=proposal_id).first()
    if proposal is None:
        raise UnknownProposal(_("There is no such proposal."))
    return proposal


def _sign(
    proposal: ListingProposal, facts: ProposedListing, *, approve: bool, reason: str, actor: Any, at: datetime
) -> ListingDecision:
    keys = ProposalPicture.objects.filter(proposal=proposal).order_by("position", "pk")
    before = facts_of_listing(proposal.listing) if proposal.listing else None
    return ListingDecision.objects.create(
        proposal=proposal,
        version=proposal.version,
        approved=approve,
        reason=reason,
        facts={**to_json(facts), "pictures": list(keys.values_list("picture__key", flat=True))},
        before=to_json(before) if before else {},
        actor=actor,
        at=at,
    )


def _apply(proposal: ListingProposal, facts: ProposedListing, actor: Any, at: datetime) -> None:
    pictures = ProposalPicture.objects.filter(proposal=proposal).order_by("position", "pk")
    ids = list(pictures.values_list("picture_id", flat=True))
    do = list_new if proposal.kind == ProposalKind.NEW else change_listing
    proposal.listing = do(proposal=proposal, facts=facts, picture_ids=ids, actor=actor, at=at)
