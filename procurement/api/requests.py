"""Purchase requests: written, submitted, decided, ordered."""

from typing import Annotated, Any, Literal

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Query
from pydantic import Field

from procurement.api.orders import UnitDeduction, show_deductions
from procurement.api.seats import OfUnitTurn, seat, seats
from procurement.api.units import Verdict
from procurement.models import PurchaseRequest
from procurement.operations import requests as operations
from procurement.operations.deciding import STEPS, decide_request
from procurement.operations.ordering import order_request
from procurement.paid_shown import settle_request
from procurement.queries.papers import is_doubtful
from procurement.queries.quota import budget_after
from procurement.queries.requests import Change, numbers_of_orders, request_of, request_page, request_to_read
from procurement.queries.withdrawals import withdrawals_of
from procurement.request_shown import changed_facts, line_changes
from procurement.rules.quota import budget_year
from procurement.states import EDITABLE
from procurement.texts import words, year_of
from shop.core import regions
from shop.core.acting import by
from shop.core.api import Answer, Area, Body, Id, Moment, Page, Priced, once, yuan
from shop.core.api.paging import turn_of
from shop.core.api.routing import ApiRequest, Key
from shop.core.codes import clean_phone, national_phone

area = Area(gettext_noop("Units: requests and approval"))


class AskedLine(Priced):
    specification_id: int
    sku: str
    name: str
    specification: str
    supplier: str
    price: str
    quantity: int
    amount: str


class RequestOut(Priced):
    number: str = Field(examples=["CG26-7K2M-9QXD"])
    unit: int
    state: str = Field(examples=["submitted"])
    version: int
    year: int
    fund: str
    terms: str
    note: str
    total: str
    buyer: str
    created_at: Moment
    submitted_at: Moment | None
    ordered_at: Moment | None
    all_cancelled: bool = Field(
        description=gettext_noop("Whether it was ordered, and every order that came of it is cancelled.")
    )


class ShipTo(Answer):
    name: str
    phone: str
    division: str
    place: str
    street: str


class RequestFactChanged(Answer):
    what: str = Field(examples=["address"])
    before: str
    now: str


class LineChanged(Priced):
    name: str
    specification: str
    before: int
    now: int
    price_before: str
    price_now: str


class Changes(Answer):
    facts: list[RequestFactChanged]
    lines: list[LineChanged]


class Decided(Answer):
    by: str
    step: int
    approved: bool
    version: int
    reason: str
    at: Moment


class WithdrawnOut(Answer):
    by: str
    version: int
    given_up: bool = Field(description=gettext_noop("Given up for good; else taken back, to be changed."))
    was_approved: bool = Field(description=gettext_noop("It was approved already: its sum went back to the budget."))
    at: Moment


class RequestDetail(RequestOut):
    is_confirmed: bool = Field(
        description=gettext_noop("Whether it says what was submitted and approved: false where that was changed since.")
    )
    goods: str
    freight: str
    ship_to: ShipTo | None = Field(description=gettext_noop("Part of what is approved: nothing is sent anywhere else."))
    lines: list[AskedLine]
    changes: Changes = Field(description=gettext_noop("What changed since the version that was submitted before."))
    decisions: list[Decided]
    withdrawals: list[WithdrawnOut] = Field(description=gettext_noop("Who took it back or gave it up, and when."))
    orders: list[str] = Field(description=gettext_noop("The numbers of the orders that came of it."))
    purchase: str | None
    deducted: str = Field(description=gettext_noop("What was taken off since it was ordered: cancelled, not accepted."))
    deductions: list[UnitDeduction] = Field(
        description=gettext_noop("Each reason and amount; together they are what was deducted.")
    )
    remains: str = Field(description=gettext_noop("What remains of the total."))
    budget_left: str | None = Field(
        description=gettext_noop("What its budget has left while it is written or waits for a decision, else null.")
    )
    over_budget: str = Field(
        description=gettext_noop("How much more it costs: it may be submitted, and approved once the budget is raised.")
    )


class RequestsAsked(OfUnitTurn):
    state: Literal["open", "waiting", "ordered", "all"] = "all"


