"""What both parts of the catalogue show."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_noop
from pydantic import Field

from catalog.words import said
from shop.core.api import Answer


class Named(Answer):
    slug: str
    name: str


class CertificateOut(Answer):
    number: str = Field(examples=["LB-000001"])
    kind: str
    issuer: str
    scope: str
    valid_from: date
    valid_until: date
    is_valid: bool
    output_grams: int | None = Field(description=gettext_noop("What may be sold under it this year."))
    left_grams: int | None


def named(row: Any) -> dict[str, str] | None:
    """Return slug and name of something in the reader's language."""
    return {"slug": row.slug, "name": said(row, "name")} if row else None


def certificate(shown: Any) -> dict[str, Any]:
    """Return a certificate as it is shown."""
    same = ("number", "issuer", "scope", "valid_from", "valid_until", "is_valid", "output_grams", "left_grams")
    return {name: getattr(shown, name) for name in same} | {"kind": shown.kind_text}
