"""What stands behind a percentage, answering for a shared canteen, budgets, addresses and accounts of a unit."""

from typing import Annotated, Any, Literal

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Query
from pydantic import Field

from procurement.api.declared import (
    DeclarationVersions,
    ReservedPart,
    ShareOut,
    TakenOver,
    parts_out,
    shares_out,
    taken_over_out,
)
from procurement.api.requests import ShipToIn
from procurement.api.seats import ForUnit, ForYear, OfYearTurn, seat, seats, year
from procurement.api.units import (
    DeclarationOut,
    QuotaOut,
    Verdict,
    declaration_out,
    quota_out,
)
from procurement.declared_shown import RULE, formula, until_of
from procurement.operations.payers import end_payer, register_payer
from procurement.operations.representing import answer_representation
from procurement.operations.units import grant_budget, set_delivery
from procurement.queries.budgets import budget_steps
from procurement.queries.payers import payers_of
from procurement.queries.quota import budget_of
from procurement.queries.rates import OrdersPart, UnitsPart, order_parts, rate_of
from procurement.queries.requests import asked_to_represent, declaration_of, snapshots_of
from procurement.queries.units import unit_below
from procurement.queries.withdrawals import declaration_withdrawals
from procurement.texts import name_of
from shop.core.acting import by
from shop.core.api import Answer, Area, Body, Day, Id, Moment, Page, Priced, YuanIn, fen_of, yuan
from shop.core.api.paging import turn_of
from shop.core.api.routing import ApiRequest, Key
from shop.core.codes import clean_phone

area = Area(gettext_noop("Units: what stands behind a rate, budgets, payers"))


class RateUnit(Priced):
    unit: int
    name: str
    is_counted: bool
    version: int | None
    confirmed_at: Moment | None
    shares: list[ShareOut]
    reserved_parts: list[ReservedPart] = Field(
        description=gettext_noop("Each base with its share; together they are what it reserved.")
    )
    taken_over: list[TakenOver] = Field(
        description=gettext_noop("Shares of units whose shared canteen it declares: part of what it reserved.")
    )
    quota: QuotaOut


class RateOrder(Priced):
    number: str
    unit: int
    counts_for: int
    fund: str
    placed_at: Moment
    committed: str
    fulfilled: str
    reversed: str


class RateOut(Page[RateOrder], Priced):
    unit: int
    year: int
    as_of: Moment
    rule: str
    formula: str
    quota: QuotaOut
    apart: QuotaOut
    units: list[RateUnit]


class RateAsked(OfYearTurn):
    below: Id | None = Field(None, description=gettext_noop("A unit of the tree below yours."))
    on: Day | None = Field(None, description=gettext_noop("As it was at the end of this day in China; now without it."))


def _unit(part: UnitsPart, is_counted: bool) -> dict[str, Any]:
    snapshot = part.snapshot
    return {
        "unit": part.unit.pk,
        "name": name_of(part.unit.organisation),
        "is_counted": is_counted,
        "version": snapshot.version if snapshot else None,
        "confirmed_at": snapshot.confirmed_at if snapshot else None,
        "shares": shares_out(snapshot.shares) if snapshot else [],
        "reserved_parts": parts_out(snapshot, part.taken_over) if snapshot else [],
        "taken_over": taken_over_out(part.taken_over),
        "quota": quota_out(part.amounts),
    }


def _order(part: OrdersPart) -> dict[str, Any]:
    return {
        "number": part.number,
        "unit": part.row.unit_id,
        "counts_for": part.row.counts_for_id,
        "fund": part.row.fund,
        "placed_at": part.row.order.placed_at,
        "committed": yuan(part.committed),
        "fulfilled": yuan(part.fulfilled),
        "reversed": yuan(part.reversed),
    }


