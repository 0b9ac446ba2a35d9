"""What a reviewer reads: the queue, and the evidence beside a proposal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page
from django.db.models import Prefetch, Q

from catalog.models import (
    CertifiedYear,
    Listing,
    ListingCard,
    ListingDecision,
    ListingPicture,
    ListingProposal,
    ProposalPicture,
)
from catalog.queries.proposals import on_hand_of
from catalog.queries.sale import barred
from catalog.rules.fairness import middle, percent_of, verdict
from catalog.rules.proposed import ProposedListing, ProposedSpec
from catalog.rules.units import jin_fen
from catalog.states import ListingState, ProposalState
from catalog.words import said
from shop.core.models import Division
from shop.core.paging import Turned, paged

PROPOSALS_A_PAGE = 20
DECISIONS_SHOWN = 6
_PHOTOS = Prefetch("photos", ProposalPicture.objects.select_related("picture"))


# Codes of divisions, as `reviewed_divisions` tells them of a reviewer: None is everywhere, an empty tuple nowhere.
Divisions = tuple[str, ...] | None


def in_divisions(divisions: Divisions, supplier: str = "supplier") -> Q:
    """Return the condition that a row's supplier has its county in one of these divisions."""
    if divisions is None:
        return Q()
    found = Q(pk__in=())
    for code in divisions:
        found |= Q(**{f"{supplier}__county__code__startswith": code})
    return found


def area_words(divisions: Divisions) -> str:
    """Return the names of the divisions, in the reader's language; "" for everywhere. One query, none for everywhere."""
    if not divisions:
        return ""
    return " · ".join(said(row, "name") for row in Division.objects.filter(code__in=divisions).order_by("code"))


def waiting_count(divisions: Divisions) -> int:
    """Return how many proposals wait for a reviewer of these divisions. One query."""
    return ListingProposal.objects.filter(in_divisions(divisions), state=ProposalState.SUBMITTED).count()


def waiting_proposals(divisions: Divisions, page: Turned = 1) -> Page[Any]:
    """Return a page of what waits in these divisions, the longest waiting first. Three queries."""
    rows = ListingProposal.objects.filter(in_divisions(divisions), state=ProposalState.SUBMITTED)
    rows = rows.order_by("submitted_at", "pk")
    return paged(rows.select_related("supplier__county").prefetch_related(_PHOTOS), page, PROPOSALS_A_PAGE)


def listing_decisions(divisions: Divisions, page: Turned = 1) -> Page[Any]:
    """Return a page of the decisions in these divisions, the latest first. Three queries."""
    rows = ListingDecision.objects.filter(in_divisions(divisions, "proposal__supplier"))
    rows = rows.select_related("proposal__supplier__county", "actor").order_by("-at", "-pk")
    shown = rows.prefetch_related(Prefetch("proposal__photos", ProposalPicture.objects.select_related("picture")))
    return paged(shown, page, PROPOSALS_A_PAGE)


def proposal_to_review(divisions: Divisions, proposal_id: int) -> ListingProposal | None:
    """Return a proposal of these divisions that was ever sent for review, with all that belongs to it. Three queries."""
    rows = ListingProposal.objects.filter(in_divisions(divisions), pk=proposal_id, submitted_at__isnull=False)
    decisions = Prefetch("decisions", ListingDecision.objects.select_related("actor"))
    return (
        rows.select_related("listing__card", "supplier__county", "supplier__village")
        .prefetch_related(_PHOTOS, decisions)
        .first()
    )


@dataclass(frozen=True, slots=True)
class PriceSeen:
    """One specification's price beside its category: 分 per 斤, the verdict and by how many per cent it differs."""

    spec: ProposedSpec
    jin_fen: int | None
    verdict: str
    percent: int | None


@dataclass(frozen=True, slots=True)
class Output:
    """A certificate's year: grams that are left, and grams that the supplier would have to sell."""

    number: str
    kind_text: str
    scope: str
    valid_until: date
    is_valid: bool
    left_grams: int | None
    offered_grams: int

    @property
    def is_short(self) -> bool:
        """Tell whether more is offered than the certificate still allows this year."""
        return self.left_grams is not None and self.offered_grams > self.left_grams


@dataclass(frozen=True, slots=True)
class Reuse:
    """A photo that another supplier uses: whose it is, and which product, "" for one that is not on sale."""

    picture_id: int
    supplier: str
    slug: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What stands beside the form."""

    prices: list[PriceSeen]
    median_fen: int | None
    compared: int
    output: Output | None
    reused: list[Reuse]
    live_count: int
    decisions: list[ListingDecision]

    @property
    def stands_out(self) -> bool:
        """Tell whether some price is far from its category's."""
        return any(price.verdict in {"high", "low"} for price in self.prices)


