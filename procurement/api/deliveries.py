"""Units' orders: accepting their deliveries, and cancelling what was not sent."""

from typing import Annotated, Any

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from pydantic import Field

from procurement.api.orders import UnitOrderOut, area, own_order, show_one
from procurement.api.seats import seats
from procurement.models import GoodsAcceptance
from procurement.operations.accepting import NAME_LENGTH, Receivers, accept_goods
from procurement.operations.cancelling import ask_cancel, decide_cancel, withdraw_cancel
from procurement.queries.acceptances import acceptances_of
from procurement.queries.evidence import ACCEPTANCE, picture_urls
from procurement.queries.papers import acceptance_faults
from procurement.states import AcceptanceKind, CancelState, ReceiverKind
from procurement.texts import words
from shop.core.acting import by
from shop.core.api import Answer, Body, Id, Moment, Priced, Problem, once, yuan
from shop.core.api.routing import ApiRequest, Key


class AcceptancePhotoOut(Answer):
    thumb: str = Field(description=gettext_noop("The small picture's address: signed, open to those concerned only."))
    full: str


class AcceptedOut(Priced):
    line_id: int
    name: str
    specification: str
    sent: int
    accepted: int
    weighed_grams: int | None
    deducted: str
    deducted_for_weight: str


class AcceptanceRecord(Priced):
    sequence: int
    at: Moment
    by_time: bool = Field(description=gettext_noop("Nobody accepted it within the days of the terms."))
    received_by: str
    received_by_member: bool = Field(description=gettext_noop("The first person is one of the unit's own people."))
    received_with: str
    is_witness: bool = Field(description=gettext_noop("The second person is a witness from outside the unit."))
    note: str
    deducted: str
    lines: list[AcceptedOut]
    photos: list[AcceptancePhotoOut]


class AcceptanceRecords(Answer):
    items: list[AcceptanceRecord]
    is_confirmed: bool = Field(
        description=gettext_noop("Whether they say what the order's books say, and what they said when they were made.")
    )


def _record(row: GoodsAcceptance) -> dict[str, Any]:
    return {
        "sequence": row.sequence,
        "at": row.at,
        "by_time": row.kind == AcceptanceKind.BY_TIME,
        "received_by": row.receiver_name,
        "received_by_member": row.receiver_account_id is not None,
        "received_with": row.second_name,
        "is_witness": row.second_kind == ReceiverKind.OUTSIDE,
        "note": row.note,
        "deducted": yuan(row.short_fen),
        "lines": [
            {
                "line_id": each.line_id,
                "name": words(each.line.name_zh, each.line.name_en),
                "specification": words(each.line.spec_zh, each.line.spec_en),
                "sent": each.sent,
                "accepted": each.accepted,
                "weighed_grams": each.weighed_grams,
                "deducted": yuan(each.short_fen),
                "deducted_for_weight": yuan(each.weight_fen),
            }
            for each in row.lines.all()
        ],
        "photos": [
            dict(zip(("thumb", "full"), picture_urls(ACCEPTANCE, photo.pk, photo.picture), strict=True))
            for photo in row.photos.all()
        ],
    }


@area.reads(
    "/units/orders/{number}/acceptances",
    AcceptanceRecords,
    scope="units:read",
    summary=gettext_noop("How each delivery of an order was accepted, with its photos"),
)
def list_acceptances(request: ApiRequest, number: str) -> dict[str, Any]:
    order_id = own_order(request, number).pk
    return {
        "items": [_record(each) for each in acceptances_of(order_id)],
        "is_confirmed": not any(True for _fault in acceptance_faults(order_id)),
    }


class AcceptedLine(Body):
    line_id: Id
    quantity: int = Field(ge=0, le=999_999, description=gettext_noop("Pieces that arrived well."))
    weighed_grams: int | None = Field(
        None,
        ge=0,
        le=1_000_000_000,
        description=gettext_noop("What the accepted pieces weigh: lighter goods are charged by weight."),
    )


