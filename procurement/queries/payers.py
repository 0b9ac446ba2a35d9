"""Who pays for a unit: its registered name, and the accounts it registered. Maintained data, never what a buyer typed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from procurement.models import BudgetUnit, PurchaseRequest, UnitPayer
from procurement.operations.permissions import FINANCE, OWNER, roles_in
from procurement.operations.quota import KIND
from shop.accounts.queries import people_of_organisations
from shop.core.names import is_among
from shop.core.numbers import read_id
from shop.sales.queries.payouts import refunds_without_account


def registered_payers(refs: Collection[str]) -> dict[str, list[str]]:
    """Return the names and accounts that a transfer of each unit (id as text) may come from. Two queries."""
    ids = [pk for ref in refs if (pk := read_id(ref)) is not None]
    units = BudgetUnit.objects.filter(pk__in=ids).values_list("pk", "organisation__name_zh")
    found = {str(pk): [name] for pk, name in units}
    for row in UnitPayer.objects.filter(unit__in=ids, ended_at=None):
        found[str(row.unit_id)] += [row.name, row.account]
    return {ref: list(dict.fromkeys(names)) for ref, names in found.items()}


def refund_holders(ref: str, payers: Collection[str]) -> list[str]:
    """Return in whose names a unit (id as text) gets money back: its own, and of registered accounts that paid.

    `payers` are what stood on the statements: names or accounts. An account that ended since still paid. Two queries.
    """
    units = BudgetUnit.objects.filter(pk=int(ref)).values_list("organisation__name_zh", flat=True)
    rows = UnitPayer.objects.filter(unit=int(ref))
    paid = [row.name for row in rows if is_among(row.name, payers) or is_among(row.account, payers)]
    return list(dict.fromkeys([*units, *paid]))


def is_finance_of(user: Any, ref: str) -> bool:
    """Tell whether a person pays for a unit (id as text): its finance or its owner. Two queries."""
    pk = read_id(ref)
    unit = None if pk is None else BudgetUnit.objects.filter(pk=pk).first()
    return unit is not None and bool(roles_in(user, unit) & {FINANCE, OWNER})


def finance_people(ref: str) -> list[int]:
    """Return by their ids who pays for a unit (id as text): its finance; its owners where it has none. One query."""
    pk = read_id(ref)
    if pk is None:
        return []
    organisations = BudgetUnit.objects.filter(pk=pk).values("organisation")
    found = people_of_organisations(organisations, (FINANCE, OWNER))
    finance = [user_id for role, user_id in found if role == FINANCE]
    return list(dict.fromkeys(finance or [user_id for _role, user_id in found]))


@dataclass(frozen=True)
class AccountAsked:
    """A refund to a unit that waits until its finance says to which account: 分, and since when."""

    request: str
    fen: int
    since: datetime


def accounts_asked(unit_id: int) -> list[AccountAsked]:
    """Return the refunds to a unit whose account nobody gave. One query, and one more where there are any."""
    waiting = refunds_without_account(KIND, str(unit_id))
    if not waiting:
        return []
    numbers = PurchaseRequest.objects.filter(purchase__in=waiting).values_list("purchase_id", "number")
    return [AccountAsked(number, *waiting[pk]) for pk, number in numbers.order_by("pk")]


def payers_of(unit_id: int) -> list[UnitPayer]:
    """Return a unit's registered accounts, those in use first. One query."""
    return sorted(UnitPayer.objects.filter(unit=unit_id), key=lambda row: (row.ended_at is not None, row.pk))
