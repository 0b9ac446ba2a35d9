"""One's own orders: seen, cancelled, received, reviewed, complained about; favourites and reminders."""

from datetime import date
from typing import Annotated, Any, Literal

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Query
from pydantic import Field

from catalog.operations import reminders as reminding
from catalog.queries.trade import live_listing, reminders_of
from shop.core.acting import by
from shop.core.api import Answer, Area, Body, Id, Moment, Page, Priced, YuanIn, fen_of, yuan
from shop.core.api.paging import Asked, Follow, Followed, cursor_at, cut, place_of, turn_of
from shop.core.api.pictures import decoded
from shop.core.api.routing import ApiRequest, Key
from shop.sales.models import LineFacts, OrderFacts
from shop.sales.operations import aftersales, closing, nudges, receipts, reviews
from shop.sales.operations.favourites import toggle_favourite
from shop.sales.queries.favourites import favourite_listing_ids, favourite_page
from shop.sales.queries.orders import case_of, line_of, order_id_of, order_list, order_of
from shop.sales.shown import show_order, show_order_page
from shop.sales.texts import in_reader_language
from shop.sales.visitors import Visitor

area = Area(gettext_noop("Your orders"))
wishes = Area(gettext_noop("Favourites and reminders"))
Photos = Annotated[
    list[str],
    Field(
        max_length=6,
        description=gettext_noop("Pictures as base64, JPEG or PNG; all together at most 1.8 MB."),
        examples=[["/9j/4AAQ…"]],
    ),
]


class CaseOut(Priced):
    id: int
    kind: str
    state: str
    amount: str
    approved: str
    reason: str
    answer: str


class OrderLineOut(Priced):
    id: int
    listing_id: int
    name: str
    specification: str
    quantity: int
    cancelled: int
    price: str
    amount: str
    promised_from: date | None = Field(
        description=gettext_noop("Promised to the buyer: harvested on this day or later.")
    )
    promised_until: date | None = Field(
        description=gettext_noop("Promised to the buyer: best before this day or later.")
    )
    is_weighed: bool = Field(description=gettext_noop("Charged by weight: what it weighs less is given back."))
    weighed_grams: int = Field(description=gettext_noop("What the sent pieces weigh together."))
    weighed_back: str = Field(description=gettext_noop("What went back to the buyer for their weight."))
    can_review: bool
    can_claim: bool
    cases: list[CaseOut]


class OrderOut(Priced):
    number: str
    purchase: str
    state: str = Field(examples=["to_ship"])
    supplier: str
    total: str
    refunded: str
    placed_at: Moment
    ship_by: Moment | None
    shipped_at: Moment | None
    completed_at: Moment | None
    lines: list[OrderLineOut]
    can: list[str] = Field(examples=[["cancel", "nudge"]], description=gettext_noop("What may be done now."))


class ParcelOut(Answer):
    carrier: str
    tracking_no: str
    quantity: int
    trace_code: str


class OrderDetail(OrderOut):
    next_step: str
    parcels: list[ParcelOut]
    history: list[dict[str, str]]


class OrdersAsked(Follow):
    state: Literal["", "unpaid", "to_ship", "shipped", "to_review", "after_sale"] = ""


def _order(order: OrderFacts, shown: Any) -> dict[str, Any]:
    same = ("placed_at", "ship_by", "shipped_at", "completed_at", "state")
    return {name: getattr(order, name) for name in same} | {
        "number": shown.number,
        "purchase": order.purchase.number,
        "supplier": shown.supplier,
        "total": yuan(order.total_fen),
        "refunded": yuan(order.refunded_fen),
        "can": [name for name, may in shown.can.items() if may],
        "lines": [
            {
                "id": line.pk,
                "listing_id": line.listing_id,
                "name": line.name,
                "specification": line.spec,
                "quantity": line.pieces,
                "cancelled": line.cancelled,
                "price": yuan(line.unit_price_fen),
                "amount": yuan(line.sum_fen),
                "promised_from": line.promised.harvested_on if line.promised else None,
                "promised_until": line.promised.best_before if line.promised else None,
                "is_weighed": line.is_weighed,
                "weighed_grams": line.weighed_grams,
                "weighed_back": yuan(line.weighed_back_fen),
                "can_review": line.can_review,
                "can_claim": line.can_claim,
                "cases": [
                    {
                        "id": case.pk,
                        "kind": str(case.kind),
                        "state": str(case.state),
                        "amount": yuan(case.amount_fen),
                        "approved": yuan(case.approved_fen),
                        "reason": case.reason,
                        "answer": case.answer,
                    }
                    for case in line.cases
                ],
            }
            for line in shown.lines
        ],
    }


