"""A small tree of units with their people, and requests in any state, for tests."""

import re
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from django.test import Client

from catalog.models import Listing
from procurement.models import BudgetUnit, PurchaseRequest, QuotaDeclaration, UnitOrder
from procurement.operations import declarations, requests
from procurement.operations.deciding import decide_request
from procurement.operations.ordering import order_request
from procurement.operations.representing import answer_representation
from procurement.operations.units import grant_budget, register_unit
from procurement.states import Fund, UnitKind
from shop.accounts.models import Membership, Organisation, User
from shop.sales.models import OrderFacts
from tests.factories import AT, make_division, make_user, spec_of

YEAR = 2026
_numbers = count(1)


@dataclass
class Office:
    """A unit with one person of each role."""

    unit: BudgetUnit
    buyer: User
    approver: User
    finance: User


def make_organisation(kind: str = "budget_unit", name: str = "朝霞小学") -> Organisation:
    number = next(_numbers)
    return Organisation.objects.create(kind=kind, name_zh=f"{name}{number}", name_en=f"School {number}")


def join(organisation: Organisation, role: str) -> User:
    user = make_user(name=f"{role}{next(_numbers)}")
    Membership.objects.create(user=user, organisation=organisation, role=role)
    return user


def make_office(
    parent: BudgetUnit | None = None, *, kind: str = UnitKind.UNIT, budget_fen: int = 0, **facts: Any
) -> Office:
    """Make a unit in 天河区 with a buyer, an approver and finance, with a budget of 2026 in each fund when asked for."""
    division = make_division()
    organisation = make_organisation(kind if kind != UnitKind.UNIT else "budget_unit")
    values = {
        "ship_name": "周敏",
        "ship_phone": "+8613800002046",
        "ship_division_id": division.pk,
        "ship_street": "龙口西路 8 号",
        "approvals": 1,
    }
    unit = register_unit(
        organisation=organisation,
        region_code="440106",
        kind=kind,
        parent=parent,
        facts=values | facts,
        actor=None,
        at=AT,
    )
    office = Office(unit, *(join(organisation, role) for role in ("buyer", "approver", "finance")))
    if budget_fen:
        for fund in Fund.values:
            grant_budget(
                unit_id=unit.pk,
                year=YEAR,
                fen=budget_fen,
                key="start",
                reason="年度预算批复",
                fund=fund,
                actor=office.finance,
                at=AT,
            )
    return office


def ask(office: Office, *wanted: tuple[Listing, int], at: datetime = AT, **facts: Any) -> PurchaseRequest:
    """Make a request of (listing, pieces), not yet submitted."""
    request = requests.start_request(unit_id=office.unit.pk, actor=office.buyer, at=at)
    pieces = {spec_of(listing).specification_id: count_ for listing, count_ in wanted}
    request = requests.put_lines(request_id=request.pk, pieces=pieces, actor=office.buyer, at=at)
    if facts:
        values = {"fund": request.fund, "terms": request.terms, "note": ""} | facts
        request = requests.set_facts(request_id=request.pk, actor=office.buyer, at=at, **values)
    return request


def submitted(office: Office, *wanted: tuple[Listing, int], at: datetime = AT, **facts: Any) -> PurchaseRequest:
    request = ask(office, *wanted, at=at, **facts)
    return requests.submit_request(request_id=request.pk, version=request.version, actor=office.buyer, at=at)


def approved(office: Office, *wanted: tuple[Listing, int], at: datetime = AT, **facts: Any) -> PurchaseRequest:
    request = submitted(office, *wanted, at=at, **facts)
    actors = [office.approver, office.finance][: office.unit.approvals]
    for actor in actors:
        request = decide_request(request_id=request.pk, version=request.version, approve=True, actor=actor, at=at)
    return request


def ordered(office: Office, *wanted: tuple[Listing, int], at: datetime = AT, **facts: Any) -> list[OrderFacts]:
    """Ask, approve, order; return the orders."""
    request = approved(office, *wanted, at=at, **facts)
    order_request(request_id=request.pk, actor=office.buyer, at=at)
    ids = UnitOrder.objects.filter(request=request).values_list("pk", flat=True)
    return list(OrderFacts.objects.filter(pk__in=ids).select_related("order", "purchase").order_by("pk"))


def declared(
    office: Office, spend_fen: int = 10_000_000, *, by: User, year: int = YEAR, at: datetime = AT, **facts: Any
) -> Any:
    """Declare and have it confirmed by `by` (a member of the unit above)."""
    waiting = declaration_of(office, spend_fen, year=year, at=at, **facts)
    return confirm(waiting, by=by, at=at)


def declaration_of(
    office: Office, spend_fen: int = 10_000_000, *, year: int = YEAR, at: datetime = AT, **facts: Any
) -> Any:
    """Declare, or amend what is declared; it waits to be confirmed."""
    known = QuotaDeclaration.objects.filter(unit=office.unit, year=year).first()
    values = {"canteen": "own", "canteen_spend_fen": spend_fen} | facts
    return declarations.declare(
        unit_id=office.unit.pk, year=year, facts=declarations.Declared(**values),
        version=known.version if known else 0, actor=office.buyer, at=at,
    )  # fmt: skip


def confirm(declaration: QuotaDeclaration, *, by: User, at: datetime = AT) -> QuotaDeclaration:
    """Confirm a declaration as `by`, of the unit above."""
    return declarations.decide_declaration(
        declaration_id=declaration.pk, version=declaration.version, confirm=True, actor=by, at=at
    )


def shares(office: Office, host: Office, *, year: int = YEAR, at: datetime = AT, **facts: Any) -> QuotaDeclaration:
    """Declare that `host` declares for `office`, which it agrees to; it waits to be confirmed."""
    declaration = declaration_of(office, 0, year=year, at=at, canteen="shared", represented_by_id=host.unit.pk, **facts)
    return answer_representation(
        declaration_id=declaration.pk, version=declaration.version, accept=True, actor=host.approver, at=at
    )


def as_(user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def figure(page, testid):
    found = re.search(rf'data-testid="{testid}"[^>]*>(.*?)</', page.content.decode(), re.DOTALL)
    assert found, testid
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", found.group(1))).strip()


def amount(page, testid):
    """The amount of a figure, however it is drawn."""
    found = re.search(rf'data-testid="{testid}"[^>]*>(.{{0,400}})', page.content.decode(), re.DOTALL)
    assert found, testid
    found_sum = re.search(r"¥[\d,]+\.\d\d", re.sub(r"<[^>]+>|\s", "", found.group(1)))
    assert found_sum, testid
    return found_sum.group()
