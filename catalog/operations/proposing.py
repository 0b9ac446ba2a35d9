"""上货: a supplier's drafts and proposals. Each is changed under its row's lock, on the version that was read.

Callers have made sure that `actor` acts for `supplier_id`; whatever is another supplier's is not there (404).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import IO, Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.errors import ChangedSince, Unfit, UnknownListing, UnknownProposal, WrongStep
from catalog.models import Listing, ListingPicture, ListingProposal, Picture, ProposalPicture, Supplier
from catalog.operations.pictures import store_pictures
from catalog.queries.proposals import complete_facts, facts_of_listing, is_leaf_category, valid_certificates
from catalog.rules.proposed import MOST_PHOTOS, ProposedListing, problems, to_json
from catalog.states import (
    EDITABLE_PROPOSALS,
    OPEN_PROPOSALS,
    PROPOSAL_MOVES,
    ListingState,
    ProposalKind,
    ProposalState,
)
from shop.core import audit
from shop.core.errors import DomainError, InvalidInput

LEAST_SIDE = 480


def open_new(*, supplier_id: int, key: str, actor: Any, at: datetime) -> ListingProposal:
    """Open the draft of a new product; the same `key` (of the form) again returns the same draft."""
    supplier = Supplier.objects.get(pk=supplier_id)
    with transaction.atomic():
        proposal, made = ListingProposal.objects.get_or_create(
            supplier=supplier,
            key=key[:40],
            defaults={
                "kind": ProposalKind.NEW,
                "facts": to_json(ProposedListing(village_id=supplier.village_id)),
                "created_at": at,
                "changed_at": at,
            },
        )
        if made:
            _record(proposal, "proposal_opened", actor, at)
    return proposal


def open_change(*, supplier_id: int, listing_id: int, actor: Any, at: datetime) -> ListingProposal:
    """Open a change of a listing with what it says now; where one is open already, return that one.

    Raises UnknownListing for another supplier's, WrongStep for one that was never on sale. The listing goes on
    selling as it is.
    """
    listing = Listing.objects.filter(pk=listing_id, supplier_id=supplier_id).first()
    if listing is None:
        raise UnknownListing(_("There is no such product."))
    if listing.state not in {ListingState.LIVE, ListingState.WITHDRAWN}:
        raise WrongStep(_("This product can't be changed now."))
    opened = ListingProposal.objects.filter(listing=listing, state__in=OPEN_PROPOSALS)
    try:
        with transaction.atomic():
            found = opened.first()
            if found is not None:
                return found
            tries = ListingProposal.objects.filter(listing=listing).count()
            proposal = ListingProposal.objects.create(
                supplier_id=supplier_id,
                listing=listing,
                kind=ProposalKind.CHANGE,
                key=f"change-{listing.pk}-{tries}",
                facts=to_json(facts_of_listing(listing)),
                created_at=at,
                changed_at=at,
            )
            pictures = ListingPicture.objects.filter(listing=listing).order_by("position", "pk")
            _put(proposal, list(pictures.values_list("picture_id", flat=True)))
            _record(proposal, "proposal_opened", actor, at)
            return proposal
    except IntegrityError:
        # Two clicks at once: the constraint let one of them open it.
        return opened.get()


def save_proposal(
    *,
    supplier_id: int,
    proposal_id: int,
    actor: Any,
    at: datetime,
    version: int | None = None,
    facts: ProposedListing | None = None,
    uploads: Sequence[IO[bytes]] = (),
    drop: int | None = None,
    first: int | None = None,
) -> ListingProposal:
    """Change a draft: its facts, where given, and its photos (added, one dropped, one put first, by picture id).

    Photos are kept even where the facts are refused later, for a phone may not send them twice; the same photo again
    is there once. Raises UnknownProposal, WrongStep once it waits for review, ChangedSince for another version than
    the one that was read (photos ask for none), Unfit, InvalidInput on field `photos`. The version grows; what refuses
    the facts alone says in `details` which version there is now, and whether the photos of this request were kept.
    """
    _refuse_closed(supplier_id, proposal_id)
    pictures = _store(proposal_id, uploads, actor, at)
    refusal: DomainError | None = None
    with transaction.atomic():
        proposal = _lock(supplier_id, proposal_id)
        _must_be_editable(proposal)
        try:
            if facts is not None:
                _must_be_read(proposal, version)
                proposal.facts = to_json(_fitting(proposal, facts, at))
        except DomainError as error:
            refusal = error
        if _change_photos(proposal, pictures, drop, first) or refusal is None:
            proposal.version += 1
            proposal.changed_at = at
            proposal.save(update_fields=["facts", "version", "changed_at"])
    if refusal is not None:
        # Photos that were kept made another version: the next try has to name it.
        refusal.details |= {"version": proposal.version, "photos_kept": bool(pictures)}
        raise refusal
    return proposal


def _must_be_read(proposal: ListingProposal, version: int | None) -> None:
    if version is not None and version != proposal.version:
        raise ChangedSince(_("Somebody else changed this draft meanwhile. Look at it, then save again."))


def _refuse_closed(supplier_id: int, proposal_id: int) -> None:
    """Refuse before any photo is encoded; what counts is asked again under the lock."""
    row = ListingProposal.objects.filter(pk=proposal_id, supplier_id=supplier_id).first()
    if row is None:
        raise UnknownProposal(_("There is no such draft."))
    _must_be_editable(row)


def _must_be_editable(proposal: ListingProposal) -> None:
    if proposal.state not in EDITABLE_PROPOSALS:
        raise WrongStep(_("This was sent for review. Take it back to change it."))


def _store(proposal_id: int, uploads: Sequence[IO[bytes]], actor: Any, at: datetime) -> list[Picture]:
    """Store uploads outside any transaction: encoding takes longer than a lock should be held."""
    there = ProposalPicture.objects.filter(proposal=proposal_id).count()
    if there + len(uploads) > MOST_PHOTOS:
        raise InvalidInput(
            _("At most %(most)d photos: take some out first.") % {"most": MOST_PHOTOS}, code="too_many_photos",
            field="photos",
        )  # fmt: skip
    try:
        return store_pictures(uploads=uploads, actor=actor, at=at, least_side=LEAST_SIDE)
    except InvalidInput as error:
        raise InvalidInput(error.message, code=error.code, field="photos") from error


def _change_photos(proposal: ListingProposal, added: list[Picture], drop: int | None, first: int | None) -> bool:
    """Add, drop and order the photos; tell whether anything was asked for."""
    if not added and drop is None and first is None:
        return False
    rows = ProposalPicture.objects.filter(proposal=proposal).order_by("position", "pk")
    known = dict(rows.values_list("picture_id", "picture__sha256"))
    ids = [pk for pk in known if pk != drop]
    hashes = set(known.values())
    for picture in added:
        if picture.sha256 not in hashes:
            ids.append(picture.pk)
            hashes.add(picture.sha256)
    if first in ids:
        ids.remove(first)
        ids.insert(0, first)
    if len(ids) > MOST_PHOTOS:
        raise InvalidInput(
            _("At most %(most)d photos: take some out first.") % {"most": MOST_PHOTOS}, code="too_many_photos",
            field="photos",
        )  # fmt: skip
    rows.delete()
    _put(proposal, ids)
    return True


def _put(proposal: ListingProposal, picture_ids: list[int]) -> None:
    ProposalPicture.objects.bulk_create(
        [ProposalPicture(proposal=proposal, picture_id=pk, position=n) for n, pk in enumerate(picture_ids)]
    )


def _fitting(proposal: ListingProposal, facts: ProposedListing, at: datetime) -> ProposedListing:
    """Return the facts as they are kept: specifications on sale that were left out stay as they are. Raises Unfit."""
    found = problems(facts, complete=False) | _strangers(proposal, facts, at)
    if proposal.listing is not None:
        now = {spec.specification_id: spec for spec in facts_of_listing(proposal.listing).specs}
        given = {spec.specification_id for spec in facts.specs} - {None}
        if given - set(now):
            found.setdefault("specs", _("Choose one of the list."))
        kept = tuple(spec for pk, spec in now.items() if pk not in given)
        facts = replace(facts, specs=facts.specs + kept)
    elif any(spec.specification_id is not None for spec in facts.specs):
        found.setdefault("specs", _("Choose one of the list."))
    refuse(found)
    return facts


def _strangers(proposal: ListingProposal, facts: ProposedListing, at: datetime) -> dict[str, str]:
    """Return what can't be chosen: a category that holds others, a village or a certificate that is not its own."""
    found = {}
    listing = proposal.listing
    known = facts.category_id in {None, listing.category_id if listing else None}
    if not known and not is_leaf_category(facts.category_id or 0):
        found["category_id"] = _("Choose one of the list.")
    own_villages = {None, proposal.supplier.village_id, listing.village_id if listing else None}
    if facts.village_id not in own_villages:
        found["village_id"] = _("Choose your own village.")
    if facts.certificate_id is not None:
        valid = valid_certificates(proposal.supplier_id, timezone.localdate(at))
        if not valid.filter(pk=facts.certificate_id).exists():
            found["certificate_id"] = _("Choose one of your own certificates that is valid today.")
    return found


