"""Reading proposals 上货: a supplier's own, and what a form of one may offer to choose from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page
from django.db.models import Case, OuterRef, Prefetch, QuerySet, Subquery, Value, When
from oscar.apps.catalogue.models import Category

from catalog.models import (
    Certificate,
    CertifiedListing,
    CertifiedYear,
    Listing,
    ListingDecision,
    ListingProposal,
    ProposalPicture,
    Specification,
    Stock,
    Supplier,
)
from catalog.queries.tree import category_tree
from catalog.rules.proposed import ProposedListing, ProposedSpec, filled, from_json
from catalog.rules.templates import USUAL, CategoryTemplate, template_of
from catalog.states import OPEN_PROPOSALS, ProposalKind, ProposalState
from catalog.words import said
from shop.core.paging import Turned, paged

PROPOSALS_A_PAGE = 20
_LISTING_FACTS = (
    "category_id", "name_zh", "name_en", "summary_zh", "summary_en", "description_zh", "description_en", "sale_unit",
    "storage_class", "storage_note_zh", "storage_note_en", "is_fresh", "shelf_life_days", "season_start", "season_end",
    "ship_within_hours", "village_id",
)  # fmt: skip
_SPEC_FACTS = ("text_zh", "text_en", "price_fen", "net_grams", "net_ml", "pieces", "is_offered")


def facts_of_listing(listing: Listing) -> ProposedListing:
    """Return what a listing says now, as a proposal would. Two queries."""
    specs = Specification.objects.filter(listing=listing).order_by("position", "pk")
    certified = CertifiedListing.objects.filter(listing=listing).order_by("-draws", "pk")
    return ProposedListing(
        **{name: getattr(listing, name) for name in _LISTING_FACTS},
        certificate_id=certified.values_list("certificate_id", flat=True).first(),
        specs=tuple(
            ProposedSpec(**{name: getattr(spec, name) for name in _SPEC_FACTS}, specification_id=spec.pk)
            for spec in specs
        ),
    )


def facts_of(proposal: ListingProposal) -> ProposedListing:
    """Return the proposed facts as they were entered."""
    return from_json(proposal.facts)


def template_of_category(category_id: int | None) -> CategoryTemplate:
    """Return what is usual for a category. From the cached tree."""
    tree = category_tree()
    node = tree.by_pk.get(category_id) if category_id else None
    return template_of(node.slug, tree.by_pk[node.top_pk].slug) if node else USUAL


def complete_facts(proposal: ListingProposal) -> ProposedListing:
    """Return the proposed facts with what is usual for the category in the empty places."""
    facts = facts_of(proposal)
    return filled(facts, template_of_category(facts.category_id))


def is_leaf_category(category_id: int) -> bool:
    """Tell whether products may be put into a category: it is public and has none below it. One query."""
    return Category.objects.filter(pk=category_id, is_public=True, numchild=0).exists()


@dataclass(frozen=True, slots=True)
class CertificateChoice:
    """A certificate that a supplier may sell under today. Grams are what is left this year; None: no output stated."""

    pk: int
    kind_text: str
    number: str
    scope: str
    valid_until: date
    left_grams: int | None


def certificates_for(supplier_id: int, today: date) -> list[CertificateChoice]:
    """Return the supplier's own certificates that are valid today. One query."""
    year = CertifiedYear.objects.filter(certificate=OuterRef("pk"), starts_on__lte=today, ends_on__gte=today)
    rows = valid_certificates(supplier_id, today).annotate(left=Subquery(year.values("account__balance")[:1]))
    return [
        CertificateChoice(
            pk=row.pk,
            kind_text=str(row.get_kind_display()),
            number=row.number,
            scope=said(row, "scope"),
            valid_until=row.valid_until,
            left_grams=row.left if row.yearly_output_grams else None,
        )
        for row in rows.order_by("pk")
    ]


def valid_certificates(supplier_id: int, today: date) -> QuerySet[Certificate]:
    """Return the certificates that the supplier holds and that are valid on a day."""
    return Certificate.objects.filter(
        holder_id=supplier_id, is_revoked=False, valid_from__lte=today, valid_until__gte=today
    )


@dataclass(frozen=True, slots=True)
class EditorChoices:
    """What a form offers: leaf categories in groups, the supplier's village and county, its certificates."""

    categories: list[tuple[str, list[tuple[int, str]]]]
    village: tuple[int, str] | None
    county: str
    certificates: list[CertificateChoice]