@area.reads(
    "/units/rate",
    RateOut,
    scope="units:read",
    summary=gettext_noop("What stands behind a rate: rule, declarations, orders, at any day"),
)
def get_rate(request: ApiRequest, asked: Annotated[RateAsked, Query(...)]) -> dict[str, Any]:
    own = seat(request, asked)
    unit = own.unit if asked.below is None else unit_below(own.unit, asked.below)
    if unit is None:
        raise Http404
    found = rate_of(unit, year(asked), until_of(asked.on.isoformat() if asked.on else "", timezone.now()))
    return turn_of(asked, lambda page: order_parts(found, page), _order) | {
        "unit": unit.pk,
        "year": found.year,
        "as_of": found.until,
        "rule": RULE,
        "formula": formula(),
        "quota": quota_out(found.together.counted),
        "apart": quota_out(found.together.apart),
        "units": [_unit(part, True) for part in found.counted] + [_unit(part, False) for part in found.apart],
    }


@area.reads(
    "/units/declaration/versions",
    DeclarationVersions,
    scope="units:read",
    summary=gettext_noop("What was confirmed of a year's declaration, each with its rule"),
)
def list_declaration_versions(request: ApiRequest, asked: ForYear) -> dict[str, Any]:
    found = declaration_of(seat(request, asked).pk, year(asked))
    return {
        "items": [
            {
                "version": row.version,
                "canteen": row.canteen,
                "represented_by": row.represented_by_id,
                "reserved": yuan(row.reserved_fen),
                "passed_on": yuan(row.passed_on_fen),
                "shares": shares_out(row.shares),
                "reserved_parts": parts_out(row),
                "change_reason": row.change_reason,
                "confirmed_at": row.confirmed_at,
            }
            for row in (snapshots_of(found) if found else [])
        ],
        "withdrawn": [
            {"version": each.version, "by": each.name, "at": each.at}
            for each in (declaration_withdrawals(found) if found else ())
        ],
    }


class AskedOut(Answer):
    items: list[DeclarationOut]


@area.reads(
    "/units/representations",
    AskedOut,
    scope="units:read",
    summary=gettext_noop("Declarations of units that share your canteen, which you declare for"),
)
def list_representations(request: ApiRequest, asked: ForYear) -> dict[str, Any]:
    # Whose canteen another unit declares takes over nothing itself.
    return {"items": [declaration_out(row, {}) for row in asked_to_represent(seat(request, asked).pk, year(asked))]}


@area.writes(
    "/units/representations/{int:declaration_id}/answer",
    DeclarationOut,
    scope="units:write",
    key=Key.REQUIRED,
    summary=gettext_noop("Say whether you declare for a unit that shares your canteen"),
)
def answer_unit_representation(
    request: ApiRequest, declaration_id: int, body: Verdict, asked: ForYear
) -> dict[str, Any]:
    own = seat(request, asked)
    if all(row.pk != declaration_id for row in asked_to_represent(own.pk, year(asked))):
        raise Http404
    row = answer_representation(
        declaration_id=declaration_id, version=body.version, accept=body.approve, reason=body.reason, **by(request)
    )
    return declaration_out(declaration_of(row.unit_id, row.year)) or {}


class BudgetIn(Body):
    fund: Literal["canteen", "union"] = "canteen"
    amount: YuanIn = "0.00"
    lowers: bool = Field(False, description=gettext_noop("Take the amount away instead."))
    whole: YuanIn = Field(
        description=gettext_noop("The fund's whole budget as you read it; where it is another now, nothing changes.")
    )
    reason: str = Field(max_length=200, description=gettext_noop("Why it changes: it stands in the history."))
    reference: str = Field(min_length=1, max_length=40, description=gettext_noop("The same one is booked once."))


class BudgetSet(Priced):
    year: int
    fund: str
    whole: str
    left: str
    spent: str


