"""One number is entered on parcels of several orders: on new parcels, or as the correction of old ones."""

from typing import Any

from shop.sales.models import Shipment
from shop.sales.operations.shipping import Parcel, ship_order
from shop.sales.operations.tracking import correct_tracking
from tests.factories import AT


def come(job: dict[str, Any], number: int) -> str:
    """Send the order of this number under the job's number, or put the number of its parcel right."""
    order, line = job["orders"][number]
    shipment = Shipment.objects.filter(order=order).first()
    if shipment is None:
        ship_order(order_id=order, parcel=Parcel("sf", job["number"], {line: 1}), actor=None, at=AT)
        return "sent"
    correct_tracking(
        shipment_id=shipment.pk, carrier="sf", tracking_no=job["number"], reason="抄错了", actor=None, at=AT
    )
    return "corrected"
