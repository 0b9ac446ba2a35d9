"""Lines of an order that were sold under a certificate which was revoked since, by API."""

from django.utils.translation import gettext_noop
from pydantic import Field

from shop.core.api import Answer
from shop.sales.models import OrderFacts
from shop.sales.queries.under_certificates import under_revoked
from shop.sales.states import OrderState


class UnderRevokedOut(Answer):
    line_id: int
    pieces: int = Field(description=gettext_noop("Pieces still to be sent."))
    certificate: str = Field(description=gettext_noop("Kind and number of the certificate."))
    number: str = Field(description=gettext_noop("Number of the certificate."))


def sold_under_revoked(order: OrderFacts) -> list[UnderRevokedOut]:
    """Return what of an order is still to be sent and was sold under a certificate revoked since."""
    if order.state != OrderState.TO_SHIP:
        return []
    return [
        UnderRevokedOut(
            line_id=each.line.pk,
            pieces=each.pieces,
            certificate=each.certificate.words,
            number=each.certificate.number,
        )
        for each in under_revoked(order.lines.all())
    ]
