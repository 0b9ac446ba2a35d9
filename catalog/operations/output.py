"""Certified output: a certificate's year is an account on the ledger, in grams; what is sold under it draws it.

Reserving stock draws in the same transaction, what is cancelled or taken back returns. The account is guarded by the
database, so no door passes it. Locks: the accounts by id, after the stock pools.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.models import Certificate, CertifiedListing, CertifiedYear, Listing
from catalog.operations.listings import cards_changed
from shop.core import audit, ledger
from shop.core.errors import DomainError, InvalidInput
from shop.core.ledger import Overdrawn, Posting

GRAMS = "GRAM"


class OutputExceeded(DomainError):
    """Less certified output is left this year than what was asked for."""

    code = "output_exceeded"


class CertificateExpired(DomainError):
    """The certificate that a product is sold under is not valid today."""

    code = "certificate_expired"


@dataclass(frozen=True, slots=True)
class Draw:
    """Grams sold under a certificate in a year; `key` makes it happen once, `reference` is the order's number."""

    certificate_id: int
    year: int
    grams: int
    key: str
    reference: str


def left_account(certificate_id: int, year: int) -> str:
    """Return the name of the account of what is left."""
    return f"certificate:{certificate_id}:{year}:left"


def _drawn_account(certificate_id: int, year: int) -> str:
    return f"certificate:{certificate_id}:{year}:drawn"


def record_certificate(*, actor: Any, at: datetime, listings: Sequence[Listing] = (), **facts: Any) -> Certificate:
    """Record a certificate with its output of each year of its validity, and the listings sold under it.

    Raises InvalidInput when it ends before it begins, or when a listing is not its holder's.
    """
    if facts["valid_until"] < facts["valid_from"]:
        raise InvalidInput(_("The last day is before the first."), code="days_wrong", field="valid_until")
    if any(listing.supplier_id != facts["holder"].pk for listing in listings):
        raise InvalidInput(_("This product is not the holder's."), code="not_the_holders", field="listings")
    with transaction.atomic():
        certificate = Certificate.objects.create(**facts)
        if certificate.yearly_output_grams:
            _open_years(certificate, at)
        CertifiedListing.objects.bulk_create(
            [
                CertifiedListing(
                    certificate=certificate, listing=listing, draws=certificate.yearly_output_grams is not None
                )
                for listing in listings
            ]
        )
        cards_changed([listing.pk for listing in listings], at=at)
        audit.record(
            action="certificate_recorded", object_kind="certificate", object_id=certificate.pk, actor=actor, at=at,
            number=certificate.number,
        )  # fmt: skip
    return certificate


def _open_years(certificate: Certificate, at: datetime) -> None:
    years = range(certificate.valid_from.year, certificate.valid_until.year + 1)
    names = {year: left_account(certificate.pk, year) for year in years}
    ledger.post(
        [
            Posting(
                key=f"certified:{certificate.pk}:{year}",
                debit=f"certificate:{certificate.pk}:{year}:certified",
                credit=name,
                amount=certificate.yearly_output_grams or 0,
                kind="certified_output",
                reference=certificate.number,
                asset=GRAMS,
                guarded=frozenset({name}),
            )
            for year, name in names.items()
        ],
        at=at,
    )
    accounts = ledger.accounts(names.values(), asset=GRAMS)
    CertifiedYear.objects.bulk_create(
        [CertifiedYear(certificate=certificate, year=year, account=accounts[name]) for year, name in names.items()]
    )


def draw(draws: Sequence[Draw], *, at: datetime) -> None:
    """Draw output in the caller's transaction. Raises OutputExceeded when a certificate has too little left."""
    if not draws:
        return
    try:
        ledger.post([_posting(each, back=False) for each in draws], at=at)
    except Overdrawn as error:
        asked: dict[int, int] = defaultdict(int)
        for each in draws:
            asked[each.certificate_id] += each.grams
        raise OutputExceeded(
            _("The certified output of this year is sold: that much can't be sold under its certificate any more."),
            account_id=error.details.get("account_id"),
        ) from error


def give_back(draws: Sequence[Draw], *, at: datetime) -> None:
    """Return what was drawn, in the caller's transaction; the same key gives back once."""
    ledger.post([_posting(each, back=True) for each in draws], at=at)


def _posting(each: Draw, *, back: bool) -> Posting:
    left, drawn = left_account(each.certificate_id, each.year), _drawn_account(each.certificate_id, each.year)
    return Posting(
        key=each.key,
        debit=drawn if back else left,
        credit=left if back else drawn,
        amount=each.grams,
        kind="output_returned" if back else "output_drawn",
        reference=each.reference,
        asset=GRAMS,
        guarded=frozenset({left}),
    )
