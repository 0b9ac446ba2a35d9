"""A supplier pays for an offer only on terms that it agreed to: asking it, its answer, and what it gave in the books.

Locks: the offer, then its consents.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from oscar.apps.offer.models import ConditionalOffer

from catalog.queries import supplier_member_ids
from shop.accounts.operations.messages import tell
from shop.core import audit, ledger, outbox
from shop.core.errors import InvalidInput
from shop.core.money import to_fen
from shop.core.sealed import seal
from shop.sales import books
from shop.sales.discount_rules import Cost
from shop.sales.errors import WrongState
from shop.sales.hooks import Event, OrderEvent
from shop.sales.models import OfferConsent, OfferFunding
from shop.sales.offer_rules import says_the_same
from shop.sales.queries.funding import costs_of, terms_now
from shop.sales.queries.sealed import CONSENT, consent_facts
from shop.sales.states import CONSENT_MOVES, ConsentState, PurchaseState

REASON_LENGTH = 200


def renew_consent(*, offer_id: int, actor: Any, at: datetime) -> OfferConsent | None:
    """Ask the supplier who is to pay for an offer, unless it was asked on these terms, whatever names they have; return what counts now.

    Called whenever an offer, its condition, benefit or ranges may have changed. What was agreed to before is replaced,
    so the offer takes nothing off until the supplier answers. None where the platform pays.
    Raises InvalidInput on `max_discount` or `end_datetime`: a supplier is not asked for what has no bound.
    """
    with transaction.atomic():
        offer = _lock_offer(offer_id)
        funding = OfferFunding.objects.filter(offer=offer, funded_by=OfferFunding.FundedBy.SUPPLIER).first()
        before = OfferConsent.objects.exclude(state=ConsentState.REPLACED).filter(offer=offer).first()
        terms = terms_now(offer) if funding else None
        is_same_payer = before is not None and funding is not None and before.supplier_id == funding.supplier_id
        if before is not None and terms is not None and is_same_payer and says_the_same(before.terms, terms):
            return before
        if before is not None:
            _move(before, ConsentState.REPLACED, actor=actor, at=at)
            if before.supplier_id != (funding.supplier_id if funding else None):
                _tell(before, "sales.tell_offer_dropped", at)
        if funding is None or funding.supplier_id is None:
            return None
        if offer.max_discount is None:
            raise InvalidInput(_("Say the most that it may cost the supplier."), field="max_discount")
        if offer.end_datetime is None:
            raise InvalidInput(_("Say when it ends: the supplier agrees until then."), field="end_datetime")
        last = OfferConsent.objects.filter(offer=offer).aggregate(last=Max("version"))["last"] or 0
        taken = costs_of(offer=offer.pk, supplier=funding.supplier_id).get((offer.pk, funding.supplier_id), Cost())
        spent = taken.cost_fen + taken.waiting_fen
        asked = OfferConsent.objects.create(
            offer=offer,
            supplier_id=funding.supplier_id,
            version=last + 1,
            terms=terms,
            # What it has cost already can't be agreed away.
            most_fen=max(to_fen(offer.max_discount), spent),
            spent_fen=spent,
            ends_at=offer.end_datetime,
            asked_at=at,
            asked_by_id=getattr(actor, "pk", None),
        )
        seal(CONSENT, consent_facts(pk=asked.pk), at=at)
        audit.record(
            action="offer_consent_asked", object_kind="offer_consent", object_id=asked.pk, actor=actor, at=at,
            offer=offer.pk, version=asked.version, most_fen=asked.most_fen,
        )  # fmt: skip
        _tell(asked, "sales.tell_offer_asked", at)
        return asked


def _lock_offer(offer_id: int) -> ConditionalOffer:
    return (
        ConditionalOffer.objects.select_for_update(of=("self",)).select_related("condition", "benefit").get(pk=offer_id)
    )


def answer_consent(*, consent_id: int, agree: bool, actor: Any, at: datetime, reason: str = "") -> OfferConsent:
    """Agree, as its supplier, to fund an offer on the terms of this version, or decline.

    Raises WrongState when the offer was changed or is over since, or this version has been answered so already.
    """
    return _answer(consent_id, ConsentState.GIVEN if agree else ConsentState.DECLINED, reason, actor, at)


def withdraw_consent(*, consent_id: int, actor: Any, at: datetime, reason: str = "") -> OfferConsent:
    """Take a consent back from now on; orders placed before keep their discount. Raises WrongState when there is none."""
    return _answer(consent_id, ConsentState.WITHDRAWN, reason, actor, at)


def _answer(consent_id: int, to: ConsentState, reason: str, actor: Any, at: datetime) -> OfferConsent:
    reason = reason.strip()
    if len(reason) > REASON_LENGTH:
        raise InvalidInput(
            _("At most %(n)d characters.") % {"n": REASON_LENGTH}, code="reason_too_long", field="reason"
        )
    with transaction.atomic():
        offer, consent = _lock_consent(consent_id)
        if to == ConsentState.GIVEN:
            if consent.ends_at < at:
                raise WrongState(_("This offer is over."), code="offer_over")
            if consent.state != ConsentState.REPLACED and not says_the_same(consent.terms, terms_now(offer)):
                raise WrongState(
                    _("The offer was changed meanwhile. Please wait to be asked anew."), code="offer_changed"
                )
        _move(consent, to, actor=actor, at=at, reason=reason)
        audit.record(
            action=f"offer_consent_{to}", object_kind="offer_consent", object_id=consent.pk, actor=actor, at=at,
            offer=consent.offer_id, version=consent.version,
        )  # fmt: skip
        return consent


def _lock_consent(consent_id: int) -> tuple[ConditionalOffer, OfferConsent]:
    offer = _lock_offer(OfferConsent.objects.values_list("offer_id", flat=True).get(pk=consent_id))
    return offer, OfferConsent.objects.select_for_update().get(pk=consent_id)


def _move(consent: OfferConsent, to: ConsentState, *, actor: Any, at: datetime, reason: str = "") -> None:
    if to not in CONSENT_MOVES[consent.state]:
        raise WrongState(_("This has been answered or changed meanwhile. Please look at it again."))
    consent.state = to
    changed = ["state"]
    if to != ConsentState.REPLACED:
        consent.reason, consent.answered_at, consent.answered_by_id = reason, at, getattr(actor, "pk", None)
        changed += ["reason", "answered_at", "answered_by_id"]
    consent.save(update_fields=changed)


def _tell(consent: OfferConsent, task: str, at: datetime) -> None:
    outbox.enqueue(task=task, args={"consent_id": consent.pk}, key=f"{task}:{consent.pk}", at=at)


@outbox.register("sales.tell_offer_asked")
def tell_asked(*, consent_id: int, at: datetime) -> None:
    """Tell a supplier that it is asked to fund an offer."""
    _tell_members(consent_id, "offer_asked", at)


@outbox.register("sales.tell_offer_dropped")
def tell_dropped(*, consent_id: int, at: datetime) -> None:
    """Tell a supplier that an offer is not its to pay for any more."""
    _tell_members(consent_id, "offer_dropped", at)


def _tell_members(consent_id: int, kind: str, at: datetime) -> None:
    consent = OfferConsent.objects.get(pk=consent_id)
    for user_id in supplier_member_ids(consent.supplier_id):
        tell(
            user_id=user_id,
            kind=kind,
            params={"offer": consent.terms["offer"]["name"], "most_fen": consent.most_fen},
            url="/seller/offers/",
            key=f"{kind}:{consent.pk}:{user_id}",
            at=at,
        )


def take_part(events: Sequence[OrderEvent]) -> None:
    """Keep in the books what suppliers gave as their own discounts: with the money, and back with what is given back."""
    postings = []
    for event in events:
        order = event.order
        if not order.discount_supplier_fen or order.purchase.state != PurchaseState.PAID:
            continue
        number, supplier_id = order.order.number, order.supplier_id
        left = order.own_discount_left_fen
        if event.kind == Event.PAID:
            postings += books.own_discount(key=number, number=number, supplier_id=supplier_id, amount_fen=left)
        elif event.kind == Event.REDUCED:
            booked = ledger.moved(kind="own_discount", reference=number)
            booked -= ledger.moved(kind="own_discount_back", reference=number)
            postings += books.own_discount_back(
                key=event.key, number=number, supplier_id=supplier_id, amount_fen=booked - left
            )
    if postings:
        ledger.post(postings, at=events[0].at, actor_id=events[0].actor_id)