def _request(row: PurchaseRequest) -> dict[str, Any]:
    same = ("number", "state", "version", "year", "fund", "terms", "note", "created_at", "submitted_at", "ordered_at",
            "all_cancelled")  # fmt: skip
    return {name: getattr(row, name) for name in same} | {
        "unit": row.unit_id,
        "total": yuan(row.total_fen),
        "buyer": row.buyer.name,
    }


def _ship_to(row: PurchaseRequest) -> dict[str, Any] | None:
    if row.ship_division is None:
        return None
    return {
        "name": row.ship_name,
        "phone": national_phone(row.ship_phone),
        "division": row.ship_division_id,
        "place": regions.full_name(row.ship_division),
        "street": row.ship_street,
    }


def _line_changed(each: Change) -> dict[str, Any]:
    return {
        "name": words(each.name_zh, each.name_en),
        "specification": words(each.spec_zh, each.spec_en),
        "before": each.before,
        "now": each.now,
        "price_before": yuan(each.price_before_fen),
        "price_now": yuan(each.price_now_fen),
    }


def own_request(request: ApiRequest, number: str) -> PurchaseRequest:
    found = request_of(seats(request), number)
    if found is None:
        raise Http404
    return found


def readable_request(request: ApiRequest, number: str) -> PurchaseRequest:
    """Return a request of a unit that the person acts for, or an ordered one of a unit that they oversee."""
    found = request_to_read(seats(request), number)
    if found is None:
        raise Http404
    return found[1]


def _sums(row: PurchaseRequest) -> dict[str, Any]:
    """Return what became of a request's total, and what its budget has left while nobody approved it."""
    settled = settle_request(row)
    left: int | None = None
    over = 0
    if row.state in EDITABLE or row.state in STEPS:
        year = budget_year(row.year, year_of(timezone.now())) if row.state in EDITABLE else row.year
        left, after = budget_after(row, year)
        over = max(0, -after)
    return {
        "deducted": yuan(settled.deducted_fen if settled else 0),
        "deductions": show_deductions(settled) if settled else [],
        "remains": yuan(settled.left_fen if settled else row.total_fen),
        "budget_left": None if left is None else yuan(left),
        "over_budget": yuan(over),
    }


def show_request(request: ApiRequest, number: str) -> dict[str, Any]:
    row = readable_request(request, number)
    return (
        _request(row)
        | _sums(row)
        | {
            "is_confirmed": not is_doubtful(row),
            "goods": yuan(row.goods_fen),
            "freight": yuan(row.freight_fen),
            "purchase": row.purchase.number if row.purchase else None,
            "ship_to": _ship_to(row),
            "changes": {
                "facts": [{name: each[name] for name in ("what", "before", "now")} for each in changed_facts(row)],
                "lines": [_line_changed(each["change"]) for each in line_changes(row)],
            },
            "lines": [
                {
                    "specification_id": line.specification_id,
                    "sku": line.sku,
                    "name": words(line.name_zh, line.name_en),
                    "specification": words(line.spec_zh, line.spec_en),
                    "supplier": words(line.supplier_zh, line.supplier_en),
                    "price": yuan(line.unit_price_fen),
                    "quantity": line.quantity,
                    "amount": yuan(line.sum_fen),
                }
                for line in row.lines.all()
            ],
            "decisions": [
                {
                    "by": each.actor.name,
                    "step": each.step,
                    "approved": each.approved,
                    "version": each.version,
                    "reason": each.reason,
                    "at": each.at,
                }
                for each in row.decisions.all()
            ],
            "withdrawals": [
                {
                    "by": each.name,
                    "version": each.version,
                    "given_up": each.is_given_up,
                    "was_approved": each.was_approved,
                    "at": each.at,
                }
                for each in withdrawals_of(row)
            ],
            "orders": numbers_of_orders(row),
        }
    )


@area.reads("/units/requests", Page[RequestOut], scope="units:read", summary=gettext_noop("A unit's requests"))
def list_requests(request: ApiRequest, asked: Annotated[RequestsAsked, Query(...)]) -> dict[str, Any]:
    own = seat(request, asked)
    return turn_of(asked, lambda page: request_page(own.pk, asked.state, page), _request)


