"""A supplier sends what waits of an order while its buyer cancels it: the rest of it, or all by a code to a guest's phone."""

from typing import Any

from shop.sales.operations.closing import cancel_order
from shop.sales.operations.shipping import Parcel, cancel_unsent, ship_order
from shop.sales.states import Way
from tests.factories import AT


def come(job: dict[str, Any], number: int) -> str:
    """Every other one sends a parcel of so many pieces, the others cancel."""
    if number % 2:
        parcel = Parcel("sf", f"SF{number:013d}", {job["line"]: job["pieces"]})
        ship_order(order_id=job["order"], parcel=parcel, actor=None, at=AT)
        return "sent"
    if job["way"]:
        cancel_order(order_id=job["order"], actor=None, at=AT, way=Way.CODE)
    else:
        cancel_unsent(order_id=job["order"], seen=job["seen"], actor=None, at=AT)
    return "cancelled"
