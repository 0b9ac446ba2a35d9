"""How a percentage came about, at any moment: from the ledger as it was then, and the declarations that were in force."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.paginator import Page
from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from procurement import books
from procurement.models import BudgetUnit, DeclarationSnapshot, UnitOrder
from procurement.queries.units import below
from procurement.rules.quota import Amounts, Together, add_up
from procurement.states import Fund, UnitKind
from shop.core import ledger
from shop.core.paging import Turned, paged

ORDERS_A_PAGE = 50
SIDES = (books.RESERVED, books.COMMITTED, books.FULFILLED, books.REVERSED)


@dataclass(frozen=True)
class UnitsPart:
    """One unit's part of a rate: its amounts, and the confirmed declaration that they stand on (None: it has none).

    `taken_over` are the declarations of units that share its canteen, whose share it owes too.
    """

    unit: BudgetUnit
    amounts: Amounts
    snapshot: DeclarationSnapshot | None
    taken_over: list[DeclarationSnapshot] = field(default_factory=list)

    @property
    def is_counted(self) -> bool:
        """Whether it is part of the rate: its declaration was confirmed by then."""
        return self.snapshot is not None


@dataclass(frozen=True)
class Rate:
    """A percentage of `unit` and everything under it in `year`, as it was at `until`."""

    unit: BudgetUnit
    year: int
    until: datetime
    counted: list[UnitsPart]
    apart: list[UnitsPart]
    together: Together


def rate_of(unit: BudgetUnit, year: int, until: datetime) -> Rate:
    """Return how the rate of a unit came about. Three queries, whatever the number of units."""
    units = list(below(unit))
    names = {
        (each.pk, side): [books.quota(each.pk, year, fund, side) for fund in Fund.values]
        for each in units
        for side in SIDES
    }
    totals = ledger.sums_until([name for group in names.values() for name in group], until)
    snapshots = {row.unit_id: row for row in _confirmed([each.pk for each in units], year, until)}
    taken_over: dict[int, list[DeclarationSnapshot]] = defaultdict(list)
    for row in snapshots.values():
        if row.passed_on_fen and row.represented_by_id:
            taken_over[row.represented_by_id].append(row)
    parts = [
        UnitsPart(
            each,
            Amounts(*(sum(totals[name] for name in names[each.pk, side]) for side in SIDES)),
            snapshots.get(each.pk),
            taken_over[each.pk],
        )
        for each in units
    ]
    parts = [part for part in parts if part.is_counted or part.unit.kind == UnitKind.UNIT or part.amounts.has_traded]
    return Rate(
        unit=unit,
        year=year,
        until=until,
        counted=[part for part in parts if part.is_counted],
        apart=[part for part in parts if not part.is_counted],
        together=add_up((part.amounts, part.is_counted) for part in parts),
    )


def _confirmed(ids: list[int], year: int, until: datetime) -> QuerySet[DeclarationSnapshot]:
    """Return what was confirmed until then of units, and of those that ever shared a canteen of theirs; the latest last."""
    shared = DeclarationSnapshot.objects.filter(represented_by__in=ids, year=year).values("unit")
    rows = DeclarationSnapshot.objects.filter(Q(unit__in=ids) | Q(unit__in=shared), year=year, confirmed_at__lte=until)
    return rows.select_related("policy", "unit__organisation", "represented_by__organisation").order_by("version")


@dataclass(frozen=True)
class OrdersPart:
    """What one order moved in a unit's quota until then, in 分; `row` is the order."""

    number: str
    committed: int
    fulfilled: int
    reversed: int
    row: UnitOrder


def _statement(found: Rate) -> QuerySet[Any]:
    """Return one row per order that moved one of the counted units' quotas; the sums are the rate's amounts."""
    ids = [part.unit.pk for part in found.counted]
    names = {
        side: [books.quota(pk, found.year, fund, side) for pk in ids for fund in Fund.values] for side in SIDES[1:]
    }
    rows = ledger.moving([name for group in names.values() for name in group], found.until)
    sums = {
        side: Coalesce(Sum("amount", filter=Q(credit__name__in=group)), 0)
        - Coalesce(Sum("amount", filter=Q(debit__name__in=group)), 0)
        for side, group in names.items()
    }
    return rows.values("reference").annotate(**sums).order_by("reference")


def order_parts(found: Rate, page: Turned) -> Page:
    """Return a page of the orders behind a rate's traded amount. Three queries."""
    shown = paged(_statement(found), page, ORDERS_A_PAGE)
    shown.object_list = list(_parts(list(shown.object_list)))
    return shown


def all_order_parts(found: Rate) -> Iterator[OrdersPart]:
    """Yield all the orders behind a rate, for a file. Two queries for the first thousand and each further one."""
    rows = list(_statement(found))
    for start in range(0, len(rows), 1000):
        yield from _parts(rows[start : start + 1000])


def _parts(rows: list[dict[str, Any]]) -> Iterator[OrdersPart]:
    orders = {
        row.order.order.number: row
        for row in UnitOrder.objects.filter(order__order__number__in=[row["reference"] for row in rows]).select_related(
            "order__order", "order__supplier", "unit__organisation", "counts_for__organisation"
        )
    }
    for row in rows:
        if row["reference"] in orders:
            yield OrdersPart(
                row["reference"], row[books.COMMITTED], row[books.FULFILLED], row[books.REVERSED],
                orders[row["reference"]],
            )  # fmt: skip