@area.writes(
    "/units/budget",
    BudgetSet,
    scope="units:write",
    key=Key.REQUIRED,
    summary=gettext_noop("Raise or lower a fund's budget of this year or the next"),
)
def change_budget(request: ApiRequest, body: BudgetIn, asked: ForYear) -> dict[str, Any]:
    own, of_year = seat(request, asked), year(asked)
    fen = fen_of(body.amount) * (-1 if body.lowers else 1)
    grant_budget(
        unit_id=own.pk, year=of_year, fund=body.fund, fen=fen, key=body.reference, reason=body.reason,
        whole_fen=fen_of(body.whole), **by(request),
    )  # fmt: skip
    left, spent = budget_of(own.pk, of_year, body.fund)
    return {
        "year": of_year,
        "fund": body.fund,
        "whole": yuan(left + spent),
        "left": yuan(left),
        "spent": yuan(spent),
    }


class BudgetStepOut(Priced):
    at: Moment
    fund: str
    before: str = Field(description=gettext_noop("The whole budget before it."))
    after: str
    name: str = Field(description=gettext_noop("Who changed it."))
    reason: str


class BudgetStepsOut(Answer):
    items: list[BudgetStepOut]


@area.reads(
    "/units/budget/changes",
    BudgetStepsOut,
    scope="units:read",
    summary=gettext_noop("Every change of a year's budgets, the last first"),
)
def list_budget_changes(request: ApiRequest, asked: ForYear) -> dict[str, Any]:
    return {
        "items": [
            {
                "at": each.at,
                "fund": each.fund,
                "before": yuan(each.before_fen),
                "after": yuan(each.after_fen),
                "name": each.name,
                "reason": each.reason,
            }
            for each in budget_steps(seat(request, asked).pk, year(asked))
        ]
    }


class UnitAddressOut(Answer):
    name: str
    phone: str
    division: str
    street: str


@area.writes(
    "/units/delivery",
    UnitAddressOut,
    method="PUT",
    scope="units:write",
    summary=gettext_noop("Say where the goods of new requests go"),
)
def change_delivery(request: ApiRequest, body: ShipToIn, asked: ForUnit) -> dict[str, Any]:
    phone = clean_phone(body.phone)
    set_delivery(
        unit_id=seat(request, asked).pk, name=body.name, phone=phone, division_code=body.division, street=body.street,
        **by(request),
    )  # fmt: skip
    return {"name": body.name, "phone": phone, "division": body.division, "street": body.street}


class PayerIn(Body):
    name: str = Field(max_length=120)
    bank: str = Field(max_length=80)
    account: str = Field(max_length=50)


class PayerOut(Answer):
    id: int
    name: str
    bank: str
    account: str
    added_at: Moment
    ended_at: Moment | None


class PayersOut(Answer):
    legal_name: str
    items: list[PayerOut]


def _payer(row: Any) -> dict[str, Any]:
    names = ("name", "bank", "account", "added_at", "ended_at")
    return {"id": row.pk} | {name: getattr(row, name) for name in names}


@area.reads("/units/payers", PayersOut, scope="units:read", summary=gettext_noop("The accounts a unit pays from"))
def list_payers(request: ApiRequest, asked: ForUnit) -> dict[str, Any]:
    own = seat(request, asked)
    return {"legal_name": own.unit.organisation.name_zh, "items": [_payer(row) for row in payers_of(own.pk)]}


@area.writes(
    "/units/payers",
    PayerOut,
    scope="units:write",
    status=201,
    key=Key.REQUIRED,
    summary=gettext_noop("Register an account that a unit pays from"),
    fields={"payer_name": "name", "payer_bank": "bank", "payer_account": "account"},
)
def add_payer(request: ApiRequest, body: PayerIn, asked: ForUnit) -> dict[str, Any]:
    own = seat(request, asked)
    return _payer(register_payer(unit_id=own.pk, name=body.name, bank=body.bank, account=body.account, **by(request)))


@area.writes(
    "/units/payers/{int:payer_id}/end",
    PayerOut,
    scope="units:write",
    summary=gettext_noop("End an account: a transfer from it is looked at by a person first"),
)
def end_unit_payer(request: ApiRequest, payer_id: int) -> dict[str, Any]:
    if all(payer_id != row.pk for own in seats(request) for row in payers_of(own.pk)):
        raise Http404
    return _payer(end_payer(payer_id=payer_id, **by(request)))
