"""The supplier's desk: orders to send, cases to decide, stock, settlement, reviews. Always of one supplier."""

from datetime import date
from typing import Annotated, Any, Literal

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query
from pydantic import Field

from catalog.queries.floors import asked_prices
from catalog.queries.trade import SupplierBrief, supplier_acting
from shop.core.acting import by
from shop.core.api import Answer, Area, Body, Id, Moment, Page, Parameters, Priced, yuan
from shop.core.api.bank import WeighedOut, show_weighed
from shop.core.api.paging import Turn, turn_of
from shop.core.api.routing import ApiRequest, Key
from shop.core.errors import InvalidInput
from shop.core.masking import mask_name
from shop.sales.accepted_shown import next_of_supplier, show_accepted
from shop.sales.api.accepted import AcceptedDelivery, accepted_out
from shop.sales.api.revoked import UnderRevokedOut, sold_under_revoked
from shop.sales.api.sent_parcels import InvoiceWanted, SentParcel, invoice_wanted, sent_parcels
from shop.sales.cancel_asked import cancel_asked_of
from shop.sales.errors import WrongState
from shop.sales.hooks import flash_sales
from shop.sales.models import OrderFacts
from shop.sales.operations.shipping import cancel_rest, line_rest
from shop.sales.private_numbers import phone_for_supplier
from shop.sales.queries import seller as queries
from shop.sales.queries.deliveries import received_of
from shop.sales.queries.weight_words import weighed_of
from shop.sales.queries.without_goods import lines_without_goods
from shop.sales.states import OrderState
from shop.sales.texts import in_reader_language

area = Area(gettext_noop("Supplier: orders, stock, settlement"))


class For(Parameters):
    supplier: str = Field(
        "", max_length=80, description=gettext_noop("The supplier's slug; the first that you act for without it.")
    )


class ForTurn(Turn, For):
    pass


ForOne = Annotated[For, Query(...)]
ForList = Annotated[ForTurn, Query(...)]


def acting(request: ApiRequest, asked: For) -> SupplierBrief:
    """Return the supplier that is acted for. Raises ActsForNone, NotTheirSupplier."""
    return supplier_acting(request.user, asked.supplier)


class WithoutGoods(Answer):
    number: str = Field(description=gettext_noop("The order."))
    line_id: int
    name: str
    pieces: int = Field(description=gettext_noop("Pieces that no good lot is left for."))
    lots: list[str] = Field(description=gettext_noop("The lots that failed their test, expired, or are gone."))


class SoldOn(Priced):
    day: date
    amount: str = Field(description=gettext_noop("Of orders paid that day: what they come to now."))


class FlashSaleOut(Priced):
    name: str
    where: str = Field(description=gettext_noop("The live room."))
    price: str
    own_cut: str = Field(description=gettext_noop("What it takes off a piece of the shop's price: you bear it."))
    left: int
    until: Moment


class AskedPriceOut(Priced):
    specification_id: int
    name: str
    room: str
    price: str = Field(description=gettext_noop("What the host would like to sell it at."))
    lowest: str = Field(description=gettext_noop("What others may sell it at now, or more."))
    asked_at: Moment


class TodayOut(Priced):
    supplier: str
    to_ship: int
    overdue: int
    on_the_way: int
    open_cases: int
    held: str = Field(description=gettext_noop("Paid, and not received by the buyers yet."))
    payable: str = Field(description=gettext_noop("Received by the buyers and paid: to be settled with the supplier."))
    cancel_asked: list[str] = Field(
        description=gettext_noop("Orders that their units asked to cancel, and whose approvers have not decided.")
    )
    sold: list[SoldOn] = Field(description=gettext_noop("Of the last eight days, today last."))
    without_goods: list[WithoutGoods] = Field(
        description=gettext_noop("Send these from another lot, or cancel what waits of them.")
    )
    flash_sales: list[FlashSaleOut] = Field(description=gettext_noop("Your goods in flash sales now, whoever sells."))
    asked_prices: list[AskedPriceOut] = Field(
        description=gettext_noop("Lower live prices that hosts ask for: set the floor to answer, also to what it is.")
    )


