"""Where units stand: quota by fund, pace, budget, declaration; the board above them."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_noop
from pydantic import Field

from procurement.api.declared import (
    ReservedPart,
    ShareOut,
    TakenOver,
    parts_out,
    ratio_out,
    shares_out,
    taken_over_out,
)
from procurement.api.seats import ForYear, overseer, seat, seats, year
from procurement.models import DeclarationSnapshot, QuotaDeclaration
from procurement.operations.declarations import Declared, decide_declaration, declare, withdraw_declaration
from procurement.queries import quota as queries
from procurement.queries.requests import declaration_below, declaration_of, taken_over_by, taken_over_by_each
from procurement.queries.units import Seat
from procurement.rules.quota import Pace
from procurement.states import Fund
from procurement.texts import name_of
from shop.core.acting import by
from shop.core.api import Answer, Area, Body, Id, Moment, Paragraphs, Priced, YuanIn, fen_of, share, yuan
from shop.core.api.routing import ApiRequest, Key
from shop.core.codes import clean_phone

area = Area(gettext_noop("Units: quota and declaration"))


class UnitOut(Answer):
    id: int
    name: str
    kind: str = Field(examples=["unit"])
    above: str
    roles: list[str] = Field(examples=[["buyer"]])


class UnitsOut(Answer):
    items: list[UnitOut]


class QuotaOut(Priced):
    reserved: str
    committed: str
    fulfilled: str
    reversed: str
    remaining: str = Field(
        description=gettext_noop(
            "What is still missing. Of several units the sum of what each misses: what one bought beyond its share fills "
            "no other's."
        )
    )
    rate: str | None = Field(
        examples=["5.99"], description=gettext_noop("Fulfilled of reserved in per cent, truncated, never rounded up.")
    )


class PaceOut(Priced):
    state: str = Field(examples=["behind"])
    rate: str
    expected: str
    forecast: str
    remaining: str
    weekly: str = Field(
        description=gettext_noop("What would have to be bought each week; nothing once the year is over.")
    )
    days_left: int


class DeclarationOut(Priced):
    id: int
    unit: int
    unit_name: str
    year: int
    version: int
    state: str
    canteen: str
    canteen_spend: str
    union: str
    union_funds: str
    union_gifts: str
    ratio: str = Field(examples=["10.00"])
    reserved: str
    shares: list[ShareOut] = Field(description=gettext_noop("What each rule that binds the unit asks for."))
    reserved_parts: list[ReservedPart] = Field(
        description=gettext_noop("Each base with its share; together they are what it reserved.")
    )
    taken_over: list[TakenOver] = Field(
        description=gettext_noop("Confirmed shares of units whose shared canteen it declares: it owes them, too.")
    )
    reserved_in_all: str = Field(description=gettext_noop("What it reserved, with the shares that it took over."))
    passed_on: str = Field(
        description=gettext_noop("Of a shared canteen: the share that the representing unit owes once it is confirmed.")
    )
    asks: str = Field(
        description=gettext_noop(
            "What confirming it reserves: its own share, and what its representing unit takes over."
        )
    )
    represented_by: int | None
    representation_agreed: bool = Field(description=gettext_noop("Whether that unit agreed to declare for it."))
    change_reason: str
    version_in_force: int | None = Field(
        description=gettext_noop("The version confirmed last, which counts; null: none was.")
    )
    contact_name: str
    note: str
    reason: str
    submitted_at: Moment | None
    is_late: bool = Field(description=gettext_noop("Whether the year was declared after its last day to declare."))


class BudgetOut(Priced):
    whole: str
    left: str
    spent: str


class StandingOut(Priced):
    unit: int
    name: str
    year: int
    policy: str
    fulfil_by: date
    whole: QuotaOut
    funds: dict[str, QuotaOut]
    pace: PaceOut
    budget_left: str
    budget_spent: str
    budgets: dict[str, BudgetOut] = Field(description=gettext_noop("Each fund's own budget."))
    declaration: DeclarationOut | None
    declared_by: int | None = Field(
        description=gettext_noop("The unit that declares its shared canteen, as was confirmed: its orders count there.")
    )
    orders: int = Field(description=gettext_noop("As many as the list of orders has."))
    under_way: int


def _seat(row: Seat) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "kind": row.unit.kind,
        "above": row.above,
        "roles": sorted(row.roles),
    }


def quota_out(part: queries.Amounts) -> dict[str, Any]:
    names = ("reserved", "committed", "fulfilled", "reversed", "remaining")
    return {name: yuan(getattr(part, name)) for name in names} | {"rate": share(part.rate)}


def _pace(found: Pace) -> dict[str, Any]:
    return {
        "state": str(found.state),
        "rate": ratio_out(found.rate_bp),
        "expected": ratio_out(found.expected_bp),
        "forecast": ratio_out(found.forecast_bp),
        "remaining": yuan(found.remaining_fen),
        "weekly": yuan(found.weekly_fen),
        "days_left": found.days_left,
    }


def declaration_out(
    row: QuotaDeclaration | None, each: Mapping[int, list[DeclarationSnapshot]] | None = None
) -> dict[str, Any] | None:
    """`each`: what every unit took over, where several declarations are told of."""
    if row is None:
        return None
    taken_over = taken_over_by(row.unit_id, row.year) if each is None else each.get(row.unit_id, [])
    same = ("year", "version", "state", "canteen", "contact_name", "note", "reason", "submitted_at", "is_late")
    return {name: getattr(row, name) for name in same} | {
        "union_funds": yuan(row.union_funds_fen),
        "union_gifts": yuan(row.union_gifts_fen),
        "shares": shares_out(row.shares),
        "reserved_parts": parts_out(row),
        "taken_over": taken_over_out(taken_over),
        "reserved_in_all": yuan(row.reserved_fen + sum(other.passed_on_fen for other in taken_over)),
        "passed_on": yuan(row.passed_on_fen),
        "asks": yuan(row.asks_fen),
        "representation_agreed": row.accepted_at is not None,
        "change_reason": row.change_reason,
        "version_in_force": row.in_force.version if row.in_force else None,
        "id": row.pk,
        "unit": row.unit_id,
        "unit_name": name_of(row.unit.organisation),
        "canteen_spend": yuan(row.canteen_spend_fen),
        "union": yuan(row.union_fen),
        "ratio": ratio_out(row.ratio_bp),
        "reserved": yuan(row.reserved_fen),
        "represented_by": row.represented_by_id,
    }


@area.reads("/units", UnitsOut, scope="units:read", summary=gettext_noop("The units that you act for"))
def list_units(request: ApiRequest) -> dict[str, Any]:
    return {"items": [_seat(row) for row in seats(request)]}


@area.reads(
    "/units/quota",
    StandingOut,
    scope="units:read",
    summary=gettext_noop("Where a unit stands: quota by fund, pace, budget"),
)
def get_quota(request: ApiRequest, asked: ForYear) -> dict[str, Any]:
    own = seat(request, asked)
    found = queries.standing(own.unit, year(asked), timezone.localdate())
    budgets = {str(fund): queries.budget_of(own.pk, found.year, fund) for fund in Fund}
    left, spent = budgets[Fund.CANTEEN]
    return {
        "unit": own.pk,
        "name": own.name,
        "year": found.year,
        "policy": found.policy.name_zh,
        "fulfil_by": found.fulfil_by,
        "whole": quota_out(found.whole),
        "funds": {fund: quota_out(part) for fund, part in found.funds.items()},
        "pace": _pace(found.pace),
        "budget_left": yuan(left),
        "budget_spent": yuan(spent),
        "budgets": {
            fund: {"whole": yuan(left + spent), "left": yuan(left), "spent": yuan(spent)}
            for fund, (left, spent) in budgets.items()
        },
        "declaration": declaration_out(found.declaration),
        "declared_by": queries.declared_by_id(found.declaration),
        "orders": found.orders,
        "under_way": found.under_way,
    }


class BoardLine(Priced):
    unit: int
    name: str
    kind: str
    depth: int
    is_counted: bool = Field(
        description=gettext_noop("Whether it is part of the sums: false for a unit without a confirmed declaration.")
    )
    declared_by: int | None = Field(
        description=gettext_noop("The unit whose row has its canteen's share and orders: a shared canteen.")
    )
    quota: QuotaOut = Field(
        description=gettext_noop("Of the units with a confirmed declaration, above and below the line.")
    )
    apart: QuotaOut = Field(description=gettext_noop("What units without a confirmed declaration bought: in no rate."))
    pace: PaceOut
    declaration: str | None = Field(description=gettext_noop("The state of its declaration."))


class BoardOut(Answer):
    year: int
    items: list[BoardLine]
    waiting: list[DeclarationOut]


@area.reads(
    "/units/board", BoardOut, scope="units:read", summary=gettext_noop("The tree below a supervising unit, summed")
)
def get_board(request: ApiRequest, asked: ForYear) -> dict[str, Any]:
    found = queries.board(overseer(request, asked).unit, year(asked), timezone.localdate())
    each = taken_over_by_each([row.unit_id for row in found.waiting], found.year) if found.waiting else {}
    return {
        "year": found.year,
        "waiting": [declaration_out(row, each) for row in found.waiting],
        "items": [
            {
                "unit": row.unit.pk,
                "name": name_of(row.unit.organisation),
                "kind": row.unit.kind,
                "depth": row.depth,
                "is_counted": not row.is_apart,
                "declared_by": queries.declared_by_id(row.declaration),
                "quota": quota_out(row.amounts),
                "apart": quota_out(row.apart),
                "pace": _pace(row.pace),
                "declaration": row.declaration.state if row.declaration else None,
            }
            for row in found.rows
        ],
    }


class DeclarationIn(Body):
    version: int = Field(0, ge=0, le=10**6, description=gettext_noop("The version that you read; 0 for the first."))
    canteen: Literal["own", "shared", "outsourced", "none"]
    canteen_spend: YuanIn = Field(
        "0.00", description=gettext_noop("Of a shared canteen the unit's own part; 0.00: as confirmed before.")
    )
    union: YuanIn = "0.00"
    union_funds: YuanIn = "0.00"
    union_gifts: YuanIn = "0.00"
    represented_by: Id | None = None
    contact_name: str = Field(min_length=1, max_length=40)
    contact_phone: str = Field(max_length=30, examples=["13800002046"])
    note: str = Field("", max_length=200)
    change_reason: str = Field(
        "", max_length=200, description=gettext_noop("Needed to change a confirmed declaration, which stays in force.")
    )


@area.writes(
    "/units/declaration",
    DeclarationOut,
    method="PUT",
    scope="units:write",
    key=Key.REQUIRED,
    summary=gettext_noop("Write and submit a year's declaration"),
    fields={"phone": "contact_phone"},
)
def submit_declaration(request: ApiRequest, body: DeclarationIn, asked: ForYear) -> dict[str, Any]:
    own = seat(request, asked)
    facts = Declared(
        canteen=body.canteen,
        canteen_spend_fen=fen_of(body.canteen_spend),
        union_fen=fen_of(body.union),
        union_funds_fen=fen_of(body.union_funds),
        union_gifts_fen=fen_of(body.union_gifts),
        represented_by_id=body.represented_by,
        contact_name=body.contact_name,
        contact_phone=clean_phone(body.contact_phone),
        note=body.note,
        change_reason=body.change_reason,
    )
    declare(unit_id=own.pk, year=year(asked), facts=facts, version=body.version, **by(request))
    return declaration_out(declaration_of(own.pk, year(asked))) or {}


class WithdrawIn(Body):
    version: int = Field(ge=0, le=10**6, description=gettext_noop("The version that was read: a later one is refused."))


@area.writes(
    "/units/declaration/withdrawal",
    DeclarationOut,
    scope="units:write",
    key=Key.REQUIRED,
    summary=gettext_noop("Withdraw a submitted declaration that nobody decided on"),
)
def withdraw_unit_declaration(request: ApiRequest, body: WithdrawIn, asked: ForYear) -> dict[str, Any]:
    own = seat(request, asked)
    found = declaration_of(own.pk, year(asked))
    if found is None:
        raise Http404
    withdraw_declaration(declaration_id=found.pk, version=body.version, **by(request))
    return declaration_out(declaration_of(own.pk, year(asked))) or {}


class Verdict(Body):
    version: int = Field(ge=0, le=10**6, description=gettext_noop("The version that was read: a later one is refused."))
    approve: bool
    reason: Paragraphs = Field("", max_length=200, description=gettext_noop("Needed to return it."))


@area.writes(
    "/units/declarations/{int:declaration_id}/decision",
    DeclarationOut,
    scope="units:decide",
    key=Key.REQUIRED,
    summary=gettext_noop("Confirm a declaration from below, or return it"),
)
def decide_unit_declaration(request: ApiRequest, declaration_id: int, body: Verdict) -> dict[str, Any]:
    if declaration_below(seats(request), declaration_id) is None:
        raise Http404
    decide_declaration(
        declaration_id=declaration_id,
        version=body.version,
        confirm=body.approve,
        reason=body.reason,
        **by(request),
    )
    return declaration_out(declaration_below(seats(request), declaration_id)) or {}
