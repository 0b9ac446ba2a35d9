"""Units' orders: the figures behind the quota, accepting in parts, paying."""

from typing import Annotated, Any, Literal

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query
from pydantic import Field

from procurement.api.seats import OfYearFollow, seat, seats, year
from procurement.models import GoodsAcceptance, UnitOrder
from procurement.operations.accepting import NAME_LENGTH, Receivers, accept_goods
from procurement.operations.cancelling import ask_cancel, decide_cancel
from procurement.queries import quota as queries
from procurement.queries.acceptances import acceptances_of
from procurement.queries.evidence import ACCEPTANCE, picture_urls
from procurement.queries.requests import unit_order
from procurement.queries.units import unit_below
from procurement.rules.quota import counted_fen
from procurement.settled import Settled, settle_order
from procurement.states import AcceptanceKind, CancelState, ReceiverKind
from procurement.texts import words
from shop.core.acting import by
from shop.core.api import Answer, Area, Body, Id, Moment, Page, Priced, Problem, once, yuan
from shop.core.api.bank import WeighedOut, show_weighed
from shop.core.api.paging import turn_of
from shop.core.api.routing import ApiRequest, Key
from shop.sales.queries.trails import going_back_of_orders
from shop.sales.queries.weight_words import weighed_of
from shop.sales.rules import is_refused_whole
from shop.sales.states import OrderState

area = Area(gettext_noop("Units: orders, acceptance, payment"))


class UnitShipTo(Answer):
    name: str
    phone: str
    division: str
    street: str


class UnitOrderLine(Priced):
    id: int
    name: str
    specification: str
    price: str
    ordered: int
    cancelled: int
    shipped: int
    accepted: int
    rejected: int
    deducted: str = Field(description=gettext_noop("What of this line was not charged, or given back."))
    deducted_for_weight: str = Field(
        description=gettext_noop("Of it: for goods that weighed less, when they were packed or at the acceptance.")
    )
    weighed: WeighedOut | None = Field(description=gettext_noop("What was weighed and what it costs; it adds up."))


class UnitDeduction(Priced):
    what: str = Field(examples=["Meizhou pomelo"])
    why: str = Field(examples=["3 not accepted"])
    amount: str


class UnitOrderOut(Priced):
    number: str
    unit: int
    fund: str
    supplier: str
    state: str
    total: str
    deducted: str = Field(
        description=gettext_noop("What was not charged or given back: not sent, not accepted, returned.")
    )
    deductions: list[UnitDeduction] = Field(
        description=gettext_noop("Each reason and amount; together they are what was deducted.")
    )
    counted: str = Field(
        description=gettext_noop("What of it counts: less what was given back or not charged; nothing once cancelled.")
    )
    counts_for: int = Field(
        description=gettext_noop("The unit whose quota it fills: the one that declares for a shared canteen.")
    )
    year: int = Field(description=gettext_noop("The year of the commitment: of the order's day in China."))
    ship_to: UnitShipTo
    terms: str
    is_paid: bool = Field(description=gettext_noop("Money was paid for it; false where nothing was to be paid."))
    is_nothing_to_pay: bool = Field(
        description=gettext_noop(
            "Nothing is to be paid: all of it was refused, or it was cancelled before it was paid."
        )
    )
    going_back: str = Field(description=gettext_noop("What of it is given back and has not left yet."))
    is_refused_whole: bool = Field(description=gettext_noop("Nothing of it was accepted: nothing is to be paid."))
    request: str | None
    placed_at: Moment
    lines: list[UnitOrderLine]


class FigureOrders(Page[UnitOrderOut], Priced):
    figure: str = Field(description=gettext_noop("The figure that these orders stand behind: what all of them count."))
    elsewhere: str = Field(
        description=gettext_noop("What of the unit's own orders counts for the unit that declares its shared canteen.")
    )


class UnitOrdersAsked(OfYearFollow):
    kind: Literal["", "committed", "fulfilled", "reversed"] = ""
    fund: Literal["", "canteen", "union"] = ""
    below: Id | None = Field(
        None, description=gettext_noop("A unit of the tree below yours, whose orders are asked for.")
    )


def _deductions(settled: Settled, deducted_fen: int) -> list[dict[str, str]]:
    """Each reason and amount; what a cancelled order no longer costs without a reduction of its own comes last."""
    told = [{"what": each.what, "why": each.why, "amount": yuan(each.fen)} for each in settled.deductions]
    rest = deducted_fen - sum(each.fen for each in settled.deductions)
    if rest:
        told.append({"what": _("The whole order"), "why": _("Cancelled"), "amount": yuan(rest)})
    return told


def _one(request: ApiRequest, number: str) -> dict[str, Any]:
    row = _own(request, number)
    return _order(row, going_back_of_orders([row.pk]).get(row.pk, 0))


