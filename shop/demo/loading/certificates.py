"""Certificates of the sample world, recorded before anything is sold under them; one is revoked in the end."""

import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from catalog.models import Certificate, Listing
from catalog.operations.output import record_certificate
from catalog.operations.revoking import revoke_certificate

WORLD = Path(__file__).resolve().parent.parent / "world"
YEARS = 4


def load_certificates(*, listings: Mapping[str, Listing], at: datetime) -> int:
    """Record the certificates for listings by slug, `at` before the first sale; return how many."""
    today = timezone.localdate()
    rows = _rows()
    for row in rows:
        certified = [listings[slug] for slug in row["listings"]]
        output_kg = row.get("output_kg")
        record_certificate(
            actor=None,
            at=at,
            listings=certified,
            kind=row["kind"],
            number=row["number"],
            issuer_zh=row["issuer_zh"],
            issuer_en=row["issuer_en"],
            scope_zh=row["scope_zh"],
            scope_en=row["scope_en"],
            area_mu=row.get("area_mu"),
            holder=certified[0].supplier,
            valid_from=at.date().replace(month=1, day=1),
            # One that has ended shows what is then not sold any more, and why.
            valid_until=today - timedelta(days=row["ended_days_ago"])
            if "ended_days_ago" in row
            else at.date().replace(year=at.year + YEARS, month=12, day=31),
            yearly_output_grams=output_kg * 1000 if output_kg else None,
        )
    return len(rows)


def revoke_some(*, reviewer: Any, at: datetime) -> None:
    """Revoke what was revoked, once all was sold that was sold under it."""
    for row in _rows():
        if "revoked_for" in row:
            found = Certificate.objects.get(number=row["number"])
            revoke_certificate(certificate_id=found.pk, reason=row["revoked_for"], actor=reviewer, at=at, confirm=True)


def _rows() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = tomllib.loads((WORLD / "certificates.toml").read_text())["certificate"]
    return rows