def refuse(found: dict[str, str]) -> None:
    """Raise Unfit with all problems, where there are some."""
    if found:
        field, sentence = next(iter(found.items()))
        raise Unfit(sentence, field=field, problems=found)


def submit_proposal(*, supplier_id: int, proposal_id: int, version: int, actor: Any, at: datetime) -> ListingProposal:
    """Send a draft to the reviewers, with what is usual for its category in the empty places.

    Raises Unfit with everything that is missing, ChangedSince, WrongStep when it waits already.
    """
    with transaction.atomic():
        proposal = _lock(supplier_id, proposal_id)
        if ProposalState.SUBMITTED not in PROPOSAL_MOVES[proposal.state]:
            raise WrongStep(_("This waits for review already."))
        _must_be_read(proposal, version)
        refuse(missing(proposal, at))
        proposal.facts = to_json(complete_facts(proposal))
        proposal.submitted_at = at
        move(proposal, ProposalState.SUBMITTED, actor, at)
    return proposal


def missing(proposal: ListingProposal, at: datetime) -> dict[str, str]:
    """Return what keeps a proposal from being read by a reviewer, by field."""
    facts = complete_facts(proposal)
    found = {}
    if not ProposalPicture.objects.filter(proposal=proposal).exists():
        found["photos"] = _("Add at least one photo.")
    found |= problems(facts, complete=True)
    return found | _strangers(proposal, facts, at)