def _order(row: UnitOrder, going_back_fen: int) -> dict[str, Any]:
    order, settled = row.order, settle_order(row, going_back_fen)
    counted = counted_fen(
        order.total_fen, order.refunded_fen, order.waived_fen, is_cancelled=order.state == OrderState.CANCELLED
    )
    return {
        "number": order.order.number,
        "unit": row.unit_id,
        "fund": row.fund,
        "supplier": words(order.supplier.name_zh, order.supplier.name_en),
        "state": order.state,
        "total": yuan(order.total_fen),
        "deducted": yuan(order.total_fen - counted),
        "deductions": _deductions(settled, order.total_fen - counted),
        "counted": yuan(counted),
        "counts_for": row.counts_for_id,
        "year": row.year,
        "ship_to": {
            "name": order.purchase.ship_name,
            "phone": order.purchase.ship_phone,
            "division": order.purchase.ship_division_id,
            "street": order.purchase.ship_street,
        },
        "terms": order.purchase.terms,
        "is_paid": settled.is_paid and not settled.is_nothing,
        "is_nothing_to_pay": settled.is_nothing or settled.is_closed,
        "going_back": yuan(going_back_fen),
        "is_refused_whole": is_refused_whole(
            order.state, [(line.shipped, line.rejected) for line in order.lines.all()]
        ),
        "request": row.request.number if row.request else None,
        "placed_at": order.placed_at,
        "lines": [
            {
                "id": line.pk,
                "name": words(line.name_zh, line.name_en),
                "specification": words(line.spec_zh, line.spec_en),
                "price": yuan(line.unit_price_fen),
                "ordered": line.ordered,
                "cancelled": line.cancelled,
                "shipped": line.shipped,
                "accepted": line.accepted,
                "rejected": line.rejected,
                "deducted": yuan(line.refunded_fen),
                "deducted_for_weight": yuan(line.weighed_back_fen + line.light_fen),
                "weighed": show_weighed(weighed_of(line)),
            }
            for line in order.lines.all()
        ],
    }


@area.reads(
    "/units/orders",
    FigureOrders,
    scope="units:read",
    summary=gettext_noop("The orders behind a figure, with the figure as their sum"),
)
def list_unit_orders(request: ApiRequest, asked: Annotated[UnitOrdersAsked, Query(...)]) -> dict[str, Any]:
    own = seat(request, asked)
    unit = own.unit
    if asked.below is not None:
        found = unit_below(own.unit, asked.below)
        if found is None:
            raise Http404
        unit = found
    figure: list[queries.Figure] = []
    going_back: dict[int, int] = {}

    def pages(number: int) -> Any:
        page, whole = queries.order_page(unit, year(asked), asked.kind, asked.fund, number)
        figure.append(whole)
        going_back.update(going_back_of_orders([row.pk for row in page.object_list]))
        return page

    listed = turn_of(asked, pages, lambda row: _order(row, going_back.get(row.pk, 0)))
    return listed | {"figure": yuan(figure[0].fen), "elsewhere": yuan(figure[0].elsewhere_fen)}


def _own(request: ApiRequest, number: str) -> UnitOrder:
    found = unit_order(seats(request), number)
    if found is None:
        raise Http404
    return found


@area.reads("/units/orders/{number}", UnitOrderOut, scope="units:read", summary=gettext_noop("One order of a unit"))
def get_unit_order(request: ApiRequest, number: str) -> dict[str, Any]:
    return _one(request, number)


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
    received_with: str
    is_witness: bool = Field(description=gettext_noop("The second person is a witness from outside the unit."))
    note: str
    deducted: str
    lines: list[AcceptedOut]
    photos: list[AcceptancePhotoOut]


class AcceptanceRecords(Answer):
    items: list[AcceptanceRecord]


def _record(row: GoodsAcceptance) -> dict[str, Any]:
    return {
        "sequence": row.sequence,
        "at": row.at,
        "by_time": row.kind == AcceptanceKind.BY_TIME,
        "received_by": row.receiver_name,
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
    return {"items": [_record(each) for each in acceptances_of(_own(request, number).pk)]}


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
)
def accept_order(request: ApiRequest, number: str, body: AcceptanceIn) -> dict[str, Any]:
    row = _own(request, number)
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
    return {"short": yuan(done.short_fen), "order": _one(request, number)}


class UnitCancelIn(Body):
    reason: str = Field(min_length=1, max_length=200, description=gettext_noop("The approver reads it."))


class ConsentToCancel(Body):
    agree: bool
    answer: str = Field("", max_length=200, description=gettext_noop("Needed to refuse: who asked reads it."))


@area.writes(
    "/units/orders/{number}/cancel-requests",
    UnitOrderOut,
    scope="units:write",
    status=201,
    key=Key.REQUIRED,
    summary=gettext_noop("Ask that an approved order be cancelled"),
)
def ask_to_cancel(request: ApiRequest, number: str, body: UnitCancelIn) -> dict[str, Any]:
    ask_cancel(order_id=_own(request, number).pk, reason=body.reason, **by(request))
    return _one(request, number)


@area.writes(
    "/units/orders/{number}/cancel-requests/decision",
    UnitOrderOut,
    scope="units:write",
    key=Key.REQUIRED,
    summary=gettext_noop("Agree to cancelling an approved order, or refuse"),
)
def decide_on_cancel(request: ApiRequest, number: str, body: ConsentToCancel) -> dict[str, Any]:
    wish = _own(request, number).cancel_requests.filter(state=CancelState.OPEN).first()
    if wish is None:
        raise Http404
    decide_cancel(wish_id=wish.pk, agree=body.agree, answer=body.answer, **by(request))
    return _one(request, number)
