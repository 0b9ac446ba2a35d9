"""What a buyer has to know of goods that were paid for, by API."""

from typing import Any

from django.utils.translation import gettext_noop
from pydantic import Field

from shop.core.api import Answer
from shop.sales.models import OrderFacts
from shop.sales.queries.concerns import bought_under_revoked, paid_back, recalled_in


class BoughtUnderRevokedOut(Answer):
    line_id: int
    pieces: int
    certificate: str = Field(description=gettext_noop("Kind and number of the certificate."))
    number: str = Field(description=gettext_noop("Number of the certificate."))


class RecalledOut(Answer):
    line_id: int
    pieces: int
    lot: str
    is_given_back: bool = Field(
        description=gettext_noop("All that was paid for the line was given back already: there is nothing to ask for.")
    )


def concerns(order: OrderFacts) -> dict[str, Any]:
    """Return both, as an order's detail says them."""
    return {
        "under_revoked": [
            {
                "line_id": each.line.pk,
                "pieces": each.pieces,
                "certificate": each.certificate.words,
                "number": each.certificate.number,
            }
            for each in bought_under_revoked(order)
        ],
        "recalled": [
            {
                "line_id": each.line.pk,
                "pieces": each.pieces,
                "lot": each.lot,
                "is_given_back": paid_back(each.line),
            }
            for each in recalled_in(order)
        ],
    }
