"""上货 by API: a supplier's drafts and changes on their way to a reviewer, and what it takes off sale itself."""

import uuid
from datetime import date
from typing import Annotated, Any, Literal

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Query
from pydantic import ConfigDict, Field

from catalog.api.proposed import (
    POMELO,
    PhotoOut,
    ProposalBrief,
    ProposedFacts,
    ProposedFactsIn,
    beside_fields,
    brief,
    facts_in,
    facts_out,
    field_of,
    photos_out,
)
from catalog.models import ListingProposal
from catalog.operations.listings import put_back_on_sale, take_off_sale
from catalog.operations.proposing import (
    give_up,
    missing,
    open_change,
    open_new,
    save_proposal,
    submit_proposal,
    take_back,
)
from catalog.queries.proposals import (
    editor_choices,
    facts_of,
    last_reason,
    proposal_of_supplier,
    proposals_of_supplier,
)
from catalog.queries.trade import SupplierBrief, supplier_acting
from catalog.rules.proposed import MOST_PHOTOS
from catalog.states import EDITABLE_PROPOSALS, OPEN_PROPOSALS, ProposalState
from shop.core.acting import by
from shop.core.api import Answer, Area, AsItIs, Body, Id, Moment, Page, Parameters
from shop.core.api.forms import Unfit as UnfitFields
from shop.core.api.paging import Turn, turn_of
from shop.core.api.pictures import decoded
from shop.core.api.routing import ApiRequest, Key

area = Area(gettext_noop("Supplier: proposing products"))


class ProposalsOf(Parameters):
    supplier: str = Field(
        "", max_length=80, description=gettext_noop("The supplier's slug; the first that you act for without it.")
    )


class ProposalsAsked(Turn, ProposalsOf):
    state: Literal["open", "draft", "submitted", "returned", "approved", "given_up"] = "open"


ForOne = Annotated[ProposalsOf, Query(...)]


def _acting(request: ApiRequest, asked: ProposalsOf) -> SupplierBrief:
    return supplier_acting(request.user, asked.supplier)


def _own(supplier: SupplierBrief, proposal_id: int) -> ListingProposal:
    found = proposal_of_supplier(supplier.pk, proposal_id)
    if found is None:
        raise Http404
    return found


class ProposalOut(ProposalBrief):
    reason: str = Field(description=gettext_noop("Why it came back, while it is returned."))


class ListingVerdict(Answer):
    version: int
    approved: bool
    reason: str
    at: Moment


class MissingOut(Answer):
    field: str = Field(examples=["facts.specs.0.price"])
    message: str


class ProposalDetail(ProposalOut):
    facts: ProposedFacts
    photos: list[PhotoOut] = Field(description=gettext_noop("The first one is on the card."))
    missing: list[MissingOut] = Field(description=gettext_noop("What a draft still needs before it can be sent."))
    decisions: list[ListingVerdict]


def _proposal(row: ListingProposal) -> dict[str, Any]:
    return brief(row) | {"reason": last_reason(row) if row.state == ProposalState.RETURNED else ""}


def _detail(supplier: SupplierBrief, proposal_id: int) -> dict[str, Any]:
    row = _own(supplier, proposal_id)
    lacks = missing(row, timezone.now()) if row.state in EDITABLE_PROPOSALS else {}
    return _proposal(row) | {
        "facts": facts_out(facts_of(row)),
        "photos": photos_out(row),
        "missing": [{"field": field_of(name), "message": words} for name, words in lacks.items()],
        "decisions": list(row.decisions.all()),
    }


@area.reads(
    "/seller/proposals",
    Page[ProposalOut],
    scope="goods:read",
    summary=gettext_noop("The supplier's proposals: new products and changes, the last changed first"),
)
def list_proposals(request: ApiRequest, asked: Annotated[ProposalsAsked, Query(...)]) -> dict[str, Any]:
    supplier = _acting(request, asked)
    states = OPEN_PROPOSALS if asked.state == "open" else (asked.state,)
    return turn_of(asked, lambda page: proposals_of_supplier(supplier.pk, page, states=states), _proposal)


class CategoryChoice(Answer):
    id: int
    name: str
    group: str


class VillageChoice(Answer):
    id: int
    name: str


class CertificateToSellUnder(Answer):
    id: int
    kind: str
    number: str = Field(examples=["LB-000001"])
    scope: str
    valid_until: date
    left_grams: int | None = Field(description=gettext_noop("Of this year; null where it states no output."))


class ChoicesOut(Answer):
    categories: list[CategoryChoice]
    village: VillageChoice | None
    county: str
    certificates: list[CertificateToSellUnder]


@area.reads(
    "/seller/proposals/choices",
    ChoicesOut,
    scope="goods:read",
    summary=gettext_noop("What a proposal may name: kinds of product, the supplier's village and certificates"),
)
def list_proposal_choices(request: ApiRequest, asked: ForOne) -> dict[str, Any]:
    found = editor_choices(_acting(request, asked).pk, timezone.localdate())
    same = ("number", "scope", "valid_until", "left_grams")
    return {
        "categories": [
            {"id": pk, "name": name, "group": group} for group, rows in found.categories for pk, name in rows
        ],
        "village": {"id": found.village[0], "name": found.village[1]} if found.village else None,
        "county": found.county,
        "certificates": [
            {name: getattr(row, name) for name in same} | {"id": row.pk, "kind": row.kind_text}
            for row in found.certificates
        ],
    }


@area.writes(
    "/seller/proposals",
    ProposalDetail,
    scope="goods:write",
    status=201,
    key=Key.REQUIRED,
    summary=gettext_noop("Open the draft of a new product"),
)
def open_proposal(request: ApiRequest, asked: ForOne) -> dict[str, Any]:
    supplier = _acting(request, asked)
    # The request's own key keeps a second try from opening a second draft; this one only tells drafts apart.
    return _detail(supplier, open_new(key=uuid.uuid4().hex, **by(request, supplier_id=supplier.pk)).pk)


