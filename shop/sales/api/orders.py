"""One's own orders: seen, cancelled, received."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any, Literal

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Query
from pydantic import Field

from shop.core.acting import by
from shop.core.api import Answer, Area, Body, Moment, Page, Priced, yuan
from shop.core.api.bank import WeighedOut, show_weighed
from shop.core.api.paging import Turn, turn_of
from shop.core.api.routing import ApiRequest, Key
from shop.sales.api.accepted import AcceptedDelivery, accepted_out
from shop.sales.api.backs import Backs, show_backs
from shop.sales.api.concerns import BoughtUnderRevokedOut, RecalledOut, concerns
from shop.sales.case_shown import CaseShown
from shop.sales.models import AfterSale, OrderFacts
from shop.sales.operations import closing, nudges, receipts, shipping
from shop.sales.queries.due import due_of
from shop.sales.queries.in_parcels import Pieces
from shop.sales.queries.orders import acted_on, order_list, order_of
from shop.sales.queries.purchases import way_of
from shop.sales.queries.unpayable import Unpayable, unpayable, unpayable_words
from shop.sales.shown import show_order, show_order_page
from shop.sales.states import OrderState
from shop.sales.visitors import Visitor

area = Area(gettext_noop("Your orders"))


class CaseDecisionOut(Priced):
    verdict: str
    amount: str
    reason: str
    decided_at: Moment


class CaseOut(Priced):
    id: int
    kind: str
    state: str = Field(examples=["arbitration"])
    quantity: int
    amount: str
    agreed: str = Field(description=gettext_noop("Offered by the supplier, or granted."))
    approved: str
    needs_return: bool
    reason: str
    answer: str
    due_at: Moment | None = Field(description=gettext_noop("Until when whoever's turn it is has time."))
    can: list[str] = Field(examples=[["take", "ask"]], description=gettext_noop("What the buyer may do now."))
    decisions: list[CaseDecisionOut]


class OrderLineOut(Priced):
    id: int
    listing_id: int
    name: str
    specification: str
    quantity: int
    cancelled: int
    cancelled_amount: str = Field(
        description=gettext_noop("What the cancelled pieces cost: given back, or not charged.")
    )
    sent: int = Field(description=gettext_noop("Pieces that are on their way or arrived."))
    price: str
    amount: str
    promised_from: date | None = Field(
        description=gettext_noop("Promised to the buyer: harvested on this day or later.")
    )
    promised_until: date | None = Field(
        description=gettext_noop("Promised to the buyer: best before this day or later.")
    )
    undated: str = Field(
        examples=["harvest_to_come"],
        description=gettext_noop(
            "Why pieces that wait have no promised production date: harvest_to_come, not_packed or beyond_lots; stopped where the lot that was promised can't be sent any more. Empty where one is promised, and of a product without lots."
        ),
    )
    damage_covered: bool = Field(
        description=gettext_noop(
            "The supplier promised money for damage without a return. False: it may agree to some, the platform can't make it."
        )
    )
    is_weighed: bool = Field(description=gettext_noop("Charged by weight: what it weighs less is given back."))
    weighed_grams: int = Field(description=gettext_noop("What the sent pieces weigh together."))
    weighed_back: str = Field(description=gettext_noop("What went back to the buyer for their weight."))
    weighed: WeighedOut | None = Field(description=gettext_noop("What was weighed and what it costs; it adds up."))
    can_review: bool
    can_claim: bool
    recalled: int = Field(
        description=gettext_noop(
            "Pieces of a recalled lot whose money can be asked for, as refund_only, whatever the time or an earlier decision."
        )
    )
    cases: list[CaseOut]


class WaitsForTransfer(Priced):
    """A bank transfer that was announced and did not arrive whole: sums of the purchase, not of the order."""

    left: str = Field(description=gettext_noop("What is still to be transferred for all orders of the purchase."))
    due: str
    came: str
    pay_by: Moment | None
    orders: int = Field(description=gettext_noop("How many orders of the purchase it pays."))
    share: str = Field(description=gettext_noop("What of `due` is this order's."))


class OrderOut(Backs):
    number: str
    purchase: str
    state: str = Field(examples=["to_ship"])
    supplier: str
    total: str
    refunded: str
    by_phone: bool = Field(
        description=gettext_noop("Whether a guest bought it, with your phone: the invoice and who paid are not shown.")
    )
    sent: int = Field(description=gettext_noop("Pieces of all lines that are on their way or arrived."))
    wanted: int = Field(description=gettext_noop("Pieces of all lines that were ordered and not cancelled."))
    is_partly_sent: bool = Field(
        description=gettext_noop("Whether a parcel left and the rest still waits: it can be cancelled.")
    )
    cancel_waits: str = Field(
        description=gettext_noop(
            "That a unit's cancellation waits for its approver's consent, and of what; empty: none."
        )
    )
    placed_at: Moment
    ship_by: Moment | None
    shipped_at: Moment | None
    completed_at: Moment | None
    lines: list[OrderLineOut]
    transfer: WaitsForTransfer | None = Field(
        description=gettext_noop("The transfer that it waits for; the purchase tells account and code.")
    )
    can: list[str] = Field(examples=[["cancel", "nudge"]], description=gettext_noop("What may be done now."))


class PiecesOut(Answer):
    line_id: int
    name: str
    specification: str
    quantity: int


class ParcelOut(Answer):
    carrier: str
    tracking_no: str
    quantity: int
    trace_code: str
    goods: list[PiecesOut]


class OrderDetail(OrderOut):
    next_step: str
    cannot_pay: str = Field(
        description=gettext_noop("Why an unpaid order can't be paid now, and what to do; empty where it can.")
    )
    parcels: list[ParcelOut]
    to_come: list[PiecesOut] = Field(description=gettext_noop("What still waits to be sent once a parcel left."))
    history: list[dict[str, str]]
    accepted: list[AcceptedDelivery] = Field(
        description=gettext_noop("How a unit, or who got a gift, accepted each delivery, the first first.")
    )
    under_revoked: list[BoughtUnderRevokedOut] = Field(
        description=gettext_noop("Bought under a certificate revoked since.")
    )
    recalled: list[RecalledOut] = Field(description=gettext_noop("Sent from a lot that a test failed since."))


class OrdersAsked(Turn):
    state: Literal["", "unpaid", "to_ship", "shipped", "to_review", "after_sale"] = ""


def _case(case: AfterSale, shown: CaseShown) -> dict[str, Any]:
    same = ("kind", "state", "quantity", "needs_return", "reason", "answer", "due_at")
    return {name: getattr(case, name) for name in same} | {
        "id": case.pk,
        "amount": yuan(case.amount_fen),
        "agreed": yuan(shown.agreed_fen),
        "approved": yuan(shown.approved_fen),
        "can": [name for name, may in shown.can.items() if may],
        "decisions": [
            {"verdict": each.verdict, "amount": yuan(each.amount_fen), "reason": each.reason,
             "decided_at": each.decided_at}
            for each in case.decisions.all()
        ],
    }  # fmt: skip


def _order(order: OrderFacts, shown: Any) -> dict[str, Any]:
    # Loaded for one order only, as its page shows them.
    rows = {
        line.pk: list(line._prefetched_objects_cache["after_sales"])
        for line in order.lines.all()
        if "after_sales" in getattr(line, "_prefetched_objects_cache", {})
    }
    same = ("placed_at", "ship_by", "shipped_at", "completed_at", "state")
    return {name: getattr(order, name) for name in same} | {
        "number": shown.number,
        "purchase": order.purchase.number,
        "supplier": shown.supplier,
        "by_phone": bool(shown.way),
        "total": yuan(order.total_fen),
        "refunded": yuan(order.refunded_fen),
        **show_backs(order, shown.can),
        "can": [name for name, may in shown.can.items() if may],
        "sent": shown.sent,
        "wanted": shown.wanted,
        "is_partly_sent": shown.is_partly_sent,
        "cancel_waits": shown.cancel_waits,
        "transfer": shown.transfer
        and {
            "left": yuan(shown.transfer.left_fen),
            "due": yuan(shown.transfer.due_fen),
            "came": yuan(shown.transfer.came_fen),
            "pay_by": shown.transfer.pay_by,
            "orders": shown.transfer.orders,
            "share": yuan(shown.transfer.share_fen),
        },
        "lines": [
            {
                "id": line.pk,
                "listing_id": line.listing_id,
                "name": line.name,
                "specification": line.spec,
                "quantity": line.pieces,
                "cancelled": line.cancelled,
                "cancelled_amount": yuan(line.cancelled_fen),
                "sent": line.sent,
                "price": yuan(line.unit_price_fen),
                "amount": yuan(line.sum_fen),
                "promised_from": line.promised.harvested_on if line.promised else None,
                "promised_until": line.promised.best_before if line.promised else None,
                "undated": line.undated,
                "damage_covered": line.damage_covered,
                "is_weighed": line.is_weighed,
                "weighed_grams": line.weighed.weighed_grams if line.weighed is not None else 0,
                "weighed": show_weighed(line.weighed),
                "weighed_back": yuan(line.weighed_back_fen),
                "can_review": line.can_review,
                "can_claim": line.can_claim,
                "recalled": line.recalled,
                "cases": [
                    _case(case, shown_case) for case, shown_case in zip(rows.get(line.pk, ()), line.cases, strict=False)
                ],
            }
            for line in shown.lines
        ],
    }


def show_pieces(goods: Iterable[Pieces]) -> list[dict[str, Any]]:
    """Return goods with their pieces, as parcels list them."""
    return [
        {"line_id": each.line_id, "name": each.name, "specification": each.spec, "quantity": each.pieces}
        for each in goods
    ]


def _mine(request: ApiRequest) -> Visitor:
    return Visitor.of(request.user)


def _detail(request: ApiRequest, number: str) -> dict[str, Any]:
    order = order_of(_mine(request), number)
    if order is None:
        raise Http404
    at = timezone.now()
    shown = show_order_page(order, at, open_address=True, way=way_of(_mine(request), order.purchase))
    is_unpaid = order.state == OrderState.UNPAID
    barred = unpayable(order.purchase_id, at=at).of_order(number) if is_unpaid else Unpayable()
    return _order(order, shown) | {
        "next_step": "" if barred else shown.next_step,
        "cannot_pay": unpayable_words(barred, due_of(order.purchase) if barred else None),
        "history": [{"when": each["when"], "title": each["title"], "text": each["text"]} for each in shown.entries],
        "parcels": [
            {
                "carrier": each.carrier,
                "tracking_no": each.tracking_no,
                "quantity": each.pieces,
                "trace_code": each.trace_code,
                "goods": show_pieces(each.goods),
            }
            for each in shown.parcels
        ],
        "to_come": show_pieces(shown.to_come),
        "accepted": accepted_out(shown.accepted),
        **concerns(order),
    }


def _acting(request: ApiRequest, number: str) -> dict[str, Any]:
    """Return which order is acted on, by whom, how and when."""
    found = acted_on(_mine(request), number)
    if found is None:
        raise Http404
    return {"order_id": found[0], "way": found[1]} | by(request)


@area.reads("/orders", Page[OrderOut], scope="orders:read", summary=gettext_noop("Your orders, the latest first"))
def list_orders(request: ApiRequest, asked: Annotated[OrdersAsked, Query(...)]) -> dict[str, Any]:
    at = timezone.now()
    return turn_of(
        asked,
        lambda turned: order_list(_mine(request), tab=asked.state, page=turned).page,
        lambda order: _order(order, show_order(order, at, way=way_of(_mine(request), order.purchase))),
    )


@area.reads("/orders/{number}", OrderDetail, scope="orders:read", summary=gettext_noop("One of your orders"))
def get_order(request: ApiRequest, number: str) -> dict[str, Any]:
    return _detail(request, number)


step = area.steps("/orders/{number}", OrderDetail, scope="orders:write", shown=_detail)


@step("cancel", key=Key.REQUIRED, summary=gettext_noop("Cancel an order before it is sent"))
def cancel_order(request: ApiRequest, number: str) -> None:
    closing.cancel_order(**_acting(request, number))


class RestIn(Body):
    quantity: int = Field(
        ge=1,
        le=999_999,
        description=gettext_noop("How many pieces you saw waiting: with another number nothing is cancelled."),
    )


@step("cancel-rest", key=Key.REQUIRED, summary=gettext_noop("Cancel what was not sent yet of a partly sent order"))
def cancel_rest_of_order(request: ApiRequest, number: str, body: RestIn) -> None:
    shipping.cancel_unsent(seen=body.quantity, **_acting(request, number))


@step("receipt", key=Key.REQUIRED, summary=gettext_noop("Confirm that an order arrived"))
def confirm_receipt(request: ApiRequest, number: str) -> None:
    receipts.confirm_receipt(**_acting(request, number))


@step("nudge", summary=gettext_noop("Ask the supplier to send it soon"))
def nudge_order(request: ApiRequest, number: str) -> None:
    nudges.nudge(order_id=_acting(request, number)["order_id"], **by(request))