class AcceptanceIn(Body):
    lines: Annotated[list[AcceptedLine], once("line_id")] = Field(
        [], max_length=500, description=gettext_noop("Lines that are not named were accepted whole.")
    )
    parcels: list[str] | None = Field(
        None,
        max_length=100,
        description=gettext_noop("Tracking numbers of the delivery; without them, every parcel that waits."),
    )
    received_by: str = Field(
        "", max_length=NAME_LENGTH, description=gettext_noop("Who received it; the account's person unless named.")
    )
    received_with: str = Field(
        "",
        max_length=NAME_LENGTH,
        description=gettext_noop("The second person, where two accept together: one of the unit's people."),
    )
    is_witness: bool = Field(
        False, description=gettext_noop("The second person is a witness from outside the unit, and recorded as such.")
    )
    note: str = Field("", max_length=200)


class AcceptanceOut(Priced):
    short: str = Field(description=gettext_noop("What is not charged, or given back."))
    order: UnitOrderOut


@area.writes(
    "/units/orders/{number}/acceptance",
    AcceptanceOut,
    scope="units:write",
    status=201,
    key=Key.REQUIRED,
    summary=gettext_noop("Accept a delivery of an order, whole or in parts"),
    fields={
        "receiver": "received_by",
        "second": "received_with",
        "witness": "received_with",
        "witness_is_member": "is_witness",
        "accepted-": "lines",
        "weight-": "lines",
    },
)
def accept_order(request: ApiRequest, number: str, body: AcceptanceIn) -> dict[str, Any]:
    row = own_order(request, number)
    if all(each.pk != row.unit_id for each in seats(request)):
        raise Http404
    shipment_ids = None
    if body.parcels is not None:
        known = {each.tracking_no: each.pk for each in row.order.shipments.all()}
        if unknown := [number for number in body.parcels if number not in known]:
            raise Problem(422, "parcel_unknown", _("No parcel of this order has that number."), parcels=unknown)
        shipment_ids = [known[number] for number in body.parcels]
    caller = by(request)
    done = accept_goods(
        order_id=row.pk,
        accepted={line.line_id: line.quantity for line in body.lines},
        weighed={line.line_id: line.weighed_grams for line in body.lines if line.weighed_grams is not None},
        shipment_ids=shipment_ids,
        receivers=Receivers(body.received_by or caller["actor"].name, body.received_with, is_outside=body.is_witness),
        **caller,
        note=body.note,
    )
    return {"short": yuan(done.short_fen), "order": show_one(request, number)}


class UnitCancelIn(Body):
    reason: str = Field(min_length=1, max_length=200, description=gettext_noop("The approver reads it."))


class ConsentToCancel(Body):
    agree: bool
    answer: str = Field("", max_length=200, description=gettext_noop("Needed to refuse: who asked reads it."))
    seen: int | None = Field(
        None,
        ge=0,
        le=10**9,
        description=gettext_noop(
            "How many pieces waited to be sent when it was read: with others nothing is cancelled."
        ),
    )


@area.writes(
    "/units/orders/{number}/cancel-requests",
    UnitOrderOut,
    scope="units:write",
    status=201,
    key=Key.REQUIRED,
    summary=gettext_noop("Ask that what was not sent of an approved order be cancelled"),
)
def ask_to_cancel(request: ApiRequest, number: str, body: UnitCancelIn) -> dict[str, Any]:
    ask_cancel(order_id=own_order(request, number).pk, reason=body.reason, **by(request))
    return show_one(request, number)


@area.writes(
    "/units/orders/{number}/cancel-requests/decision",
    UnitOrderOut,
    scope="units:write",
    key=Key.REQUIRED,
    summary=gettext_noop("Agree to cancelling what was not sent of an approved order, or refuse"),
)
def decide_on_cancel(request: ApiRequest, number: str, body: ConsentToCancel) -> dict[str, Any]:
    wish_id = _open_wish(request, number)
    decide_cancel(wish_id=wish_id, agree=body.agree, answer=body.answer, seen=body.seen, **by(request))
    return show_one(request, number)


@area.writes(
    "/units/orders/{number}/cancel-requests/withdrawal",
    UnitOrderOut,
    scope="units:write",
    summary=gettext_noop("Take back a wish to cancel that nobody decided on"),
)
def withdraw_cancel_request(request: ApiRequest, number: str) -> dict[str, Any]:
    withdraw_cancel(wish_id=_open_wish(request, number), **by(request))
    return show_one(request, number)


def _open_wish(request: ApiRequest, number: str) -> int:
    wish = own_order(request, number).cancel_requests.filter(state=CancelState.OPEN).first()
    if wish is None:
        raise Http404
    return int(wish.pk)