@area.reads("/seller/today", TodayOut, scope="seller:read", summary=gettext_noop("What waits, and what is owed"))
def seller_today(request: ApiRequest, asked: ForOne) -> dict[str, Any]:
    supplier = acting(request, asked)
    at = timezone.now()
    found = queries.today(supplier.pk, at=at)
    same = ("to_ship", "overdue", "on_the_way", "open_cases")
    return {name: getattr(found, name) for name in same} | {
        "supplier": supplier.slug,
        "held": yuan(found.held_fen),
        "payable": yuan(found.payable_fen),
        "cancel_asked": cancel_asked_of(supplier.pk),
        "sold": [{"day": day, "amount": yuan(fen)} for day, fen in found.days],
        "without_goods": [
            {
                "number": line.number,
                "line_id": line.line_id,
                "name": in_reader_language(line.name_zh, line.name_en),
                "pieces": line.pieces,
                "lots": [code for _pk, code in line.lots],
            }
            for line in lines_without_goods(supplier.pk, at=at)
        ],
        "flash_sales": [
            {"name": row.name, "where": row.where, "price": yuan(row.price_fen), "own_cut": yuan(row.cut_fen)}
            | {"left": row.left, "until": row.until}
            for row in flash_sales(supplier.pk, at)
        ],
        "asked_prices": [
            {"specification_id": row.specification_id, "name": row.name, "room": row.room, "asked_at": row.asked_at}
            | {"price": yuan(row.price_fen), "lowest": yuan(row.lowest_fen)}
            for row in asked_prices(supplier.pk)
        ],
    }


class SoldLine(Priced):
    id: int
    listing_id: int
    specification_id: int
    name: str
    specification: str
    ordered: int
    cancelled: int
    cancelled_amount: str = Field(
        description=gettext_noop("What the cancelled pieces cost: given back, or not charged.")
    )
    shipped: int
    waiting: int = Field(description=gettext_noop("Pieces that still have to be sent."))
    promised_from: date | None = Field(
        description=gettext_noop("Promised to the buyer: harvested on this day or later.")
    )
    promised_until: date | None = Field(
        description=gettext_noop("Promised to the buyer: best before this day or later.")
    )
    undated: str = Field(
        examples=["harvest_to_come"],
        description=gettext_noop(
            "Why pieces that wait were promised no production date: harvest_to_come, not_packed or beyond_lots. Empty where one was, and of a product without lots."
        ),
    )
    is_weighed: bool = Field(description=gettext_noop("Charged by weight: a parcel needs its grams."))
    charged_grams: int = Field(description=gettext_noop("Grams that the price of one piece is for, at the most."))
    weighed_grams: int = Field(description=gettext_noop("What the sent pieces weigh together."))
    weighed_back: str = Field(description=gettext_noop("What went back to the buyer for their weight."))
    weighed: WeighedOut | None = Field(description=gettext_noop("What was weighed and what it costs; it adds up."))
    price: str = Field(description=gettext_noop("Of one piece."))
    own_cut: str = Field(
        description=gettext_noop("What a flash sale took off a piece of the shop's price: you bear it.")
    )
    discount: str = Field(description=gettext_noop("Of the line."))
    amount: str = Field(description=gettext_noop("Price × ordered, less the discount."))


class SoldOrder(Priced):
    number: str
    state: str
    buyer: str = Field(examples=["周**"])
    division: str
    total: str
    not_charged: str = Field(description=gettext_noop("Of the total, before it was paid: not sent, refused, lighter."))
    given_back: str
    final: str = Field(description=gettext_noop("The total, less what is not charged and what was given back."))
    note: str
    cancel_asked: str = Field(
        description=gettext_noop("That its unit asked to cancel it and the approver has not decided; else empty.")
    )
    placed_at: Moment
    ship_by: Moment | None
    lines: list[SoldLine]


class ShipToOut(Answer):
    name: str
    phone: str
    place: str
    street: str


class SoldDetail(SoldOrder):
    ship_to: ShipToOut
    invoice: InvoiceWanted | None = Field(description=gettext_noop("Null where the buyer wants none."))
    parcels: list[SentParcel]
    under_revoked: list[UnderRevokedOut] = Field(description=gettext_noop("Sold under a certificate revoked since."))
    accepted: list[AcceptedDelivery] = Field(
        description=gettext_noop("How a unit, or who got a gift, accepted each delivery, the first first.")
    )
    next_step: str = Field(description=gettext_noop("What the order waits for; empty while you pack it."))


class SoldAsked(ForTurn):
    state: Literal["to_ship", "shipped", "completed", ""] = "to_ship"


