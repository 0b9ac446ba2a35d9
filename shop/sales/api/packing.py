"""Sending parcels as a supplier: by which carriers, what is in them, and putting a wrong number right."""

from typing import Annotated, Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_noop
from pydantic import Field

from shop.core.acting import by
from shop.core.api import Answer, Body, Id
from shop.core.api.routing import ApiRequest, Key
from shop.sales.api.seller import ForOne, SoldDetail, acting, area, order_detail, own_order
from shop.sales.operations.shipping import Parcel, line_rest, ship_order
from shop.sales.operations.tracking import correct_tracking
from shop.sales.queries.carriers import carriers_of
from shop.sales.weight_rules import each_weighs


class CarrierOut(Answer):
    code: str = Field(examples=["sf"])
    name_zh: str
    name_en: str
    takes_number: bool = Field(description=gettext_noop("False: its parcels go without a number of their own."))
    example: str = Field(description=gettext_noop("What its numbers look like."), examples=["SF1234567890123"])


class Carriers(Answer):
    carriers: list[CarrierOut]


@area.reads("/carriers", Carriers, scope=None, summary=gettext_noop("The carriers that may be chosen today"))
def list_carriers(request: ApiRequest) -> dict[str, Any]:
    return {"carriers": carriers_of(timezone.now())}


class PackedLine(Body):
    line_id: Id
    quantity: int = Field(ge=1, le=999_999)
    lot_id: Id | None = Field(None, description=gettext_noop("Without it, the lot that expires first."))
    grams: list[Annotated[int, Field(ge=1, le=100_000_000)]] = Field(
        [],
        max_length=500,
        description=gettext_noop("Of what is charged by weight: one for all pieces together, or one for each."),
    )


def weights_of(lines: list[PackedLine]) -> dict[int, list[int]]:
    """Return the grams of the lines that have some. A line in several portions (of several lots) has each weighed."""
    found: dict[int, list[int]] = {}
    portions = {line.line_id: sum(each.line_id == line.line_id for each in lines) for line in lines}
    for line in lines:
        if line.grams:
            alone = portions[line.line_id] == 1
            grams = line.grams if alone else each_weighs(line.grams, line.quantity)
            found.setdefault(line.line_id, []).extend(grams)
    return found


CARRIER_CODES = gettext_noop("A code of GET /carriers.")
NUMBER_OR_NONE = gettext_noop("Left out for a carrier whose parcels have no number: the order's number stands for it.")


class ParcelIn(Body):
    carrier: str = Field(max_length=20, examples=["sf"], description=CARRIER_CODES)
    tracking_no: str = Field("", max_length=40, examples=["SF1234567890123"], description=NUMBER_OR_NONE)
    lines: list[PackedLine] = Field([], max_length=200, description=gettext_noop("Without any, all that waits."))
    weights_confirmed: bool = Field(
        False, description=gettext_noop("True: the grams are right, though 422 weight_unlikely asked about them.")
    )
    buyer_asked: bool = Field(
        False,
        description=gettext_noop(
            "True: the buyer was asked about a certificate revoked since, and wants the goods; else 409 buyer_not_asked."
        ),
    )


@area.writes(
    "/seller/orders/{number}/parcels",
    SoldDetail,
    scope="seller:write",
    status=201,
    key=Key.REQUIRED,
    summary=gettext_noop("Send a parcel of an order"),
    description=gettext_noop("The same carrier and number again is the same parcel."),
)
def ship_parcel(request: ApiRequest, number: str, body: ParcelIn, asked: ForOne) -> dict[str, Any]:
    supplier = acting(request, asked)
    order = own_order(supplier, number)
    pieces: dict[int, int] = {}
    lots: dict[int, list[tuple[int, int]]] = {}
    weights = weights_of(body.lines)
    for line in body.lines:
        pieces[line.line_id] = pieces.get(line.line_id, 0) + line.quantity
        if line.lot_id is not None:
            lots.setdefault(line.line_id, []).append((line.lot_id, line.quantity))
    if not body.lines:
        pieces = {line.pk: line_rest(line) for line in order.lines.all()}
    ship_order(
        order_id=order.pk,
        parcel=Parcel(body.carrier, body.tracking_no, pieces, weights, body.weights_confirmed, None, body.buyer_asked),
        **by(request),
        lots=lots,
    )
    return order_detail(supplier, number)


class TrackingIn(Body):
    carrier: str = Field(max_length=20, examples=["sf"], description=CARRIER_CODES)
    tracking_no: str = Field("", max_length=40, examples=["SF1234567890124"], description=NUMBER_OR_NONE)
    reason: str = Field(max_length=200, examples=["Two digits were swapped"])


@area.writes(
    "/seller/orders/{number}/parcels/{int:parcel_id}/tracking",
    SoldDetail,
    scope="seller:write",
    method="PUT",
    summary=gettext_noop("Put a parcel's carrier and number right"),
    description=gettext_noop("While it travels. The buyer is told, and what it said before stays in its corrections."),
)
def correct_parcel(request: ApiRequest, number: str, parcel_id: int, body: TrackingIn, asked: ForOne) -> dict[str, Any]:
    supplier = acting(request, asked)
    if all(each.pk != parcel_id for each in own_order(supplier, number).shipments.all()):
        raise Http404
    correct_tracking(
        shipment_id=parcel_id, carrier=body.carrier, tracking_no=body.tracking_no, reason=body.reason, **by(request)
    )
    return order_detail(supplier, number)
