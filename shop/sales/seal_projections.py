"""What `manage.py check_ledger` checks of lines, sources, consents, money and parcels: their seals, and the audit trail."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q

from shop.core import sealed
from shop.core.models import AuditEntry
from shop.core.projections import Mismatch, check
from shop.sales.models import OfferConsent, OrderAttribution, Purchase, Refund, RefundAccount
from shop.sales.queries.sealed import (
    BROWSER,
    CONTACT,
    PARCEL,
    SHIP_TO,
    altered_accounts,
    each_fact,
    each_person,
    parcel_facts,
)
from shop.sales.states import ConsentState

Entry = tuple[datetime, int | None, dict[str, Any]]


@check("what was sold, of where and from where, what came for it and on what terms is what was written then")
def _sealed() -> Iterator[Mismatch]:
    for kind, rows in each_fact().items():
        yield from sealed.faults(kind, rows)


@check("who bought, where it goes and from which browser it was bought is what was written then, or is erased")
def _persons() -> Iterator[Mismatch]:
    for kind in (CONTACT, SHIP_TO, BROWSER):
        found = (facts for its, facts in each_person() if its == kind)
        yield from sealed.faults(kind, found, may_go=True)


@check("a parcel has the number it was sent with, or the one that a correction gave it")
def _parcels() -> Iterator[Mismatch]:
    parcels = parcel_facts()
    for pk, entries in _audited("shipment", "tracking_corrected").items():
        parcel = parcels.get(pk)
        if parcel is None:
            continue
        now = (parcel["carrier"], parcel["tracking_no"])
        for _at, _actor, data in reversed(entries):
            if now != (data["carrier"], data["number"]):
                yield Mismatch(f"number of parcel {pk}, which a correction made another", 1, 0)
            now = (data["old_carrier"], data["old_number"])
        # Sealed with what it said first.
        parcels[pk] = parcel | {"carrier": now[0], "tracking_no": now[1]}
    yield from sealed.faults(PARCEL, parcels.values())


@check("a purchase came from one of its sources")
def _channels() -> Iterator[Mismatch]:
    sources: dict[int, set[tuple[str, str]]] = {}
    for purchase, kind, ref in OrderAttribution.objects.values_list("purchase_id", "kind", "ref"):
        sources.setdefault(purchase, set()).add((kind, ref))
    rows = Purchase.objects.order_by("pk").values_list("pk", "number", "attribution_kind", "attribution_ref")
    for pk, number, kind, ref in rows.iterator():
        found = sources.get(pk, set())
        if (kind, ref) not in found and (ref or found):
            yield Mismatch(f"channel of purchase {number}", 0, len(found))


@check("refunds that finance paid out say what the audit trail says")
def _paid_out() -> Iterator[Mismatch]:
    said = {pk: entries[-1] for pk, entries in _audited("refund", "refund_paid_out").items()}
    rows = Refund.objects.filter(Q(pk__in=said) | Q(account_version__isnull=False))
    for refund in rows.order_by("pk"):
        if refund.pk not in said:
            yield Mismatch(f"refund {refund.pk} was paid out by nobody", 1, 0)
            continue
        at, actor_id, data = said[refund.pk]
        now = (refund.finished_at, refund.paid_out_by_id, refund.provider_ref, refund.amount_fen)
        if now != (at, actor_id, data.get("reference", refund.provider_ref), data.get("amount_fen", refund.amount_fen)):
            yield Mismatch(f"how refund {refund.pk} was paid out", 1, 0)
        more = {"account_version": refund.account_version, "payee_why": refund.payee_why}
        if any(name in data and data[name] != value for name, value in more.items()):
            yield Mismatch(f"account that refund {refund.pk} was paid to", 1, 0)


@check("the account that refunds of a purchase go to is the one that was given last")
def _accounts() -> Iterator[Mismatch]:
    accounts = RefundAccount.objects.select_related("purchase").order_by("pk")
    for number in altered_accounts({account.purchase.number: account for account in accounts}):
        yield Mismatch(f"account that refunds of purchase {number} go to", 1, 0)


ANSWERS = (ConsentState.GIVEN, ConsentState.DECLINED, ConsentState.WITHDRAWN)


@check("who answered on an offer, and when, is who the audit trail names")
def _answered() -> Iterator[Mismatch]:
    last: dict[int, tuple[datetime, int | None, str]] = {}
    actions = [f"offer_consent_{state}" for state in ANSWERS]
    rows = AuditEntry.objects.filter(object_kind="offer_consent", action__in=actions).order_by("pk")
    for pk, moment, actor, action in rows.values_list("object_id", "at", "actor_id", "action").iterator():
        last[int(pk)] = (moment, actor, action.removeprefix("offer_consent_"))
    for consent in OfferConsent.objects.order_by("pk"):
        at, actor_id, state = last.get(consent.pk, (None, None, ConsentState.ASKED))
        if (consent.answered_at, consent.answered_by_id) != (at, actor_id):
            yield Mismatch(f"who answered on consent {consent.pk}, or when", 1, 0)
        if consent.state not in (state, ConsentState.REPLACED):
            yield Mismatch(f"state of consent {consent.pk}, of which the last answer was {state}", 1, 0)


def _audited(object_kind: str, action: str) -> dict[int, list[Entry]]:
    """Return what was done so to each object, the first first. One query."""
    found: dict[int, list[Entry]] = {}
    rows = AuditEntry.objects.filter(object_kind=object_kind, action=action).order_by("pk")
    for pk, *entry in rows.values_list("object_id", "at", "actor_id", "data").iterator():
        found.setdefault(int(pk), []).append((entry[0], entry[1], entry[2]))
    return found
