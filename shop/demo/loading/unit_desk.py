"""What is under way at the demo's first unit, lived through the operations: one thing for each of its people."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from catalog.queries import SpecForSale
from procurement.models import PurchaseRequest, UnitOrder
from procurement.operations import requests
from procurement.operations.deciding import decide_request
from procurement.operations.ordering import order_request
from shop.demo.loading.weighing import weights_of
from shop.sales.operations.shipping import Parcel, ship_order

if TYPE_CHECKING:
    from shop.demo.loading.units import DemoUnit


def live_now(each: "DemoUnit", goods: list[SpecForSale], at: datetime) -> None:
    """Leave a draft, a request for each approver, an approved one, orders to be shipped and to be accepted."""
    cheap = sorted((spec for spec in goods if spec.available >= 40), key=lambda spec: spec.price_fen)[4:16]
    days = iter((7, 6, 4, 3, 2, 1))
    for what, first in zip(
        ("shipped", "to_ship", "approved", "checked", "submitted", "draft"), (0, 2, 4, 6, 8, 10), strict=True
    ):
        spec = cheap[first % len(cheap)]
        other = cheap[(first + 1) % len(cheap)]
        pieces = {
            spec.specification_id: min(36, spec.available // 3),
            other.specification_id: min(24, other.available // 4),
        }
        _live(each, what, {pk: count for pk, count in pieces.items() if count}, at - timedelta(days=next(days)))


def _live(each: "DemoUnit", what: str, pieces: dict[int, int], when: datetime) -> None:
    buyer, approver, finance = (each.members[role] for role in ("buyer", "approver", "finance"))
    request = requests.start_request(unit_id=each.unit.pk, actor=buyer, at=when)
    request = requests.put_lines(request_id=request.pk, pieces=pieces, actor=buyer, at=when)
    if what == "draft":
        return
    submitted = when + timedelta(minutes=12)
    request = requests.submit_request(request_id=request.pk, version=request.version, actor=buyer, at=submitted)
    if what == "submitted":
        return
    deciders = [approver] if what == "checked" else [approver, finance]
    for hours, actor in enumerate(deciders, start=2):
        request = decide_request(
            request_id=request.pk, version=request.version, approve=True, actor=actor, at=when + timedelta(hours=hours)
        )
    if what in ("checked", "approved"):
        return
    _order(request, each, what, when + timedelta(hours=5))


def _order(request: PurchaseRequest, each: "DemoUnit", what: str, when: datetime) -> None:
    order_request(request_id=request.pk, actor=each.members["buyer"], at=when)
    if what != "shipped":
        return
    rows = UnitOrder.objects.filter(request=request).select_related("order").prefetch_related("order__lines")
    for number, row in enumerate(rows.order_by("pk")):
        pieces = {line.pk: line.ordered for line in row.order.lines.all()}
        # The first order comes in two parcels, so that each can be accepted by itself.
        first = {line_id: count // 2 for line_id, count in pieces.items()} if number == 0 else pieces
        weights = weights_of(row.order.lines.all())
        for parcel, its_pieces in enumerate((first, {pk: count - first[pk] for pk, count in pieces.items()})):
            if any(its_pieces.values()):
                start = {pk: first[pk] if parcel else 0 for pk in weights}
                its_weights = {pk: grams[start[pk] : start[pk] + its_pieces[pk]] for pk, grams in weights.items()}
                ship_order(
                    order_id=row.pk,
                    parcel=Parcel("sf", f"SF9000000{parcel}{row.pk:05d}", its_pieces, its_weights),
                    actor=None,
                    at=when + timedelta(hours=20 + number + parcel),
                )