def _order(order: OrderFacts) -> dict[str, Any]:
    same = ("state", "cancel_asked", "placed_at", "ship_by")
    return {name: getattr(order, name) for name in same} | {
        "note": order.note_said,  # type: ignore[attr-defined]  # noted
        "number": order.order.number,
        "buyer": mask_name(order.purchase.ship_name),
        "division": order.purchase.ship_division_id,
        "total": yuan(order.total_fen),
        "not_charged": yuan(order.waived_fen),
        "given_back": yuan(order.refunded_fen),
        "final": yuan(order.left_fen),
        "lines": [
            {
                "id": line.pk,
                "listing_id": line.listing_id,
                "specification_id": line.specification_id,
                "name": in_reader_language(line.name_zh, line.name_en),
                "specification": in_reader_language(line.spec_zh, line.spec_en),
                "ordered": line.ordered,
                "cancelled": line.cancelled,
                "cancelled_amount": yuan(line.cancelled_fen),
                "shipped": line.shipped,
                "waiting": line_rest(line),
                "promised_from": line.promised_from,
                "promised_until": line.promised_until,
                "undated": line.undated,
                "is_weighed": line.is_weighed,
                "charged_grams": line.net_grams,
                "weighed_grams": line.weighed_grams + line.heavy_grams,
                "weighed": show_weighed(weighed_of(line)),
                "weighed_back": yuan(line.weighed_back_fen),
                "price": yuan(line.unit_price_fen),
                "own_cut": yuan(line.own_cut_fen),
                "discount": yuan(line.discount_fen),
                "amount": yuan(line.paid_fen),
            }
            for line in order.lines.all()
        ],
    }


def own_order(supplier: SupplierBrief, number: str) -> OrderFacts:
    found = queries.supplier_order(supplier.pk, number)
    if found is None:
        raise Http404
    return found


def order_detail(supplier: SupplierBrief, number: str) -> dict[str, Any]:
    order = own_order(supplier, number)
    purchase = order.purchase
    # Who packs needs the whole address; once it arrived nobody does.
    is_open = order.state in (OrderState.TO_SHIP, OrderState.SHIPPED)
    return _order(order) | {
        "ship_to": {
            "name": purchase.ship_name if is_open else mask_name(purchase.ship_name),
            "phone": phone_for_supplier(order),
            "place": purchase.ship_division.full_name_zh or purchase.ship_division.name_zh,
            "street": purchase.ship_street if is_open else "****",
        },
        "invoice": invoice_wanted(order),
        "parcels": sent_parcels(order),
        "under_revoked": sold_under_revoked(order),
        "accepted": accepted_out(show_accepted(order)),
        "next_step": next_of_supplier(order, received_of(order)),
    }


@area.reads("/seller/orders", Page[SoldOrder], scope="seller:read", summary=gettext_noop("The supplier's orders"))
def list_seller_orders(request: ApiRequest, asked: Annotated[SoldAsked, Query(...)]) -> dict[str, Any]:
    supplier = acting(request, asked)
    return turn_of(asked, lambda page: queries.supplier_orders(supplier.pk, tab=asked.state, page=page), _order)


@area.reads(
    "/seller/orders/{number}", SoldDetail, scope="seller:read", summary=gettext_noop("One order, with where to send it")
)
def get_seller_order(request: ApiRequest, number: str, asked: ForOne) -> dict[str, Any]:
    return order_detail(acting(request, asked), number)


class CancelIn(Body):
    lines: list[Id] = Field([], max_length=200, description=gettext_noop("Without any, all that waits."))
    reason: Literal["out_of_stock", "damaged_harvest", "cannot_deliver"] = Field(
        "out_of_stock",
        description=gettext_noop(
            "Out of stock or failed your check: the pieces leave your stock. Otherwise they are sold again."
        ),
    )


@area.writes(
    "/seller/orders/{number}/cancel",
    SoldDetail,
    scope="seller:write",
    key=Key.REQUIRED,
    summary=gettext_noop("Cancel what can't be sent; its money goes back"),
)
def cancel_seller_order(request: ApiRequest, number: str, body: CancelIn, asked: ForOne) -> dict[str, Any]:
    supplier = acting(request, asked)
    order = own_order(supplier, number)
    if order.state != OrderState.TO_SHIP:
        raise WrongState(_("This order is not waiting to be sent."))
    if not set(body.lines) <= {line.pk for line in order.lines.all()}:
        raise InvalidInput(_("A line is not of this order."), field="lines")
    cancel_rest(
        order_id=order.pk,
        line_ids=set(body.lines) or None,
        reason=body.reason,
        **by(request),
    )
    return order_detail(supplier, number)