@area.reads(
    "/units/requests/{number}",
    RequestDetail,
    scope="units:read",
    summary=gettext_noop("A request with its lines and decisions"),
)
def get_request(request: ApiRequest, number: str) -> dict[str, Any]:
    return show_request(request, number)


class Wanted(Body):
    specification_id: Id
    quantity: int = Field(ge=0, le=999_999, description=gettext_noop("0 takes the line out."))


class LinesIn(Body):
    version: int = Field(ge=0, le=10**6)
    lines: Annotated[list[Wanted], once("specification_id")] = Field(min_length=1, max_length=500)


step = area.steps("/units/requests/{number}", RequestDetail, scope="units:write", shown=show_request)


@step("lines", method="PUT", summary=gettext_noop("Set the pieces of lines"), fields={"pieces-": "lines"})
def set_request_lines(request: ApiRequest, number: str, body: LinesIn) -> None:
    operations.put_lines(
        request_id=own_request(request, number).pk,
        pieces={line.specification_id: line.quantity for line in body.lines},
        version=body.version,
        **by(request),
    )


class FactsIn(Body):
    version: int = Field(ge=0, le=10**6)
    fund: Literal["canteen", "union"]
    terms: Literal["prepaid", "postpaid"]
    note: str = Field("", max_length=200)
    year: int = Field(
        0, ge=0, le=2100, description=gettext_noop("In which year it is to be ordered: this or the next; 0 leaves it.")
    )


@step("facts", method="PUT", summary=gettext_noop("Set fund, terms, year and note"))
def set_request_facts(request: ApiRequest, number: str, body: FactsIn) -> None:
    operations.set_facts(request_id=own_request(request, number).pk, **by(request), **body.model_dump())


class ShipToIn(Body):
    name: str = Field(min_length=1, max_length=40)
    phone: str = Field(max_length=30, examples=["13800002046"])
    division: str = Field(min_length=6, max_length=6, examples=["440106"])
    street: str = Field(min_length=1, max_length=160)


class RequestAddressIn(Body):
    version: int = Field(ge=0, le=10**6)
    ship_to: ShipToIn | None = Field(None, description=gettext_noop("The unit's own address without it."))


@step(
    "address",
    method="PUT",
    summary=gettext_noop("Say where the goods of a request go"),
    fields={name: f"ship_to.{name}" for name in ("name", "phone", "division", "street")},
)
def set_request_address(request: ApiRequest, number: str, body: RequestAddressIn) -> None:
    given = body.ship_to
    address = operations.Address(given.name, clean_phone(given.phone), given.division, given.street) if given else None
    operations.set_address(
        request_id=own_request(request, number).pk, version=body.version, address=address, **by(request)
    )


class Seen(Body):
    version: int = Field(ge=0, le=10**6)


@step("submit", summary=gettext_noop("Send a request to its approver"))
def submit_request(request: ApiRequest, number: str, body: Seen) -> None:
    operations.submit_request(request_id=own_request(request, number).pk, version=body.version, **by(request))


@step("take-back", summary=gettext_noop("Take a request back to change it"))
def take_request_back(request: ApiRequest, number: str) -> None:
    operations.take_back(request_id=own_request(request, number).pk, **by(request))


@step("give-up", summary=gettext_noop("End a request without ordering"))
def give_request_up(request: ApiRequest, number: str) -> None:
    operations.give_up(request_id=own_request(request, number).pk, **by(request))


@step(
    "decision",
    scope="units:decide",
    key=Key.REQUIRED,
    summary=gettext_noop("Approve a request at its step, or return it"),
    description=gettext_noop("Nobody approves what they asked for, nor what was changed since they read it."),
)
def decide_on_request(request: ApiRequest, number: str, body: Verdict) -> None:
    decide_request(
        request_id=own_request(request, number).pk,
        version=body.version,
        approve=body.approve,
        reason=body.reason,
        **by(request),
    )


@step("order", status=201, key=Key.REQUIRED, summary=gettext_noop("Order what was approved"))
def order_approved(request: ApiRequest, number: str) -> None:
    order_request(request_id=own_request(request, number).pk, **by(request))