def evidence_of(proposal: ListingProposal, facts: ProposedListing, today: date) -> Evidence:
    """Return the evidence for a proposal of `proposal_to_review`. At most ten queries, whatever the size of the shop."""
    median, count = category_median(facts.category_id, without=proposal.listing_id)
    return Evidence(
        prices=[_price(spec, median, count) for spec in facts.specs if spec.is_offered],
        median_fen=median,
        compared=count,
        output=_output(proposal, facts, today),
        reused=reused_photos(proposal),
        live_count=Listing.objects.filter(
            ~barred(today, "pk"), supplier=proposal.supplier_id, state=ListingState.LIVE
        ).count(),
        decisions=list(
            ListingDecision.objects.filter(proposal__supplier=proposal.supplier_id)
            .exclude(proposal=proposal)
            .select_related("actor")[:DECISIONS_SHOWN]
        ),
    )


def category_median(category_id: int | None, *, without: int | None = None) -> tuple[int | None, int]:
    """Return the median of the lowest price per 斤 of a category's live listings, in 分, and how many there are."""
    cards = ListingCard.objects.filter(category_id=category_id or 0, jin_fen__isnull=False)
    cards = cards.exclude(pk=without) if without else cards
    count = cards.count()
    if not count:
        return None, 0
    low, high = (count - 1) // 2, count // 2 + 1
    values: Sequence[int] = [fen or 0 for fen in cards.order_by("jin_fen").values_list("jin_fen", flat=True)[low:high]]
    return middle(values), count


def _price(spec: ProposedSpec, median: int | None, count: int) -> PriceSeen:
    fen = jin_fen(spec.price_fen or 0, spec.net_grams or 0)
    percent = percent_of(fen, median) if fen is not None and median else None
    return PriceSeen(spec, fen, verdict(fen, median, count), percent)


def _output(proposal: ListingProposal, facts: ProposedListing, today: date) -> Output | None:
    if facts.certificate_id is None:
        return None
    year = (
        CertifiedYear.objects.filter(certificate=facts.certificate_id, starts_on__lte=today, ends_on__gte=today)
        .select_related("account", "certificate")
        .first()
    )
    certificate = year.certificate if year else proposal.supplier.certificates.get(pk=facts.certificate_id)
    there = on_hand_of(proposal.listing) if proposal.listing else {}
    grams = sum(
        (spec.net_grams or 0) * (there.get(spec.specification_id or 0, spec.stock or 0))
        for spec in facts.specs
        if spec.is_offered
    )
    return Output(
        number=certificate.number,
        kind_text=str(certificate.get_kind_display()),
        scope=said(certificate, "scope"),
        valid_until=certificate.valid_until,
        is_valid=certificate.valid_from <= today <= certificate.valid_until and not certificate.is_revoked,
        left_grams=year.account.balance if year else None,
        offered_grams=grams,
    )


def reused_photos(proposal: ListingProposal) -> list[Reuse]:
    """Return which photos another supplier sent in too, by the hash of the file. Two queries."""
    mine = {photo.picture.sha256: photo.picture_id for photo in proposal.photos.all()}
    found: dict[tuple[int, str], Reuse] = {}
    listed = ListingPicture.objects.filter(picture__sha256__in=mine).exclude(listing__supplier=proposal.supplier_id)
    for row in listed.select_related("picture", "listing__supplier")[:PROPOSALS_A_PAGE]:
        reuse = Reuse(mine[row.picture.sha256], said(row.listing.supplier, "name"), row.listing.slug)
        found[(reuse.picture_id, reuse.supplier)] = reuse
    sent = ProposalPicture.objects.filter(picture__sha256__in=mine).exclude(proposal__supplier=proposal.supplier_id)
    for photo in sent.select_related("picture", "proposal__supplier")[:PROPOSALS_A_PAGE]:
        reuse = Reuse(mine[photo.picture.sha256], said(photo.proposal.supplier, "name"), "")
        found.setdefault((reuse.picture_id, reuse.supplier), reuse)
    return list(found.values())


def pictures_now(proposal: ListingProposal) -> list[int]:
    """Return the pictures of the listing that a proposal would change, in order. One query; none for a new product."""
    rows = (
        ListingPicture.objects.filter(listing=proposal.listing_id)
        if proposal.listing_id
        else ListingPicture.objects.none()
    )
    return list(rows.order_by("position", "pk").values_list("picture_id", flat=True))