@area.writes(
    "/seller/listings/{int:listing_id}/proposal",
    ProposalDetail,
    scope="goods:write",
    summary=gettext_noop("Open a change of a product, with what it says now"),
    description=gettext_noop("Where one is open already, that one is answered. The product goes on selling as it is."),
)
def open_listing_change(request: ApiRequest, listing_id: int, asked: ForOne) -> dict[str, Any]:
    supplier = _acting(request, asked)
    return _detail(supplier, open_change(listing_id=listing_id, **by(request, supplier_id=supplier.pk)).pk)


@area.reads(
    "/seller/proposals/{int:proposal_id}",
    ProposalDetail,
    scope="goods:read",
    summary=gettext_noop("A proposal: its facts, its photos, what it still needs"),
)
def get_proposal(request: ApiRequest, proposal_id: int, asked: ForOne) -> dict[str, Any]:
    return _detail(_acting(request, asked), proposal_id)


class ProposalIn(Body):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"version": 1, "facts": POMELO, "photos": ["/9j/4AAQ…"]}]}
    )

    version: Id = Field(description=gettext_noop("The version that was read; photos alone need not match it."))
    facts: ProposedFactsIn | None = Field(
        None, description=gettext_noop("All of them: what is left out is emptied. Without any they stay as they are.")
    )
    photos: list[AsItIs] = Field(
        [],
        max_length=MOST_PHOTOS,
        description=gettext_noop(
            "Added to those there, as base64, JPEG or PNG; at most 1.8 MB at once, 480 pixels or more on each side."
        ),
    )
    drop_photo: Id | None = Field(None, description=gettext_noop("The photo to take out, by its id."))
    first_photo: Id | None = Field(None, description=gettext_noop("The photo to put first, by its id."))


@area.writes(
    "/seller/proposals/{int:proposal_id}",
    ProposalDetail,
    scope="goods:write",
    method="PUT",
    summary=gettext_noop("Change a draft: its facts, its photos"),
    description=gettext_noop(
        "It may lack what a reviewer will need. Photos are kept even where the facts are refused: “details” then holds"
        " the version to send next. The same photo again is there once."
    ),
)
def put_proposal(request: ApiRequest, proposal_id: int, body: ProposalIn, asked: ForOne) -> dict[str, Any]:
    supplier = _acting(request, asked)
    own = _own(supplier, proposal_id)
    uploads = decoded(body.photos)
    try:
        with beside_fields():
            save_proposal(
                proposal_id=own.pk,
                version=body.version,
                facts=None if body.facts is None else facts_in(body.facts),
                uploads=uploads,
                drop=body.drop_photo,
                first=body.first_photo,
                **by(request, supplier_id=supplier.pk),
            )
    except UnfitFields as error:
        # Photos that were kept made another version: the next try has to name it.
        error.details |= getattr(error.__cause__, "details", {})
        error.details.pop("problems", None)
        raise
    return _detail(supplier, own.pk)


class AsRead(Body):
    version: Id = Field(description=gettext_noop("The version that was read."))


@area.writes(
    "/seller/proposals/{int:proposal_id}/submit",
    ProposalDetail,
    scope="goods:write",
    summary=gettext_noop("Send a draft to the reviewers"),
    description=gettext_noop("Refused with everything that is missing, each by its field."),
)
def send_proposal(request: ApiRequest, proposal_id: int, body: AsRead, asked: ForOne) -> dict[str, Any]:
    supplier = _acting(request, asked)
    with beside_fields():
        submit_proposal(proposal_id=proposal_id, version=body.version, **by(request, supplier_id=supplier.pk))
    return _detail(supplier, proposal_id)


@area.writes(
    "/seller/proposals/{int:proposal_id}/take-back",
    ProposalDetail,
    scope="goods:write",
    summary=gettext_noop("Take back what waits, to change it"),
)
def take_proposal_back(request: ApiRequest, proposal_id: int, asked: ForOne) -> dict[str, Any]:
    supplier = _acting(request, asked)
    take_back(proposal_id=proposal_id, **by(request, supplier_id=supplier.pk))
    return _detail(supplier, proposal_id)


@area.writes(
    "/seller/proposals/{int:proposal_id}/give-up",
    ProposalDetail,
    scope="goods:write",
    summary=gettext_noop("Give a draft or a proposal up"),
    description=gettext_noop("The product that it would have changed stays as it is."),
)
def give_proposal_up(request: ApiRequest, proposal_id: int, asked: ForOne) -> dict[str, Any]:
    supplier = _acting(request, asked)
    give_up(proposal_id=proposal_id, **by(request, supplier_id=supplier.pk))
    return _detail(supplier, proposal_id)


@area.writes(
    "/seller/listings/{int:listing_id}/off-sale",
    None,
    scope="goods:write",
    summary=gettext_noop("Take a product off sale, at once"),
    description=gettext_noop("Orders placed before go on."),
)
def take_listing_off(request: ApiRequest, listing_id: int, asked: ForOne) -> None:
    take_off_sale(listing_id=listing_id, **by(request, supplier_id=_acting(request, asked).pk))


@area.writes(
    "/seller/listings/{int:listing_id}/on-sale",
    None,
    scope="goods:write",
    summary=gettext_noop("Put a product back on sale, as it was approved"),
)
def put_listing_back(request: ApiRequest, listing_id: int, asked: ForOne) -> None:
    put_back_on_sale(listing_id=listing_id, **by(request, supplier_id=_acting(request, asked).pk))