def _mine(request: ApiRequest) -> Visitor:
    return Visitor(user=request.user)


def _detail(request: ApiRequest, number: str) -> dict[str, Any]:
    order = order_of(_mine(request), number)
    if order is None:
        raise Http404
    shown = show_order_page(order, timezone.now(), open_address=True)
    return _order(order, shown) | {
        "next_step": shown.next_step,
        "history": [{"when": each["when"], "title": each["title"], "text": each["text"]} for each in shown.entries],
        "parcels": [
            {
                "carrier": each.carrier,
                "tracking_no": each.tracking_no,
                "quantity": each.pieces,
                "trace_code": each.trace_code,
            }
            for each in shown.parcels
        ],
    }


def _own_id(request: ApiRequest, number: str) -> int:
    found = order_id_of(_mine(request), number)
    if found is None:
        raise Http404
    return found


@area.reads("/orders", Page[OrderOut], scope="orders:read", summary=gettext_noop("Your orders, the latest first"))
def list_orders(request: ApiRequest, asked: Annotated[OrdersAsked, Query(...)]) -> dict[str, Any]:
    at = timezone.now()
    return turn_of(
        asked,
        lambda number: order_list(_mine(request), tab=asked.state, page=number).page,
        lambda order: _order(order, show_order(order, at)),
    )


@area.reads("/orders/{number}", OrderDetail, scope="orders:read", summary=gettext_noop("One of your orders"))
def get_order(request: ApiRequest, number: str) -> dict[str, Any]:
    return _detail(request, number)


step = area.steps("/orders/{number}", OrderDetail, scope="orders:write", shown=_detail)


@step("cancel", key=Key.REQUIRED, summary=gettext_noop("Cancel an order before it is sent"))
def cancel_order(request: ApiRequest, number: str) -> None:
    closing.cancel_order(order_id=_own_id(request, number), **by(request))


@step("receipt", key=Key.REQUIRED, summary=gettext_noop("Confirm that an order arrived"))
def confirm_receipt(request: ApiRequest, number: str) -> None:
    receipts.confirm_receipt(order_id=_own_id(request, number), **by(request))


@step("nudge", summary=gettext_noop("Ask the supplier to send it soon"))
def nudge_order(request: ApiRequest, number: str) -> None:
    nudges.nudge(order_id=_own_id(request, number), **by(request))


class ReviewIn(Body):
    stars: int = Field(ge=1, le=5)
    text: str = Field(min_length=1, max_length=500)
    photos: Photos = []


class AfterSaleIn(Body):
    kind: Literal["damaged", "refund_only", "return"]
    quantity: int = Field(ge=1, le=999_999)
    amount: YuanIn
    reason: str = Field(min_length=1, max_length=300)
    photos: Photos = []


def _own_line(request: ApiRequest, number: str, line_id: int) -> LineFacts:
    line = line_of(_mine(request), number, line_id)
    if line is None:
        raise Http404
    return line


@step("lines/{int:line_id}/review", status=201, summary=gettext_noop("Review what you received"))
def review_line(request: ApiRequest, number: str, line_id: int, body: ReviewIn) -> None:
    reviews.submit_review(
        line_id=_own_line(request, number, line_id).pk,
        stars=body.stars,
        text=body.text,
        uploads=decoded(body.photos),
        **by(request),
    )


