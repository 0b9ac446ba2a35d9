"""Revoking certificates, and taking that back: signed with a reason, in the trail; the certificate says what holds now.

Nothing is sold under a revoked certificate from the commit on: placing locks the certificate too (`operations.output`).
Orders paid before stand; the reviewer confirms what waits, the supplier is told. What is not paid yet is not paid any
more, while it is revoked: its buyer reads why, and cancels it.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from catalog import hooks
from catalog.errors import OrdersUnder, OwnGoods, UnknownCertificate, WrongStep
from catalog.models import Certificate, CertifiedListing
from catalog.operations.deciding import REVIEWERS
from catalog.operations.listings import cards_changed
from catalog.queries.certificate_review import barred_live, barred_words, sold_under, waiting_words
from catalog.queries.proposal_review import in_divisions
from shop.accounts.queries import reviewed_divisions
from shop.core import audit, outbox, pagecache
from shop.core.errors import InvalidInput, NotAllowed
from shop.core.texts import sentences

LONGEST_REASON = 200


def revoke_certificate(
    *, certificate_id: int, reason: str, actor: Any, at: datetime, confirm: bool = False
) -> Certificate:
    """Revoke a certificate: its badge goes, and what has to be sold under it is not sold any more.

    Raises NotAllowed for others than reviewers, UnknownCertificate (also for one of a county that the reviewer does not
    look at), OwnGoods for a member of its holder, InvalidInput on field `reason`, WrongStep when it is revoked already,
    OrdersUnder where orders of it wait, or products go off sale with it, and that is not confirmed (`confirm`).
    Locks: the certificate.
    """
    reason = _checked(reason, actor)
    with transaction.atomic():
        found = _lock(certificate_id, actor)
        if found.is_revoked:
            raise WrongStep(_("This certificate is revoked already."))
        waiting = hooks.orders_under(found.pk)
        barred = barred_live(sold_under(found))
        if (waiting.orders or waiting.unpaid or barred) and not confirm:
            raise OrdersUnder(
                sentences(waiting_words(waiting), barred_words(barred), _("Confirm it to go on.")),
                field="confirm", orders=waiting.orders, pieces=waiting.pieces, numbers=list(waiting.numbers),
                unpaid=waiting.unpaid, products=barred,
            )  # fmt: skip
        _write(found, reason, at, is_revoked=True)
        _tell("certificate_revoked", found, reason, actor, at, orders=list(waiting.numbers))
        hooks.certificate_revoked(found.pk, at)
    return found


def restore_certificate(*, certificate_id: int, reason: str, actor: Any, at: datetime) -> Certificate:
    """Take a revocation back that was a mistake: the certificate holds again, for as long as it says.

    Raises as `revoke_certificate` does; WrongStep when it is not revoked. Locks: the certificate.
    """
    reason = _checked(reason, actor)
    with transaction.atomic():
        found = _lock(certificate_id, actor)
        if not found.is_revoked:
            raise WrongStep(_("This certificate is not revoked."))
        _write(found, "", None, is_revoked=False)
        _tell("certificate_restored", found, reason, actor, at)
    return found


def _checked(reason: str, actor: Any) -> str:
    """Return the reason as it is kept, of somebody who may decide."""
    if not actor.has_perm(REVIEWERS):
        raise NotAllowed(_("Only reviewers decide on this."))
    reason = reason.strip()
    if not reason:
        raise InvalidInput(_("Say why: the holder reads it."), field="reason")
    if len(reason) > LONGEST_REASON:
        raise InvalidInput(_("At most %(most)d characters, please.") % {"most": LONGEST_REASON}, field="reason")
    return reason


def _lock(certificate_id: int, actor: Any) -> Certificate:
    rows = Certificate.objects.select_for_update(of=("self",), no_key=True)
    rows = rows.filter(in_divisions(reviewed_divisions(actor), "holder"), pk=certificate_id)
    found = rows.select_related("holder__organisation").first()
    if found is None:
        raise UnknownCertificate(_("There is no such certificate."))
    if found.holder.organisation.memberships.filter(user_id=actor.pk).exists():
        raise OwnGoods(_("You belong to its holder: a colleague decides on it."))
    return found


def _write(found: Certificate, reason: str, at: datetime | None, *, is_revoked: bool) -> None:
    found.is_revoked, found.revoked_reason, found.revoked_at = is_revoked, reason, at
    found.save(update_fields=["is_revoked", "revoked_reason", "revoked_at"])


def _tell(action: str, found: Certificate, reason: str, actor: Any, at: datetime, **facts: Any) -> None:
    """Write down what was decided, have the cards built anew and the holder's members told."""
    entry = audit.record(
        action=action, object_kind="certificate", object_id=found.pk, actor=actor, at=at, number=found.number,
        reason=reason, **facts,
    )  # fmt: skip
    listings = CertifiedListing.objects.filter(certificate=found)
    cards_changed(listings.values_list("listing_id", flat=True), at=at)
    pagecache.bump()
    told = {"certificate_id": found.pk, "kind": action, "reason": reason, "entry_id": entry.pk}
    outbox.enqueue(task="catalog.tell_certificate", args=told, key=f"{action}:{entry.pk}", at=at)
