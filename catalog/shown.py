"""A proposal as pages draw it: its card, its photos, its specifications."""

from typing import Any

from catalog.models import ListingProposal
from catalog.pictures import rendition
from catalog.proposal_words import unit_price_of, weight
from catalog.queries.proposals import template_of_category
from catalog.rules.proposed import ProposedListing
from catalog.states import ProposalState
from catalog.words import english

BADGES = {
    ProposalState.DRAFT: "neutral",
    ProposalState.SUBMITTED: "limited",
    ProposalState.RETURNED: "overdue",
    ProposalState.APPROVED: "proven",
    ProposalState.GIVEN_UP: "neutral",
}


def photos_of(proposal: ListingProposal) -> list[dict[str, Any]]:
    """Return the photos with their renditions."""
    return [
        {
            "pk": row.picture_id,
            "shown": rendition(
                row.picture.key,
                row.picture.widths,
                size=(row.picture.width, row.picture.height),
                ground=row.picture.ground,
            ),
        }
        for row in proposal.photos.all()
    ]


def card_of(proposal: ListingProposal, facts: ProposedListing, supplier_name: str) -> dict[str, Any]:
    """Return what the component product_card shows: the cheapest offered specification, as in the shop's lists."""
    offered = [spec for spec in facts.specs if spec.is_offered and spec.price_fen]
    cheapest = min(offered, key=lambda spec: spec.price_fen or 0, default=None)
    photos = photos_of(proposal)
    return {
        "name": name_of(facts),
        "spec": cheapest.text_zh if cheapest else "",
        "supplier_name": supplier_name,
        "price_fen": cheapest.price_fen if cheapest else 0,
        "unit_price_text": unit_price_of(cheapest, unit_of(facts)) if cheapest else "",
        "picture": photos[0]["shown"] if photos else rendition("", [240]),
        "url": "#specs",
        "badge": None,
    }


def name_of(facts: ProposedListing) -> str:
    """Return the name in the reader's language."""
    return (english() and facts.name_en) or facts.name_zh


def unit_of(facts: ProposedListing) -> str:
    """Return the unit that prices are compared by."""
    return facts.sale_unit or template_of_category(facts.category_id).sale_unit


def spec_rows(facts: ProposedListing) -> list[dict[str, Any]]:
    """Return the specifications with weight and unit price in words."""
    return [
        {
            "spec": spec,
            "weight": weight(spec.net_grams) if spec.net_grams else "",
            "unit_price": unit_price_of(spec, unit_of(facts)),
        }
        for spec in facts.specs
    ]
