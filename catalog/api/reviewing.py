"""The reviewers' queue of goods by API: the evidence of the page, one signed decision."""

from datetime import date
from functools import partial
from typing import Annotated, Any, Literal

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query
from pydantic import Field

from catalog.api.proposed import PhotoOut, ProposalBrief, ProposedFacts, beside_fields, brief, facts_out, photos_out
from catalog.api.shared import Named, named
from catalog.models import ListingDecision, ListingProposal
from catalog.operations.deciding import LONGEST_REASON, REVIEWERS, decide_proposal
from catalog.proposal_words import differences, names_for, rows_of
from catalog.queries.proposal_review import (
    Evidence,
    evidence_of,
    listing_decisions,
    pictures_now,
    proposal_to_review,
    waiting_proposals,
)
from catalog.queries.proposals import complete_facts, facts_of_listing
from catalog.rules.proposed import from_json
from catalog.shown import name_of
from catalog.states import ProposalState
from catalog.words import said
from shop.accounts.queries import reviewed_divisions
from shop.core.acting import by
from shop.core.api import Answer, Area, Body, Id, Moment, Page, Paragraphs, Priced, yuan
from shop.core.api.paging import Turn, turn_of
from shop.core.api.routing import ApiRequest, Key
from shop.core.errors import NotAllowed

area = Area(gettext_noop("Reviewers: products"))


def _check(request: ApiRequest) -> None:
    if not request.user.has_perm(REVIEWERS):
        raise NotAllowed(_("You may not do this."))


class ListingsAsked(Turn):
    state: Literal["waiting", "decided"] = "waiting"


class SignedDecision(Answer):
    name: str = Field(description=gettext_noop("The product, as it was called then."))
    version: int
    approved: bool
    reason: str
    by: str
    at: Moment


class QueuedProposal(ProposalBrief):
    supplier: Named
    county: str
    decision: SignedDecision | None = Field(description=gettext_noop("Of what was decided."))


def _decision(row: ListingDecision) -> dict[str, Any]:
    same = ("version", "approved", "reason", "at")
    return {name: getattr(row, name) for name in same} | {
        "name": name_of(from_json(row.facts)),
        "by": row.actor.name,
    }


def _whose(proposal: ListingProposal) -> dict[str, Any]:
    return {"supplier": named(proposal.supplier), "county": said(proposal.supplier.county, "name")}


def _waiting(row: ListingProposal) -> dict[str, Any]:
    return brief(row, complete_facts(row)) | _whose(row) | {"decision": None}


def _decided(row: ListingDecision) -> dict[str, Any]:
    proposal = row.proposal
    return brief(proposal, from_json(row.facts)) | _whose(proposal) | {"decision": _decision(row)}


@area.reads(
    "/review/listings",
    Page[QueuedProposal],
    scope="review:read",
    summary=gettext_noop("Proposals that wait, the longest waiting first, or what was decided"),
)
def list_queued_proposals(request: ApiRequest, asked: Annotated[ListingsAsked, Query(...)]) -> dict[str, Any]:
    _check(request)
    divisions = reviewed_divisions(request.user)
    if asked.state == "decided":
        return turn_of(asked, partial(listing_decisions, divisions), _decided)
    return turn_of(asked, partial(waiting_proposals, divisions), _waiting)


class FactInWords(Answer):
    field: str = Field(examples=["storage_class"])
    label: str
    words: str


class FactChanged(FactInWords):
    before: str


class PriceBeside(Priced):
    specification: str
    price: str
    price_per_jin: str | None = Field(examples=["6.56"])
    verdict: str = Field(
        examples=["usual"], description=gettext_noop("high, low or usual; empty where there is too little to compare.")
    )
    percent: int | None = Field(description=gettext_noop("How far from the middle of its category."))


class OutputBeside(Answer):
    number: str = Field(examples=["LB-000001"])
    kind: str
    scope: str
    valid_until: date
    is_valid: bool
    left_grams: int | None
    offered_grams: int
    is_short: bool = Field(description=gettext_noop("Whether more is offered than may still be sold this year."))


class PhotoElsewhere(Answer):
    photo_id: int
    supplier: str
    product: str = Field(description=gettext_noop("Its slug; empty where it is not on sale."))


