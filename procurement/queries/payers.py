"""Who pays for a unit: its registered name, and the accounts it registered. Maintained data, never what a buyer typed."""

from collections.abc import Collection
from typing import Any

from procurement.models import BudgetUnit, UnitPayer
from procurement.operations.permissions import FINANCE, OWNER, roles_in
from shop.core.names import is_among


def registered_payers(refs: Collection[str]) -> dict[str, list[str]]:
    """Return the names and accounts that a transfer of each unit (id as text) may come from. Two queries."""
    ids = [int(ref) for ref in refs if ref.isascii() and ref.isdigit() and len(ref) < 18]
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
    unit = BudgetUnit.objects.filter(pk=int(ref)).first() if ref.isascii() and ref.isdigit() and len(ref) < 18 else None
    return unit is not None and bool(roles_in(user, unit) & {FINANCE, OWNER})


def payers_of(unit_id: int) -> list[UnitPayer]:
    """Return a unit's registered accounts, those in use first. One query."""
    return sorted(UnitPayer.objects.filter(unit=unit_id), key=lambda row: (row.ended_at is not None, row.pk))
