"""An order's parcels and the invoice that is wanted, as the supplier reads them by API."""

from typing import Any

from django.utils.translation import gettext_noop
from pydantic import Field

from shop.core.api import Answer, Moment
from shop.sales.api.orders import PiecesOut, show_pieces
from shop.sales.models import OrderFacts
from shop.sales.queries.in_parcels import in_parcel
from shop.sales.queries.tracking import corrections_of
from traceability.queries.parcels import codes_of


class InvoiceWanted(Answer):
    title: str
    tax_no: str = Field(examples=["91441403MA4W000000"])


class TrackingBefore(Answer):
    at: Moment
    carrier: str
    tracking_no: str
    reason: str


class SentParcel(Answer):
    id: int
    carrier: str
    tracking_no: str
    corrections: list[TrackingBefore] = Field(
        description=gettext_noop("What carrier and number said before, the first first.")
    )
    quantity: int
    trace_code: str
    shipped_at: Moment
    goods: list[PiecesOut]


def invoice_wanted(order: OrderFacts) -> dict[str, str] | None:
    """Return the title and tax number for the invoice, None where none is wanted."""
    purchase = order.purchase
    if not purchase.invoice_title:
        return None
    return {"title": purchase.invoice_title, "tax_no": purchase.invoice_tax_no}


def sent_parcels(order: OrderFacts) -> list[dict[str, Any]]:
    """Return the parcels of an order."""
    shipments = list(order.shipments.all())
    codes = codes_of(each.pk for each in shipments)
    before = corrections_of(each.pk for each in shipments)
    return [
        {
            "id": each.pk,
            "carrier": each.carrier,
            "tracking_no": each.tracking_no,
            "corrections": [
                {"at": row.at, "carrier": row.old_carrier, "tracking_no": row.old_number, "reason": row.reason}
                for row in before.get(each.pk, ())
            ],
            "quantity": sum(line.quantity for line in each.lines.all()),
            "trace_code": codes[each.pk].code if each.pk in codes else "",
            "shipped_at": each.shipped_at,
            "goods": show_pieces(in_parcel(each, order.lines.all())),
        }
        for each in shipments
    ]