class EvidenceOut(Priced):
    median_per_jin: str | None = Field(description=gettext_noop("The middle of its category, by the jin."))
    compared: int = Field(description=gettext_noop("How many products that is the middle of."))
    prices: list[PriceBeside]
    output: OutputBeside | None
    photos_elsewhere: list[PhotoElsewhere] = Field(description=gettext_noop("Photos that another supplier sent too."))
    products_on_sale: int = Field(description=gettext_noop("The supplier's."))
    other_decisions: list[SignedDecision] = Field(description=gettext_noop("On other proposals of the supplier."))


class ReviewedProposal(ProposalBrief):
    supplier: Named
    county: str
    facts: ProposedFacts
    in_words: list[FactInWords]
    changes: list[FactChanged] = Field(description=gettext_noop("While a change waits: what would not be the same."))
    photos: list[PhotoOut]
    photos_changed: bool
    evidence: EvidenceOut
    decisions: list[SignedDecision]


def _evidence(found: Evidence, known: list[int]) -> dict[str, Any]:
    return {
        "median_per_jin": yuan(found.median_fen) if found.median_fen else None,
        "compared": found.compared,
        "prices": [
            {
                "specification": each.spec.text_zh,
                "price": yuan(each.spec.price_fen or 0),
                "price_per_jin": yuan(each.jin_fen) if each.jin_fen else None,
                "verdict": each.verdict,
                "percent": each.percent,
            }
            for each in found.prices
        ],
        "output": _output(found),
        # Of a change, only new photos are asked about.
        "photos_elsewhere": [
            {"photo_id": each.picture_id, "supplier": each.supplier, "product": each.slug}
            for each in found.reused
            if each.picture_id not in known
        ],
        "products_on_sale": found.live_count,
        "other_decisions": [_decision(each) for each in found.decisions],
    }


def _output(found: Evidence) -> dict[str, Any] | None:
    same = ("number", "scope", "valid_until", "is_valid", "left_grams", "offered_grams", "is_short")
    return (
        {name: getattr(found.output, name) for name in same} | {"kind": found.output.kind_text}
        if found.output
        else None
    )


def _detail(request: ApiRequest, proposal_id: int) -> dict[str, Any]:
    row = proposal_to_review(reviewed_divisions(request.user), proposal_id)
    if row is None:
        raise Http404
    facts = complete_facts(row)
    waits = row.state == ProposalState.SUBMITTED
    before = facts_of_listing(row.listing) if row.listing and waits else None
    names = names_for(said(row.supplier.county, "name"), facts, *([before] if before else []))
    photos, known = photos_out(row), pictures_now(row)
    changes = differences(before, facts, names) if before else []
    return (
        brief(row, facts)
        | _whose(row)
        | {
            "facts": facts_out(facts),
            "in_words": [
                {"field": each.name, "label": each.label, "words": each.new} for each in rows_of(facts, names)
            ],
            "changes": [
                {"field": each.name, "label": each.label, "words": each.new, "before": each.old} for each in changes
            ],
            "photos": photos,
            "photos_changed": before is not None and [photo["id"] for photo in photos] != known,
            "evidence": _evidence(evidence_of(row, facts, timezone.localdate()), known),
            "decisions": [_decision(each) for each in row.decisions.all()],
        }
    )


@area.reads(
    "/review/listings/{int:proposal_id}",
    ReviewedProposal,
    scope="review:read",
    summary=gettext_noop("A proposal with its evidence"),
)
def get_queued_proposal(request: ApiRequest, proposal_id: int) -> dict[str, Any]:
    _check(request)
    return _detail(request, proposal_id)


class ListingDecisionIn(Body):
    version: Id = Field(description=gettext_noop("The version that was read."))
    approve: bool
    reason: Paragraphs = Field(
        "", max_length=LONGEST_REASON, description=gettext_noop("Needed to return it: the supplier reads it.")
    )


@area.writes(
    "/review/listings/{int:proposal_id}/decision",
    ReviewedProposal,
    scope="review:write",
    key=Key.REQUIRED,
    summary=gettext_noop("Approve a proposal, which sells it at once, or return it with a reason"),
)
def decide_listing(request: ApiRequest, proposal_id: int, body: ListingDecisionIn) -> dict[str, Any]:
    _check(request)
    if proposal_to_review(reviewed_divisions(request.user), proposal_id) is None:
        raise Http404
    with beside_fields():
        decide_proposal(
            proposal_id=proposal_id,
            version=body.version,
            approve=body.approve,
            reason=body.reason,
            **by(request),
        )
    return _detail(request, proposal_id)
