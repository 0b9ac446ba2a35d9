"""What an approved proposal does: a new listing with everything below it, or a change of one that is there.

Stock is not touched but for the pieces of a new specification: what orders reserved stays reserved.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from oscar.apps.catalogue.models import Product, ProductCategory

from catalog.models import Certificate, CertifiedListing, Listing, ListingPicture, ListingProposal, Specification
from catalog.operations.listing_rows import (
    Draft,
    SpecDraft,
    add_specifications,
    create_listings,
    gross_grams,
    put_pictures,
)
from catalog.operations.listings import cards_changed, change_price, lock_listings, publish_listing
from catalog.rules.proposed import ProposedListing, ProposedSpec
from catalog.slugs import slugify
from catalog.states import ListingState

SLUG_LENGTH = 100
_COLUMNS = (
    "category_id", "village_id", "name_zh", "name_en", "summary_zh", "summary_en", "description_zh", "description_en",
    "sale_unit", "storage_class", "storage_note_zh", "storage_note_en", "is_fresh", "shelf_life_days", "season_start",
    "season_end", "ship_within_hours",
)  # fmt: skip
AXIS = {"zh": "规格", "en": "Specification"}


def list_new(
    *, proposal: ListingProposal, facts: ProposedListing, picture_ids: list[int], actor: Any, at: datetime
) -> Listing:
    """Make the listing of a proposal and put it on sale; its card follows after the commit."""
    supplier = proposal.supplier
    several = len(facts.specs) > 1
    draft = Draft(
        fields={
            **_columns(facts),
            "supplier_id": supplier.pk,
            "county_id": supplier.county_id,
            "slug": _free_slug(facts.name_zh, proposal.pk),
            "state": ListingState.PENDING,
            "axes": [AXIS] if several else [],
        },
        partner_id=supplier.partner_id,
        specs=[_spec_draft(spec, proposal.pk, n, 1 if several else 0) for n, spec in enumerate(facts.specs, start=1)],
        pictures=picture_ids,
    )
    (listing,) = create_listings([draft], at=at, actor=actor)
    _certify(listing, facts.certificate_id)
    publish_listing(listing=listing, actor=actor, at=at)
    return listing


def change_listing(
    *, proposal: ListingProposal, facts: ProposedListing, picture_ids: list[int], actor: Any, at: datetime
) -> Listing:
    """Change a listing in place. A price that changes is the new list price; orders keep theirs, baskets are told."""
    assert proposal.listing_id is not None, "the table's own constraint"
    lock_listings([proposal.listing_id])
    listing = Listing.objects.select_related("product", "supplier").get(pk=proposal.listing_id)
    for name, value in _columns(facts).items():
        setattr(listing, name, value)
    listing.save(update_fields=[*(name.removesuffix("_id") for name in _COLUMNS), "updated_at"])
    Product.objects.filter(pk=listing.product_id).update(title=facts.name_zh)
    ProductCategory.objects.filter(product=listing.product_id).update(category_id=facts.category_id)
    _change_pictures(listing, picture_ids)
    _change_specifications(listing, facts, proposal, actor, at)
    _certify(listing, facts.certificate_id)
    cards_changed([listing.pk], at=at)
    return listing


def _columns(facts: ProposedListing) -> dict[str, Any]:
    return {name: getattr(facts, name) for name in _COLUMNS}


def _free_slug(name: str, number: int) -> str:
    """Return an address in pinyin; the proposal's number keeps two of one name apart."""
    slug = f"{slugify(name)[:SLUG_LENGTH].strip('-') or 'product'}-{number}"
    while Listing.objects.filter(slug=slug).exists():
        slug = f"{slug}-x"
    return slug


def _spec_columns(spec: ProposedSpec) -> dict[str, Any]:
    return {
        "text_zh": spec.text_zh,
        "text_en": spec.text_en,
        "net_grams": spec.net_grams,
        "net_ml": spec.net_ml,
        "pieces": spec.pieces,
        "is_offered": spec.is_offered,
    }


def _spec_draft(spec: ProposedSpec, proposal_id: int, number: int, axes: int) -> SpecDraft:
    fields = {
        **_spec_columns(spec),
        "price_fen": spec.price_fen,
        "gross_grams": gross_grams(spec.net_grams or 0),
        "labels": _labels(spec, axes),
    }
    return SpecDraft(fields=fields, sku=f"H{proposal_id:06d}-{number:02d}", on_hand=spec.stock or 0)


def _labels(spec: ProposedSpec, axes: int) -> list[dict[str, str]]:
    """Return the labels of a listing with one axis; with several the page shows the texts instead."""
    return [{"zh": spec.text_zh, "en": spec.text_en}] if axes == 1 else []


def _change_pictures(listing: Listing, picture_ids: list[int]) -> None:
    rows = ListingPicture.objects.filter(listing=listing)
    if list(rows.order_by("position", "pk").values_list("picture_id", flat=True)) != picture_ids:
        rows.delete()
        put_pictures({listing.pk: picture_ids})


def _change_specifications(
    listing: Listing, facts: ProposedListing, proposal: ListingProposal, actor: Any, at: datetime
) -> None:
    rows = {row.pk: row for row in Specification.objects.filter(listing=listing)}
    added: list[tuple[int, SpecDraft]] = []
    if any(spec.specification_id is None for spec in facts.specs) and not listing.axes:
        listing.axes = [AXIS]
        listing.save(update_fields=["axes"])
        for row in rows.values():
            row.labels = [{"zh": row.text_zh, "en": row.text_en}]
    for position, spec in enumerate(facts.specs):
        known = rows.get(spec.specification_id or 0)
        if known is None:
            # Its id stands for nothing any more: a new one of the same words.
            draft = _spec_draft(replace(spec, specification_id=None), proposal.pk, position + 1, len(listing.axes))
            added.append((position, draft))
            continue
        row = known
        if spec.price_fen is not None and spec.price_fen != row.price_fen:
            change_price(specification=row, price_fen=spec.price_fen, actor=actor, at=at)
        if (row.text_zh, row.text_en) != (spec.text_zh, spec.text_en):
            row.labels = _labels(spec, len(listing.axes))
        if row.net_grams != spec.net_grams:
            row.gross_grams = gross_grams(spec.net_grams or 0)
        row.position = position
        for name, value in _spec_columns(spec).items():
            setattr(row, name, value)
        row.save(update_fields=[*_spec_columns(spec), "labels", "gross_grams", "position"])
    add_specifications(listing, added, at=at, actor=actor)


def _certify(listing: Listing, certificate_id: int | None) -> None:
    """Sell a listing under one certificate, or under none. What was drawn of another stays with its orders."""
    certified = CertifiedListing.objects.filter(listing=listing).order_by("-draws", "pk")
    first = certified.first()
    if (first.certificate_id if first else None) == certificate_id:
        return
    if first is not None:
        certified.filter(pk=first.pk).delete()
    if certificate_id is not None:
        draws = Certificate.objects.filter(pk=certificate_id, yearly_output_grams__isnull=False).exists()
        CertifiedListing.objects.update_or_create(
            listing=listing, certificate_id=certificate_id, defaults={"draws": draws}
        )
