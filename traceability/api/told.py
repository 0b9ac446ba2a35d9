"""What a parcel's code tells everybody, by API."""

from collections.abc import Collection
from datetime import date
from typing import Any, Literal

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_noop
from pydantic import Field

from catalog.queries import said
from catalog.queries.certificates import certificates_of, revoked_of
from shop.core.api import Answer, Area, Moment
from shop.core.api.routing import ApiRequest
from traceability.evidence import any_of, evidence_of, rows, shared_by
from traceability.queries.trace import LotInParcel, trace_page
from traceability.rules.codes import cleaned, is_code
from traceability.shown import broken_words, title, words
from traceability.states import DISPOSITIONS

area = Area(gettext_noop("Tracing a parcel"))
RECORDS_CHANGED = "records_changed"


class TracedEvent(Answer):
    step: str = Field(examples=["commissioning"])
    title: str = Field(examples=["采收"])
    text: str
    at: Moment


class Proof(Answer):
    kind: str = Field(examples=["commissioned_test"])
    what: str
    who: str = Field(description=gettext_noop("By whom, and who says so."))
    on: date
    number: str


class Paper(Answer):
    number: str = Field(examples=["HGZ2026111800000101"])
    form: Literal["one", "two"] = Field(description=gettext_noop("Two: of a buyer or packer, for what was mixed."))
    grams: int
    producer: str
    origin: str
    basis: str = Field(examples=["commissioned"])
    issued_on: date
    parents: list[str] = Field(description=gettext_noop("The certificates of what was mixed."))
    is_verified: bool = Field(
        description=gettext_noop("False where sealed records were changed: then it stands for nothing.")
    )
    is_sealed: bool = Field(
        description=gettext_noop("Whether an unchanged chain holds its facts; the contact never is.")
    )
    is_suspended: bool = Field(
        description=gettext_noop("The lot failed a test after it was issued: it stands for nothing any more.")
    )


class RevokedProof(Answer):
    number: str = Field(examples=["LB-000001"])
    what: str
    at: Moment | None
    reason: str


class TracedLot(Answer):
    is_verified: bool = Field(
        description=gettext_noop("False where sealed records were changed: then nothing said of the lot is confirmed.")
    )
    code: str = Field(examples=["MX-261118-01"])
    state: str = Field(examples=["open"])
    is_stopped: bool = Field(
        description=gettext_noop("It was held, recalled or disposed of: not to be eaten, whatever a later test found.")
    )
    product: str
    base: str
    place: str
    harvested_on: date
    best_before: date | None
    quantity: int = Field(description=gettext_noop("Pieces of it in this parcel."))
    conformity_certificate: str | None = Field(examples=["HGZ2026111800000101"])
    certificates: list[Paper]
    verified: list[Proof] = Field(description=gettext_noop("What stands for it: exactly this was verified, no more."))
    revoked: list[RevokedProof] = Field(description=gettext_noop("Certificates of its product that were revoked."))
    mixed_from: list[str] = Field(description=gettext_noop("The lots that it was mixed from."))
    is_sealed: bool
    events: list[TracedEvent]


class Trace(Answer):
    code: str
    supplier: str
    verified: bool = Field(description=gettext_noop("False where anything told here could not be confirmed."))
    unverified_code: str = Field(
        examples=["records_changed"], description=gettext_noop("Why it could not; empty where it could.")
    )
    is_intact: bool = Field(
        description=gettext_noop("Whether no event of the supplier's chain, and no row shown here, was changed since.")
    )
    changed: str = Field(description=gettext_noop("What was changed; empty where nothing was."))
    lots: list[TracedLot]


def event(told: Any) -> dict[str, Any]:
    return {"step": told.step, "title": title(told), "text": words(told), "at": told.at}


def _traced(found: LotInParcel, revoked: Collection[int], *, is_intact: bool) -> dict[str, Any]:
    lot = found.lot
    today = timezone.localdate()
    products = (lot.listing_id, *sorted(found.made_of))
    gone = any_of({pk: revoked_of(pk, today) for pk in products if pk in revoked}, products)
    proofs = shared_by([certificates_of(pk, today) for pk in products])
    return {
        "is_verified": is_intact,
        "code": lot.code,
        "state": lot.state,
        "is_stopped": found.is_stopped,
        "product": (said(lot, "product") if lot.product_zh else "") or said(lot.listing, "name"),
        "base": said(lot.base, "name"),
        "place": said(lot.base, "place"),
        "harvested_on": lot.harvested_on,
        "best_before": lot.best_before,
        "quantity": sum(row.pieces for row in found.goods),
        "conformity_certificate": found.papers[0].number if found.papers and found.is_certified and is_intact else None,
        "certificates": [
            paper(row, is_sealed=is_intact and row.number in found.sealed, is_intact=is_intact) for row in found.papers
        ],
        "verified": rows(evidence_of(found, proofs, is_intact=is_intact)),
        "revoked": [
            {"number": each.number, "what": each.kind_text, "at": each.revoked_at, "reason": each.revoked_reason}
            for each in gone
        ],
        "mixed_from": [part.get("lotNumber", "") for part in found.sources],
        "is_sealed": is_intact and found.is_sealed,
        "events": [event(each) for each in found.events],
    }


def paper(row: Any, *, is_sealed: bool, is_intact: bool) -> dict[str, Any]:
    same = ("number", "form", "grams", "producer", "origin", "basis", "issued_on", "parents")
    found = {name: getattr(row, name) for name in same}
    return found | {
        "is_verified": is_intact,
        "is_sealed": is_sealed,
        "is_suspended": not DISPOSITIONS[row.lot.state].can_certify,
    }


@area.reads("/trace/{code}", Trace, summary=gettext_noop("The lots in a parcel, by the code on it"))
def trace_parcel(request: ApiRequest, code: str) -> dict[str, Any]:
    plain = cleaned(code)
    page = trace_page(plain) if is_code(plain) else None
    if page is None:
        raise Http404
    return {
        "code": page.parcel.code,
        "verified": page.broken is None,
        "unverified_code": "" if page.broken is None else RECORDS_CHANGED,
        "supplier": said(page.parcel.supplier, "name"),
        "is_intact": page.broken is None,
        "changed": broken_words(page.broken, page.broken_step),
        "lots": [_traced(each, page.revoked, is_intact=page.broken is None) for each in page.lots],
    }
