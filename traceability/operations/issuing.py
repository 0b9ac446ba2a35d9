"""Issuing 合格证: one for each packing, its texts taken from what is on record at that moment."""

import secrets
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from shop.core.errors import InvalidInput
from traceability.models import ConformityCertificate, LotSource, ProduceLot, TraceEvent
from traceability.operations.lot_rows import tests_of
from traceability.rules import papers
from traceability.rules.quality import basis_of
from traceability.states import LotKind, PaperForm


def check_papers(lot: ProduceLot) -> None:
    """Raise InvalidInput when no certificate could be issued: no legal name, address, or number to ring."""
    found = papers.missing(
        producer=lot.supplier.organisation.name_zh, origin=lot.base.place_zh, contact=lot.base.contact
    )
    words = {
        "producer": _("The legal name of your organisation is missing: ask us to record it."),
        "place": _("The address of this base is missing: enter it on the page of your bases."),
        "contact": _("The phone number of this base is missing or wrong: enter it on the page of your bases."),
    }
    if found:
        raise InvalidInput(words[found[0]], code="certificate_incomplete", field="base", missing=found)
    if lot.kind == LotKind.MIX and not parents_of(lot):
        raise InvalidInput(
            _("What was mixed needs the certificates of its parts: none is recorded."), code="parents_missing"
        )


def parents_of(lot: ProduceLot) -> list[str]:
    """Return the numbers of the certificates of what a lot was mixed from, in order; nothing for a harvest."""
    if lot.kind != LotKind.MIX:
        return []
    sources = LotSource.objects.filter(lot=lot).values("source")
    rows = ConformityCertificate.objects.filter(lot__in=sources).order_by("number")
    return list(rows.values_list("number", flat=True))


def certificate_of(lot: ProduceLot, grams: int, occurred_at: datetime, *, number: int) -> ConformityCertificate:
    """Return the certificate of a packing, not yet saved: its event seals its facts first."""
    is_mix = lot.kind == LotKind.MIX
    day = timezone.localtime(occurred_at).date()
    return ConformityCertificate(
        lot=lot,
        form=PaperForm.PACKER if is_mix else PaperForm.PRODUCER,
        number=papers.number(day, lot.pk, number),
        product=lot.product_zh or lot.listing.name_zh,
        grams=grams,
        producer=lot.supplier.organisation.name_zh,
        origin=lot.base.place_zh,
        contact=lot.base.contact,
        basis=basis_of(tests_of([lot.pk])[lot.pk], packed_at=occurred_at, is_mix=is_mix),
        parents=parents_of(lot),
        issued_on=day,
        salt=secrets.token_hex(8),
    )


def write_certificate(paper: ConformityCertificate, packing: TraceEvent) -> None:
    """Save a certificate with the event that seals it."""
    paper.packing = packing
    paper.save(force_insert=True)
