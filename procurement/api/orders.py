"""Units' orders: the figures behind the quota, accepting in parts, paying."""

from datetime import date
from typing import Annotated, Any, Literal

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query
from pydantic import Field

from procurement.api.seats import OfYearTurn, seat, seats, year
from procurement.cancel_words import waits_for_consent, would_go_back
from procurement.models import UnitOrder
from procurement.paid_shown import settle_orders
from procurement.queries import quota as queries
from procurement.queries.requests import unit_order
from procurement.queries.units import unit_below
from procurement.rules.quota import counted_fen
from procurement.settled import Settled
from procurement.shown import sent_in_part
from procurement.states import STOPPABLE
from procurement.texts import words
from shop.core.api import Answer, Area, Id, Moment, Page, Priced, yuan
from shop.core.api.bank import IfCancelled, WeighedOut, show_if_cancelled, show_weighed
from shop.core.api.paging import turn_of
from shop.core.api.routing import ApiRequest
from shop.core.codes import national_phone
from shop.core.paging import After
from shop.sales.queries.backs import NOTHING, Back, note_backs
from shop.sales.queries.promises import note_undated, promised_now
from shop.sales.queries.reports import TakenOff
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
    cancelled_amount: str = Field(
        description=gettext_noop("What the cancelled pieces cost: given back, or not charged.")
    )
    shipped: int
    accepted: int
    rejected: int
    promised_from: date | None = Field(description=gettext_noop("Promised: harvested on this day or later."))
    promised_until: date | None = Field(description=gettext_noop("Promised: best before this day or later."))
    undated: str = Field(
        examples=["harvest_to_come"],
        description=gettext_noop(
            "Why pieces that wait have no promised production date: harvest_to_come, not_packed or beyond_lots; stopped where the lot that was promised can't be sent any more. Empty where one is promised, and of a product without lots."
        ),
    )
    deducted: str = Field(description=gettext_noop("What of this line was not charged, or given back."))
    deducted_for_weight: str = Field(
        description=gettext_noop("Of it: for goods that weighed less, when they were packed or at the acceptance.")
    )
    weighed: WeighedOut | None = Field(description=gettext_noop("What was weighed and what it costs; it adds up."))


class UnitDeduction(Priced):
    what: str = Field(examples=["Meizhou pomelo"])
    why: str = Field(examples=["3 not accepted"])
    amount: str


class UnitOrderOut(IfCancelled):
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
    left: str = Field(description=gettext_noop("What of it is still to be paid, now or once it is accepted."))
    going_back: str = Field(description=gettext_noop("What of it is given back and has not left yet."))
    is_refused_whole: bool = Field(description=gettext_noop("Nothing of it was accepted: nothing is to be paid."))
    cancel_waits: str = Field(
        description=gettext_noop("That its cancellation waits for the approver's consent, and of what; empty: none.")
    )
    request: str | None
    placed_at: Moment
    lines: list[UnitOrderLine]


class ReversedOut(Priced):
    goods: str = Field(description=gettext_noop("Goods of orders that count as sales: what a report deducts."))
    freight: str = Field(description=gettext_noop("Their freight that was given back or not charged."))
    unsold: str = Field(description=gettext_noop("All that was taken off orders that do not count as sales."))


def _reversed(taken: TakenOff) -> dict[str, str]:
    return {"goods": yuan(taken.goods_fen), "freight": yuan(taken.freight_fen), "unsold": yuan(taken.unsold_fen)}


class FigureOrders(Page[UnitOrderOut], Priced):
    figure: str = Field(description=gettext_noop("The figure that these orders stand behind: what all of them count."))
    elsewhere: str = Field(
        description=gettext_noop("What of the unit's own orders counts for the unit that declares its shared canteen.")
    )
    reversed: ReversedOut | None = Field(
        description=gettext_noop("Of what was reversed: its parts, as reports of sales know them; else null.")
    )


