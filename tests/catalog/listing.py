"""Drafts, proposals and reviewers in one line, for tests."""

import io
from dataclasses import replace
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from catalog.models import ListingProposal, ProposalPicture
from catalog.operations.proposing import open_change, open_new, save_proposal, submit_proposal
from catalog.queries.proposals import facts_of_listing
from catalog.rules.proposed import ProposedListing, ProposedSpec
from shop.accounts import roles
from shop.accounts.models import Membership, Organisation, User
from shop.accounts.operations.groups import give_role
from tests.factories import AT, make_category, make_division, make_picture, make_supplier, make_user


def camera(size: tuple[int, int] = (640, 480), colour: str = "#C2941A", kind: str = "JPEG") -> SimpleUploadedFile:
    """Return a photo as a phone sends it."""
    data = io.BytesIO()
    Image.new("RGB", size, colour).save(data, kind)
    return SimpleUploadedFile("IMG_2046.jpg", data.getvalue(), content_type="image/jpeg")


def make_reviewer(**fields: Any) -> User:
    """Make a platform reviewer."""
    user = make_user(**fields)
    give_role(user=user, role=roles.PLATFORM_REVIEWER, actor=None, at=AT)
    return User.objects.get(pk=user.pk)


def make_county_reviewer(division: str = "441403", **fields: Any) -> User:
    """Make a county reviewer of the platform's office for a division; without one (""), of no office."""
    user = make_user(**fields)
    give_role(user=user, role=roles.COUNTY_REVIEWER, actor=None, at=AT)
    if division:
        office = Organisation.objects.create(
            kind=Organisation.Kind.PLATFORM, name_zh="审核处", division=make_division(division, "某县")
        )
        Membership.objects.create(user=user, organisation=office, role=Membership.Role.MEMBER)
    return User.objects.get(pk=user.pk)


def pomelo(category_id: int | None = None, **changes: Any) -> ProposedListing:
    """Return facts that may be sent for review; without a category, one is made."""
    specs = changes.pop("specs", None) or (
        ProposedSpec(text_zh="5 斤 一级", price_fen=3280, net_grams=2500, stock=40),
        ProposedSpec(text_zh="10 斤 一级", price_fen=6180, net_grams=5000, stock=20),
    )
    facts = ProposedListing(
        category_id=category_id or make_category("柑橘柚类").pk,
        name_zh="蜜柚 红肉",
        name_en="Honey pomelo, red",
        summary_zh="自家山上摘的，皮薄水足",
        season_start=10,
        season_end=1,
        specs=specs,
    )
    return replace(facts, **changes)


def drafted(
    supplier: Any = None, facts: ProposedListing | None = None, *, key: str = "k", photos: int = 1
) -> ListingProposal:
    """Return the draft of a new product with photos (rows without files)."""
    supplier = supplier or make_supplier(member=make_user())
    by = {"supplier_id": supplier.pk, "actor": None, "at": AT}
    proposal = open_new(key=key, **by)
    save_proposal(proposal_id=proposal.pk, facts=facts or pomelo(), **by)
    add_photos(proposal, photos)
    proposal.refresh_from_db()
    return proposal


def add_photos(proposal: ListingProposal, count: int = 1, **fields: Any) -> None:
    """Give a proposal photos, rows without files."""
    start = proposal.photos.count()
    for n in range(count):
        ProposalPicture.objects.create(proposal=proposal, picture=make_picture(**fields), position=start + n)


def sent(supplier: Any = None, facts: ProposedListing | None = None, **more: Any) -> ListingProposal:
    """Return a new product that waits for review."""
    return send(drafted(supplier, facts, **more))


def send(proposal: ListingProposal) -> ListingProposal:
    """Send a draft for review."""
    proposal.refresh_from_db()
    submit_proposal(
        supplier_id=proposal.supplier_id, proposal_id=proposal.pk, version=proposal.version, actor=None, at=AT
    )
    proposal.refresh_from_db()
    return proposal


def changed(listing: Any, **changes: Any) -> ListingProposal:
    """Return the draft of a change of a listing; `price_fen` is the first specification's, `added` new specifications."""
    by = {"supplier_id": listing.supplier_id, "actor": None, "at": AT}
    proposal = open_change(listing_id=listing.pk, **by)
    facts = facts_of_listing(listing)
    price, added = changes.pop("price_fen", None), changes.pop("added", ())
    specs = facts.specs
    if price:
        specs = (replace(specs[0], price_fen=price), *specs[1:])
    save_proposal(proposal_id=proposal.pk, facts=replace(facts, specs=(*specs, *added), **changes), **by)
    if not proposal.photos.exists():
        add_photos(proposal)
    proposal.refresh_from_db()
    return proposal
