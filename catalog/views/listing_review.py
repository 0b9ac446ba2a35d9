"""The reviewers' queue of goods: evidence beside the form, one signed decision."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from catalog.errors import Unfit
from catalog.models import ListingDecision, ListingProposal
from catalog.operations.deciding import REVIEWERS, decide_proposal
from catalog.pictures import picture_url
from catalog.proposal_words import differences, names_for, rows_of
from catalog.queries import local, said
from catalog.queries.proposal_review import (
    area_words,
    evidence_of,
    listing_decisions,
    pictures_now,
    proposal_to_review,
    waiting_count,
    waiting_proposals,
)
from catalog.queries.proposals import complete_facts, facts_of_listing
from catalog.rules.proposed import from_json
from catalog.shown import BADGES, card_of, name_of, photos_of, spec_rows
from catalog.states import ProposalKind, ProposalState
from catalog.units import per_unit
from shop.accounts.queries import reviewed_divisions
from shop.core import sent
from shop.core.acting import permitted
from shop.core.errors import DomainError
from shop.core.numbers import read_id
from shop.core.post_only import post_only


@permitted(REVIEWERS)
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Show what waits, the longest waiting first; `?decided=1` shows what was decided."""
    return _queue(request)


def _queue(request: HttpRequest) -> HttpResponse:
    is_history = request.GET.get("decided") == "1"
    number = request.GET.get("page", 1)
    divisions = reviewed_divisions(request.user)
    page = listing_decisions(divisions, number) if is_history else waiting_proposals(divisions, number)
    at = timezone.now()
    rows = [_decided(row) if is_history else _waiting(row, at) for row in page.object_list]
    context = {"page": page, "rows": rows, "is_history": is_history, "waiting": waiting_count(divisions)}
    context |= {"area_words": area_words(divisions), "has_area": divisions != ()}
    return render(request, "review/listings.html", context)


def _brief(proposal: ListingProposal, facts: Any) -> dict[str, Any]:
    photos = list(proposal.photos.all())
    prices = [spec.price_fen for spec in facts.specs if spec.price_fen]
    return {
        "pk": proposal.pk,
        "name": name_of(facts),
        "picture": picture_url(photos[0].picture.key) if photos else "",
        "supplier": said(proposal.supplier, "name"),
        "county": said(proposal.supplier.county, "name"),
        "kind": proposal.get_kind_display(),
        "is_new": proposal.kind == ProposalKind.NEW,
        "from_fen": min(prices, default=None),
    }


def _waiting(proposal: ListingProposal, at: datetime) -> dict[str, Any]:
    waits = at - (proposal.submitted_at or at)
    days, hours = waits.days, waits.seconds // 3600
    words = ngettext("waits for %(n)d day", "waits for %(n)d days", days) % {"n": days} if days else ""
    row = _brief(proposal, complete_facts(proposal))
    return row | {
        "at": proposal.submitted_at,
        "waits": words or _("waits for %(n)d h") % {"n": hours},
        "late": days >= 2,
    }


def _decided(decision: ListingDecision) -> dict[str, Any]:
    return _brief(decision.proposal, from_json(decision.facts)) | {"decision": decision, "at": decision.at}


def _found(request: HttpRequest, proposal_id: int) -> ListingProposal:
    found = proposal_to_review(reviewed_divisions(request.user), proposal_id)
    if found is None:
        raise Http404
    return found


@permitted(REVIEWERS)
@require_safe
def proposal(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Show one proposal with its evidence."""
    return _show(request, _found(request, proposal_id))


def _show(
    request: HttpRequest, found: ListingProposal, *, error: DomainError | None = None, status: int = 200
) -> HttpResponse:
    today = timezone.localdate()
    facts = complete_facts(found)
    before = facts_of_listing(found.listing) if found.listing and found.state == ProposalState.SUBMITTED else None
    evidence = evidence_of(found, facts, today)
    names = names_for(said(found.supplier.county, "name"), facts, *([before] if before else []))
    photos = photos_of(found)
    known = pictures_now(found)
    context = {
        "proposal": found,
        "name": name_of(facts),
        "supplier": said(found.supplier, "name"),
        "county": said(found.supplier.county, "name"),
        "badge": BADGES[ProposalState(found.state)],
        "waits": found.state == ProposalState.SUBMITTED,
        "photos": [_photo(photo, evidence, known) for photo in photos],
        "photos_changed": before is not None and [photo["pk"] for photo in photos] != known,
        "card": card_of(found, facts, said(found.supplier, "name")),
        "specs": spec_rows(facts),
        "rows": rows_of(facts, names),
        "changes": differences(before, facts, names) if before else [],
        "is_change": found.kind == ProposalKind.CHANGE,
        "evidence": evidence,
        "median": per_unit("jin", evidence.median_fen) if evidence.median_fen else "",
        "prices": [_price(price) for price in evidence.prices],
        "decisions": list(found.decisions.all()),
        "others": [{"decision": row, "name": name_of(from_json(row.facts))} for row in evidence.decisions],
        "refusal": _sentence(error) if error else "",
        "field": (error.field or "") if error else "",
        "typed_reason": sent.paragraphs(request, "reason"),
    }  # fmt: skip
    return render(request, "review/listing.html", context, status=status)


def _sentence(error: DomainError) -> str:
    """Return a refusal as one text; everything that is unfit."""
    return " ".join(error.details["problems"].values()) if isinstance(error, Unfit) else str(error.message)


def _photo(photo: dict[str, Any], evidence: Any, known: list[int]) -> dict[str, Any]:
    """Return a photo with who else uses it; of a change, only what is new is asked about."""
    is_new = photo["pk"] not in known
    reused = [reuse for reuse in evidence.reused if is_new and reuse.picture_id == photo["pk"]]
    return photo | {"reused": reused, "more": max(0, len(reused) - 2), "is_new": is_new}


def _price(price: Any) -> dict[str, Any]:
    kinds = {"high": "overdue", "low": "limited", "usual": "proven"}
    words = {
        "high": _("%(n)d %% above the middle") % {"n": price.percent or 0},
        "low": _("%(n)d %% below the middle") % {"n": -(price.percent or 0)},
        "usual": _("as others"),
    }
    return {
        "spec": price.spec,
        "per_jin": per_unit("jin", price.jin_fen) if price.jin_fen else "",
        "words": words.get(price.verdict, ""),
        "badge": kinds.get(price.verdict, "neutral"),
        "verdict": price.verdict,
    }


@permitted(REVIEWERS)
@post_only
def decide(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Approve a proposal, or return it with a reason; once, on the version that was read."""
    found = _found(request, proposal_id)
    decision = request.POST.get("decision")
    if decision not in {"approve", "return"}:
        return _show(request, found, status=422)
    try:
        decide_proposal(
            proposal_id=found.pk,
            version=read_id(request.POST.get("version"), most_digits=8) or 0,
            approve=decision == "approve",
            reason=sent.paragraphs(request, "reason"),
            actor=request.user,
            at=timezone.now(),
        )
    except DomainError as error:
        return _show(request, _found(request, proposal_id), error=error, status=error.status)
    approved = decision == "approve"
    messages.success(request, _("Approved: it is in the shop.") if approved else _("Returned to the supplier."))
    return HttpResponseRedirect(local("/review/listings/"))