def editor_choices(supplier_id: int, today: date) -> EditorChoices:
    """Return what a supplier may choose from. Two queries; the tree comes from the cache."""
    supplier = Supplier.objects.select_related("village", "county").get(pk=supplier_id)
    groups = [(top.name, [(node.pk, node.name) for node in (top.children or [top])]) for top in category_tree().tops]
    return EditorChoices(
        categories=groups,
        village=(supplier.village.pk, said(supplier.village, "name")) if supplier.village else None,
        county=said(supplier.county, "name"),
        certificates=certificates_for(supplier_id, today),
    )


_PHOTOS = Prefetch("photos", ProposalPicture.objects.select_related("picture"))
_DECISIONS = Prefetch("decisions", ListingDecision.objects.select_related("actor"))


def proposal_of_supplier(supplier_id: int, proposal_id: int) -> ListingProposal | None:
    """Return one proposal with photos and decisions, or None when it is somebody else's. Three queries."""
    rows = ListingProposal.objects.filter(pk=proposal_id, supplier_id=supplier_id)
    return rows.select_related("listing", "supplier").prefetch_related(_PHOTOS, _DECISIONS).first()


def new_proposals(supplier_id: int, page: Turned = 1) -> Page[Any]:
    """Return a page of the supplier's open proposals of new products, returned ones first. Four queries."""
    rows = ListingProposal.objects.filter(supplier_id=supplier_id, kind=ProposalKind.NEW, state__in=OPEN_PROPOSALS)
    rank = Case(
        When(state=ProposalState.RETURNED, then=Value(0)), When(state=ProposalState.DRAFT, then=Value(1)),
        default=Value(2),
    )  # fmt: skip
    found = rows.annotate(rank=rank).prefetch_related(_PHOTOS, _DECISIONS).order_by("rank", "-changed_at", "-pk")
    return paged(found, page, PROPOSALS_A_PAGE)


def proposals_of_supplier(supplier_id: int, page: Turned = 1, *, states: Iterable[str] = OPEN_PROPOSALS) -> Page[Any]:
    """Return a page of the supplier's proposals, new products and changes, the last changed first. Four queries."""
    rows = ListingProposal.objects.filter(supplier_id=supplier_id, state__in=list(states))
    found = rows.prefetch_related(_PHOTOS, _DECISIONS).order_by("-changed_at", "-pk")
    return paged(found, page, PROPOSALS_A_PAGE)


def draft_of_key(supplier_id: int, key: str) -> int | None:
    """Return the id of the draft that a form of this key opened, None while there is none. One query."""
    rows = ListingProposal.objects.filter(supplier_id=supplier_id, key=key)
    return rows.values_list("pk", flat=True).first()


def open_changes(supplier_id: int, listing_ids: Iterable[int]) -> dict[int, ListingProposal]:
    """Return the open proposal of each of a supplier's listings that has one, with its decisions. Two queries."""
    rows = ListingProposal.objects.filter(
        supplier_id=supplier_id, listing__in=list(listing_ids), state__in=OPEN_PROPOSALS
    ).prefetch_related(_DECISIONS)
    return {row.listing_id: row for row in rows if row.listing_id}


@dataclass(frozen=True, slots=True)
class Returned:
    """A proposal that came back, by its Chinese and English name, with the reason."""

    proposal_id: int
    name_zh: str
    name_en: str
    reason: str


def returned_proposals(supplier_id: int, *, most: int = 5) -> list[Returned]:
    """Return what came back to a supplier and waits for it, the oldest first. One query."""
    last = ListingDecision.objects.filter(proposal=OuterRef("pk"), approved=False).order_by("-pk")
    rows = (
        ListingProposal.objects.filter(supplier_id=supplier_id, state=ProposalState.RETURNED)
        .annotate(why=Subquery(last.values("reason")[:1]))
        .order_by("decided_at", "pk")
    )
    return [
        Returned(row.pk, row.facts.get("name_zh", ""), row.facts.get("name_en", ""), row.why or "")
        for row in rows[:most]
    ]


def on_hand_of(listing: Listing) -> dict[int, int]:
    """Return the pieces there of each specification of a listing, in the shop's pool. One query."""
    rows = Stock.objects.filter(stockrecord__specification__listing=listing, pool="main")
    return dict(rows.values_list("stockrecord__specification__pk", "on_hand"))


def last_reason(proposal: ListingProposal) -> str:
    """Return why a proposal came back the last time, "" when it never did. Reads the prefetched decisions."""
    return next((each.reason for each in proposal.decisions.all() if not each.approved), "")