class UnitOrdersAsked(OfYearTurn):
    kind: Literal["", "committed", "fulfilled", "reversed"] = ""
    fund: Literal["", "canteen", "union"] = ""
    below: Id | None = Field(
        None, description=gettext_noop("A unit of the tree below yours, whose orders are asked for.")
    )


def show_deductions(settled: Settled) -> list[dict[str, str]]:
    """Return what was taken off a total: of what, why, how much."""
    return [{"what": each.what, "why": each.why, "amount": yuan(each.fen)} for each in settled.deductions]


def _deductions(settled: Settled, deducted_fen: int) -> list[dict[str, str]]:
    """Each reason and amount; what a cancelled order no longer costs without a reduction of its own comes last."""
    told = show_deductions(settled)
    rest = deducted_fen - sum(each.fen for each in settled.deductions)
    if rest:
        told.append({"what": _("The whole order"), "why": _("Cancelled"), "amount": yuan(rest)})
    return told


def show_one(request: ApiRequest, number: str) -> dict[str, Any]:
    row = own_order(request, number)
    note_backs([row.order])
    return _order(row, settle_orders([row])[row.pk], waits_for_consent([row.pk]).get(row.pk, ""))


def _if_cancelled(row: UnitOrder) -> Back:
    """Return what would become of its money; nothing of what can't be cancelled any more. Needs what `backs` noted."""
    if row.order.state not in STOPPABLE or row.request is None:
        return NOTHING
    return would_go_back(row.order, is_sent_in_part=sent_in_part(row.order) is not None)


def _order(row: UnitOrder, settled: Settled, cancel_waits: str) -> dict[str, Any]:
    order = row.order
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
            "phone": national_phone(order.purchase.ship_phone),
            "division": order.purchase.ship_division_id,
            "street": order.purchase.ship_street,
        },
        "terms": order.purchase.terms,
        "is_paid": settled.is_paid and not settled.is_nothing,
        "is_nothing_to_pay": settled.is_nothing or settled.is_closed,
        "left": yuan(settled.due_fen if settled.is_open else 0),
        "going_back": yuan(settled.going_back_fen),
        "is_refused_whole": is_refused_whole(
            order.state, [(line.shipped, line.rejected) for line in order.lines.all()]
        ),
        "cancel_waits": cancel_waits,
        **show_if_cancelled(_if_cancelled(row)),
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
                "cancelled_amount": yuan(line.cancelled_fen),
                "shipped": line.shipped,
                "accepted": line.accepted,
                "rejected": line.rejected,
                "promised_from": promised.harvested_on if (promised := promised_now(line)) else None,
                "promised_until": promised.best_before if promised else None,
                "undated": line.undated,
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
    settled: dict[int, Settled] = {}
    waiting: dict[int, str] = {}

    def pages(turned: After) -> Any:
        page, whole = queries.order_page(unit, year(asked), asked.kind, asked.fund, turned)
        figure.append(whole)
        settled.update(settle_orders(page.object_list))
        note_backs([row.order for row in page.object_list])
        note_undated([row.order for row in page.object_list], timezone.now())
        waiting.update(waits_for_consent([row.pk for row in page.object_list]))
        return page

    listed = turn_of(asked, pages, lambda row: _order(row, settled[row.pk], waiting.get(row.pk, "")))
    whole = figure[0]
    return listed | {
        "figure": yuan(whole.fen),
        "elsewhere": yuan(whole.elsewhere_fen),
        "reversed": _reversed(whole.taken) if whole.taken is not None else None,
    }


def own_order(request: ApiRequest, number: str) -> UnitOrder:
    found = unit_order(seats(request), number)
    if found is None:
        raise Http404
    return found


@area.reads("/units/orders/{number}", UnitOrderOut, scope="units:read", summary=gettext_noop("One order of a unit"))
def get_unit_order(request: ApiRequest, number: str) -> dict[str, Any]:
    return show_one(request, number)