def take_back(*, supplier_id: int, proposal_id: int, actor: Any, at: datetime) -> ListingProposal:
    """Take a proposal back to change it. Who reads it at that moment can't decide on it any more. Raises WrongStep."""
    with transaction.atomic():
        proposal = _lock(supplier_id, proposal_id)
        proposal.version += 1
        move(proposal, ProposalState.DRAFT, actor, at)
    return proposal


def give_up(*, supplier_id: int, proposal_id: int, actor: Any, at: datetime) -> ListingProposal:
    """End a draft or a proposal; the listing that it would have changed stays as it is. Raises WrongStep."""
    with transaction.atomic():
        proposal = _lock(supplier_id, proposal_id)
        proposal.version += 1
        move(proposal, ProposalState.GIVEN_UP, actor, at)
    return proposal


def _lock(supplier_id: int, proposal_id: int) -> ListingProposal:
    rows = ListingProposal.objects.select_for_update(of=("self",)).select_related("supplier", "listing")
    proposal = rows.filter(pk=proposal_id, supplier_id=supplier_id).first()
    if proposal is None:
        raise UnknownProposal(_("There is no such draft."))
    return proposal


def move(proposal: ListingProposal, to: str, actor: Any, at: datetime) -> None:
    """Move a locked proposal to another state and save it whole. Raises WrongStep where the table has no such move."""
    if to not in PROPOSAL_MOVES[proposal.state]:
        raise WrongStep(_("This can't be done any more: the proposal was decided, or given up."))
    proposal.state, proposal.changed_at = to, at
    proposal.save()
    _record(proposal, f"proposal_{to}", actor, at)


def _record(proposal: ListingProposal, action: str, actor: Any, at: datetime) -> None:
    audit.record(
        action=action, object_kind="listing_proposal", object_id=proposal.pk, actor=actor, at=at,
        version=proposal.version,
    )  # fmt: skip
