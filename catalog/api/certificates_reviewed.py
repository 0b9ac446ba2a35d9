"""The reviewers' certificates by API: what is sold under one, which orders wait, revoking and taking that back."""

from datetime import date
from typing import Annotated, Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query
from pydantic import Field

from catalog import hooks
from catalog.api.shared import Named, named
from catalog.models import Certificate
from catalog.operations.deciding import REVIEWERS
from catalog.operations.revoking import LONGEST_REASON, restore_certificate, revoke_certificate
from catalog.queries.certificate_review import (
    certificate_to_review,
    certificates_to_review,
    decisions_on,
    sold_under,
)
from catalog.queries.certificates import number_of
from catalog.rules.badges import stands_on
from catalog.words import said
from shop.accounts.queries import reviewed_divisions
from shop.core.acting import by
from shop.core.api import Answer, Area, Body, Moment, Page, Paragraphs
from shop.core.api.paging import Turn, turn_of
from shop.core.api.routing import ApiRequest, Key
from shop.core.errors import NotAllowed

area = Area(gettext_noop("Reviewers: products"))


def _check(request: ApiRequest) -> None:
    if not request.user.has_perm(REVIEWERS):
        raise NotAllowed(_("You may not do this."))


class CertificatesAsked(Turn):
    query: str = Field("", max_length=60, description=gettext_noop("A part of a number or of its holder's name."))
    revoked: bool = Field(False, description=gettext_noop("Only those that are revoked."))


class ReviewedCertificateBrief(Answer):
    number: str = Field(examples=["LB-000001"])
    kind: str
    holder: Named
    county: str
    valid_from: date
    valid_until: date
    is_valid: bool
    is_revoked: bool
    revoked_at: Moment | None
    revoked_reason: str


class SoldUnderOut(Answer):
    slug: str
    name: str
    is_live: bool
    is_barred: bool = Field(description=gettext_noop("Whether it can't be sold without the certificate."))


class CertificateDecision(Answer):
    is_revoked: bool = Field(description=gettext_noop("True where it was revoked, false where that was taken back."))
    reason: str
    by: str
    at: Moment


class OrdersUnderOut(Answer):
    orders: int
    pieces: int
    numbers: list[str]
    unpaid: int = Field(description=gettext_noop("Orders that are not paid yet: not to be paid while it is revoked."))


class ReviewedCertificate(ReviewedCertificateBrief):
    products: list[SoldUnderOut]
    orders_waiting: OrdersUnderOut = Field(description=gettext_noop("Paid orders that are still to be sent."))
    decisions: list[CertificateDecision]


def _brief(row: Certificate) -> dict[str, Any]:
    same = ("number", "valid_from", "valid_until", "is_revoked", "revoked_at", "revoked_reason")
    return {name: getattr(row, name) for name in same} | {
        "kind": str(row.get_kind_display()),
        "holder": named(row.holder),
        "county": said(row.holder.county, "name"),
        "is_valid": stands_on(timezone.localdate(), row.valid_from, row.valid_until, is_revoked=row.is_revoked),
    }


@area.reads(
    "/review/certificates",
    Page[ReviewedCertificateBrief],
    scope="review:read",
    summary=gettext_noop("Certificates of the suppliers that the reviewer looks at"),
)
def list_reviewed_certificates(request: ApiRequest, asked: Annotated[CertificatesAsked, Query(...)]) -> dict[str, Any]:
    _check(request)
    divisions = reviewed_divisions(request.user)
    return turn_of(
        asked,
        lambda page: certificates_to_review(divisions, page, query=asked.query, revoked=asked.revoked),
        _brief,
    )


def _found(request: ApiRequest, number: str) -> Certificate:
    _check(request)
    row = certificate_to_review(reviewed_divisions(request.user), number_of(number) or number)
    if row is None:
        raise Http404
    return row


def _detail(row: Certificate) -> dict[str, Any]:
    waiting = hooks.orders_under(row.pk)
    goods = ("slug", "name", "is_live", "is_barred")
    decision = ("is_revoked", "reason", "by", "at")
    return _brief(row) | {
        "products": [{name: getattr(each, name) for name in goods} for each in sold_under(row)],
        "orders_waiting": {
            "orders": waiting.orders,
            "pieces": waiting.pieces,
            "numbers": list(waiting.numbers),
            "unpaid": waiting.unpaid,
        },
        "decisions": [{name: getattr(each, name) for name in decision} for each in decisions_on(row.pk)],
    }


@area.reads(
    "/review/certificates/{number}",
    ReviewedCertificate,
    scope="review:read",
    summary=gettext_noop("A certificate, what is sold under it and which orders wait"),
)
def get_reviewed_certificate(request: ApiRequest, number: str) -> dict[str, Any]:
    return _detail(_found(request, number))


class RevocationIn(Body):
    reason: Paragraphs = Field(max_length=LONGEST_REASON, description=gettext_noop("The holder reads it."))
    confirm: bool = Field(
        False,
        description=gettext_noop(
            "Needed where orders wait or products go off sale; the refusal without it says which."
        ),
    )


@area.writes(
    "/review/certificates/{number}/revocation",
    ReviewedCertificate,
    scope="review:write",
    key=Key.REQUIRED,
    summary=gettext_noop("Revoke a certificate: what can't be sold without it is not sold any more"),
)
def revoke(request: ApiRequest, number: str, body: RevocationIn) -> dict[str, Any]:
    row = _found(request, number)
    revoke_certificate(certificate_id=row.pk, reason=body.reason, confirm=body.confirm, **by(request))
    return _detail(_found(request, number))


class RestorationIn(Body):
    reason: Paragraphs = Field(max_length=LONGEST_REASON, description=gettext_noop("The holder reads it."))


@area.writes(
    "/review/certificates/{number}/restoration",
    ReviewedCertificate,
    scope="review:write",
    key=Key.REQUIRED,
    summary=gettext_noop("Take back a revocation that was a mistake"),
)
def restore(request: ApiRequest, number: str, body: RestorationIn) -> dict[str, Any]:
    row = _found(request, number)
    restore_certificate(certificate_id=row.pk, reason=body.reason, **by(request))
    return _detail(_found(request, number))
