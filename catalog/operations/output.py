"""Certified output: each year of a certificate's validity is an account on the ledger, in grams; what is sold draws it.

Reserving stock draws in the same transaction, what is cancelled or taken back returns. The account is guarded by the
database, so no door passes it. Locks: certificates, then the accounts by id, after the stock pools.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.models import Certificate, CertifiedListing, CertifiedYear, Listing
from catalog.operations.listings import cards_changed
from catalog.rules.output import output_years
from shop.core import audit, ledger
from shop.core.errors import DomainError, InvalidInput
from shop.core.ledger import Overdrawn, Posting

GRAMS = "GRAM"


class OutputExceeded(DomainError):
    """Less certified output is left this year than what was asked for."""

    code = "output_exceeded"


class CertificateExpired(DomainError):
    """The certificate that a product is sold under is not valid today, or was revoked."""

    code = "certificate_expired"


@dataclass(frozen=True, slots=True)
class Draw:
    """Grams sold under a certificate on a day; `key` makes it happen once, `reference` is the order's number.

    What is given back names the day of the sale, not that of the return: it goes where it came from.
    """

    certificate_id: int
    day: date
    grams: int
    key: str
    reference: str


def left_account(certificate_id: int, year: int) -> str:
    """Return the name of the account of what is left of the validity's year that begins in `year`."""
    return f"certificate:{certificate_id}:{year}:left"


def _drawn_account(certificate_id: int, year: int) -> str:
    return f"certificate:{certificate_id}:{year}:drawn"


def record_certificate(*, actor: Any, at: datetime, listings: Sequence[Listing] = (), **facts: Any) -> Certificate:
    """Record a certificate with the output of each year of its validity, and the listings sold under it.

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
    years = output_years(certificate.valid_from, certificate.valid_until, certificate.yearly_output_grams or 0)
    names = {year: left_account(certificate.pk, year.starts_on.year) for year in years}
    ledger.post(
        [
            Posting(
                key=f"certified:{certificate.pk}:{year.starts_on.year}",
                debit=f"certificate:{certificate.pk}:{year.starts_on.year}:certified",
                credit=name,
                amount=year.grams,
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
        [
            CertifiedYear(
                certificate=certificate,
                year=year.starts_on.year,
                starts_on=year.starts_on,
                ends_on=year.ends_on,
                output_grams=year.grams,
                account=accounts[name],
            )
            for year, name in names.items()
        ]
    )


def draw(draws: Sequence[Draw], *, at: datetime) -> None:
    """Draw output in the caller's transaction.

    Raises OutputExceeded when a certificate has too little left that day, CertificateExpired when one was revoked.
    """
    if not draws:
        return
    _check_standing({each.certificate_id for each in draws})
    years = years_of(draws)
    if any((each.certificate_id, each.day) not in years for each in draws):
        raise _exceeded()
    try:
        ledger.post([_posting(each, years, back=False) for each in draws], at=at)
    except Overdrawn as error:
        raise _exceeded(account_id=error.details.get("account_id")) from error


def _check_standing(certificate_ids: Iterable[int]) -> None:
    """Lock the certificates, by id: who revokes one waits for this sale, or this sale sees that it is revoked."""
    rows = Certificate.objects.filter(pk__in=certificate_ids).order_by("pk").select_for_update(no_key=True)
    if any(rows.values_list("is_revoked", flat=True)):
        raise CertificateExpired(_("Its certificate was revoked: it can't be sold until it has another."))


def _exceeded(**details: Any) -> OutputExceeded:
    return OutputExceeded(
        _("The certified output of this year is sold: that much can't be sold under its certificate any more."),
        **details,
    )


def give_back(draws: Sequence[Draw], *, at: datetime) -> None:
    """Return what was drawn, in the caller's transaction; the same key gives back once."""
    years = years_of(draws)
    ledger.post([_posting(each, years, back=True) for each in draws if (each.certificate_id, each.day) in years], at=at)


Spans = Sequence[tuple[int, date, date, int]]


def certified_years(certificate_ids: Iterable[int] | None = None) -> Spans:
    """Return (certificate, first day, last day, year) of every year of a validity, or of some certificates'. One query."""
    rows = CertifiedYear.objects.order_by("certificate_id", "starts_on")
    if certificate_ids is not None:
        rows = rows.filter(certificate__in=set(certificate_ids))
    return list(rows.values_list("certificate_id", "starts_on", "ends_on", "year"))


def _year_of(certificate_id: int, day: date, spans: Spans) -> int | None:
    own = (year for pk, first, last, year in spans if pk == certificate_id and first <= day <= last)
    return next(own, None)


def drawn_from(certificate_id: int, day: date, spans: Spans) -> str:
    """Return the name of the account that counts what was sold under a certificate in the year of `day`."""
    return _drawn_account(certificate_id, _year_of(certificate_id, day, spans) or day.year)


def years_of(draws: Sequence[Draw]) -> dict[tuple[int, date], int]:
    """Return which year of its validity (by the calendar year it begins in) each draw is of. One query."""
    spans = certified_years(each.certificate_id for each in draws)
    found = {(each.certificate_id, each.day): _year_of(each.certificate_id, each.day, spans) for each in draws}
    return {key: year for key, year in found.items() if year is not None}


def _posting(each: Draw, years: dict[tuple[int, date], int], *, back: bool) -> Posting:
    year = years[each.certificate_id, each.day]
    left, drawn = left_account(each.certificate_id, year), _drawn_account(each.certificate_id, year)
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