@step(
    "lines/{int:line_id}/after-sale", status=201, key=Key.REQUIRED, summary=gettext_noop("Ask for money back on a line")
)
def open_after_sale(request: ApiRequest, number: str, line_id: int, body: AfterSaleIn) -> None:
    aftersales.open_after_sale(
        line_id=_own_line(request, number, line_id).pk,
        kind=body.kind,
        quantity=body.quantity,
        amount_fen=fen_of(body.amount),
        reason=body.reason,
        uploads=decoded(body.photos),
        **by(request),
    )


@step("after-sales/{int:case_id}/withdraw", summary=gettext_noop("Take an after-sales case back"))
def withdraw_after_sale(request: ApiRequest, number: str, case_id: int) -> None:
    case = case_of(_mine(request), number, case_id)
    if case is None:
        raise Http404
    aftersales.withdraw_after_sale(case_id=case.pk, **by(request))


class FavouriteOut(Priced):
    listing_id: int
    slug: str
    name: str
    price: str
    available: int
    cheaper: str = Field(description=gettext_noop("How much less it costs than when it was added."))
    added_at: Moment


@wishes.reads("/favourites", Page[FavouriteOut], scope="account:read", summary=gettext_noop("What you keep"))
def list_favourites(request: ApiRequest, turn: Followed) -> dict[str, Any]:
    page, kept = favourite_page(request.user, int(place_of(turn) or 1))
    items = [
        {
            "listing_id": each.listing.listing_id,
            "slug": each.listing.slug,
            "name": in_reader_language(each.listing.name_zh, each.listing.name_en),
            "price": yuan(each.listing.price_fen),
            "available": max(each.listing.available, 0),
            "cheaper": yuan(each.cheaper_fen),
            "added_at": each.added_at,
        }
        for each in kept
    ]
    return {"items": items, "next_cursor": cursor_at(page.next_page_number() if page.has_next() else None)}


def _keep(request: ApiRequest, listing_id: int, *, on: bool) -> None:
    if (listing_id in favourite_listing_ids(request.user)) == on:
        return
    if toggle_favourite(user=request.user, listing_id=listing_id, at=timezone.now()) is None:
        raise Http404


@wishes.writes(
    "/favourites/{int:listing_id}", None, method="PUT", scope="account:write", summary=gettext_noop("Keep a product")
)
def add_favourite(request: ApiRequest, listing_id: int) -> None:
    _keep(request, listing_id, on=True)


@wishes.writes(
    "/favourites/{int:listing_id}",
    None,
    method="DELETE",
    scope="account:write",
    summary=gettext_noop("Let a product go"),
)
def remove_favourite(request: ApiRequest, listing_id: int) -> None:
    _keep(request, listing_id, on=False)


class ReminderIn(Body):
    listing_id: Id
    kind: Literal["restock", "harvest"] = "restock"


class ReminderOut(Answer):
    id: int
    kind: str
    listing_id: int
    name: str
    asked_at: Moment
    sent_at: Moment | None


@wishes.reads("/reminders", Page[ReminderOut], scope="account:read", summary=gettext_noop("What you wait for"))
def list_reminders(request: ApiRequest, turn: Asked) -> dict[str, Any]:
    return cut(
        turn,
        reminders_of(request.user),
        lambda each: {
            "id": each.reminder_id,
            "kind": each.kind,
            "listing_id": each.listing.listing_id,
            "name": in_reader_language(each.listing.name_zh, each.listing.name_en),
            "asked_at": each.asked_at,
            "sent_at": each.sent_at,
        },
    )


@wishes.writes("/reminders", None, scope="account:write", summary=gettext_noop("Be told when it can be bought"))
def add_reminder(request: ApiRequest, body: ReminderIn) -> None:
    listing = live_listing(body.listing_id)
    if listing is None:
        raise Http404
    reminding.ask(user=request.user, listing=listing, kind=body.kind, at=timezone.now())


@wishes.writes(
    "/reminders/{int:reminder_id}", None, method="DELETE", scope="account:write", summary=gettext_noop("Stop waiting")
)
def delete_reminder(request: ApiRequest, reminder_id: int) -> None:
    if not any(each.reminder_id == reminder_id for each in reminders_of(request.user)):
        raise Http404
    reminding.forget(user=request.user, reminder_id=reminder_id)
