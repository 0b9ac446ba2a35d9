"""Where units stand: amounts from the ledger, pace by day, the orders behind each figure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.core.paginator import Page
from django.db.models import BigIntegerField, Case, Q, QuerySet, Sum, Value, When
from django.utils import timezone

from procurement import books
from procurement.models import BudgetUnit, PurchaseRequest, QuotaDeclaration, QuotaPolicy, UnitOrder
from procurement.queries.policies import policy_for
from procurement.queries.units import below
from procurement.rules.budget import left_after
from procurement.rules.quota import FORECAST_DAYS, Amounts, Pace, add_up, counted_fen, month_day, pace
from procurement.states import CanteenMode, Fund, UnitKind
from shop.core import ledger
from shop.core.paging import Turned, paged
from shop.sales.queries.left import left_of
from shop.sales.queries.reports import TakenOff, taken_off
from shop.sales.states import OrderState

ORDERS_A_PAGE = 30
KINDS = (books.COMMITTED, books.FULFILLED, books.REVERSED)
# What counts of an order, as `rules.quota.counted_fen` says it.
COUNTED = Case(
    When(order__state=OrderState.CANCELLED, then=Value(0)),
    default=left_of("order__"),
    output_field=BigIntegerField(),
)


@dataclass
class Standing:
    """Where one unit stands in a year. `points` are (day, fulfilled so far) at each day that changed it.

    `orders` are all that its list shows: its own, also those that count elsewhere, and others' that count for it.
    """

    year: int
    policy: QuotaPolicy
    fulfil_by: date
    funds: dict[str, Amounts]
    pace: Pace
    declaration: QuotaDeclaration | None = None
    points: list[tuple[date, int]] = field(default_factory=list)
    orders: int = 0
    under_way: int = 0

    @property
    def whole(self) -> Amounts:
        """Canteen and union together."""
        return sum(self.funds.values(), Amounts())


def amounts_of(unit_ids: Iterable[int], year: int) -> dict[int, dict[str, Amounts]]:
    """Return the ledger's amounts by unit and fund. One query."""
    names = {
        (pk, fund, what): books.quota(pk, year, fund, what)
        for pk in unit_ids
        for fund in Fund.values
        for what in (books.RESERVED, *KINDS)
    }
    totals = ledger.sums(names.values())
    found: dict[int, dict[str, Amounts]] = defaultdict(dict)
    for pk, fund, _what in names:
        found[pk][fund] = Amounts(*(totals[names[pk, fund, what]] for what in (books.RESERVED, *KINDS)))
    return found


def standing(unit: BudgetUnit, year: int, today: date) -> Standing:
    """Return where a unit stands on `today`. Four queries."""
    policy = policy_for(unit.region_code, year)
    declaration = (
        QuotaDeclaration.objects.filter(unit=unit, year=year)
        .select_related("policy", "unit__organisation", "in_force__represented_by__organisation")
        .first()
    )
    funds = amounts_of([unit.pk], year)[unit.pk]
    whole = sum(funds.values(), Amounts())
    by_day: dict[date, int] = defaultdict(int)
    since = today - timedelta(days=FORECAST_DAYS)
    recent = orders = under_way = 0
    rows = UnitOrder.objects.filter(Q(counts_for=unit) | Q(unit=unit), year=year).values_list(
        "counts_for_id", "order__state", "order__placed_at", "order__completed_at", "order__total_fen",
        "order__refunded_fen", "order__waived_fen",
    )  # fmt: skip
    for counts_for, state, placed_at, completed_at, total, refunded, waived in rows:
        orders += 1
        if state == OrderState.CANCELLED:
            continue
        fen = counted_fen(total, refunded, waived) if counts_for == unit.pk else 0
        if timezone.localdate(placed_at) > since:
            recent += fen
        if state != OrderState.COMPLETED:
            under_way += 1
        elif completed_at is not None and counts_for == unit.pk:
            by_day[timezone.localdate(completed_at)] += fen
    fulfil_by = month_day(year, policy.fulfil_by)
    points, total = [], 0
    for day in sorted(by_day):
        total += by_day[day]
        points.append((day, total))
    return Standing(
        year=year,
        policy=policy,
        fulfil_by=fulfil_by,
        funds=funds,
        pace=pace(amounts=whole, recent_fen=recent, today=today, fulfil_by=fulfil_by),
        declaration=declaration,
        points=points,
        orders=orders,
        under_way=under_way,
    )


def declared_by_id(declaration: QuotaDeclaration | None) -> int | None:
    """Return the unit that declares a shared canteen, as was confirmed; None where none does. No queries."""
    in_force = declaration.in_force if declaration else None
    return in_force.represented_by_id if in_force and in_force.canteen == CanteenMode.SHARED else None


def budget_of(unit_id: int, year: int, fund: str = Fund.CANTEEN) -> tuple[int, int]:
    """Return what is left of a fund's budget of a year and what was taken, in 分. One query."""
    left, spent = books.budget(unit_id, year, fund=fund), books.budget(unit_id, year, "spent", fund)
    totals = ledger.sums([left, spent])
    return totals[left], totals[spent]


def budget_after(request: PurchaseRequest, year: int) -> tuple[int, int]:
    """Return what is left of the budget that a request takes from, before and after it, in 分. One query.

    Below zero after it: nobody may approve it before the budget is raised.
    """
    left, _spent = budget_of(request.unit_id, year, request.fund)
    return left, left_after(left, request.total_fen)


@dataclass
class BoardRow:
    """One unit of a board, with the sum of everything under it.

    `own` are the unit's alone. `amounts` are of the units with a confirmed declaration; what the others bought is in
    `apart`, and in no rate.
    """

    unit: BudgetUnit
    depth: int
    own: Amounts
    amounts: Amounts
    apart: Amounts
    pace: Pace
    declaration: QuotaDeclaration | None
    units: int

    @property
    def is_confirmed(self) -> bool:
        """Whether a declaration of the unit was confirmed: its own part is in the sums."""
        return self.declaration is not None and self.declaration.in_force_id is not None

    @property
    def is_apart(self) -> bool:
        """Whether it is a unit that no sum counts, or one above others that bought without a declaration."""
        return not self.is_confirmed and (self.unit.kind == UnitKind.UNIT or self.own.has_traded)

    @property
    def is_shared(self) -> bool:
        """Whether another unit declares its canteen, as was confirmed: that one's row has its share and food orders."""
        in_force = self.declaration.in_force if self.declaration else None
        return in_force is not None and in_force.canteen == CanteenMode.SHARED

    @property
    def orders_path(self) -> str:
        """Where its figures open to orders."""
        return f"/units/board/{self.unit.pk}/orders/"


@dataclass
class Board:
    """A subtree in a year; the first row is the unit on top, with the sum of all."""

    year: int
    rows: list[BoardRow]
    waiting: list[QuotaDeclaration]

    @property
    def top(self) -> BoardRow:
        """The sum of all."""
        return self.rows[0]

    @property
    def apart(self) -> list[BoardRow]:
        """The units that no sum counts."""
        return [row for row in self.rows if row.is_apart]


def board(unit: BudgetUnit, year: int, today: date) -> Board:
    """Return the tree under `unit` with its sums, by `rules.quota.add_up`. Five queries, whatever the number of units."""
    units = list(below(unit))
    ids = [each.pk for each in units]
    own = amounts_of(ids, year)
    declarations = {
        row.unit_id: row
        for row in QuotaDeclaration.objects.filter(unit__in=ids, year=year).select_related(
            "policy", "unit__organisation", "represented_by__organisation", "in_force__represented_by__organisation"
        )
    }
    since = today - timedelta(days=FORECAST_DAYS)
    recent = dict(
        UnitOrder.objects.filter(counts_for__in=ids, year=year, order__placed_at__date__gt=since)
        .values_list("counts_for_id")
        .annotate(fen=Sum(COUNTED))
    )
    fulfil_by = month_day(year, policy_for(unit.region_code, year).fulfil_by)
    rows = []
    whole = {pk: sum(funds.values(), Amounts()) for pk, funds in own.items()}
    confirmed = {pk for pk, row in declarations.items() if row.in_force_id is not None}
    for each in units:
        inside = [other for other in units if (other.path or "").startswith(each.path or "-")]
        together = add_up((whole[other.pk], other.pk in confirmed) for other in inside)
        total = together.counted
        rows.append(
            BoardRow(
                unit=each,
                depth=(each.path or "").count("/") - (unit.path or "").count("/"),
                own=whole[each.pk],
                amounts=total,
                apart=together.apart,
                pace=pace(
                    amounts=total,
                    recent_fen=sum(recent.get(other.pk, 0) for other in inside if other.pk in confirmed),
                    today=today,
                    fulfil_by=fulfil_by,
                ),
                declaration=declarations.get(each.pk),
                units=len(inside) - 1,
            )
        )
    waiting = [row for row in declarations.values() if row.state == "submitted" and row.unit.parent_id == unit.pk]
    return Board(year, rows, waiting)


def counted_orders(
    unit: BudgetUnit, year: int, kind: str = "", fund: str = "", *, apart: bool = False
) -> QuerySet[UnitOrder]:
    """Return the orders behind a figure of `unit` and everything under it: `kind` committed, fulfilled or reversed.

    Of a unit that oversees others only those that its rate counts, or with `apart` only the others. Of any other also its
    own that count for the unit which declares its canteen: its own stay visible to it.
    """
    behind = Q(counts_for__path__startswith=unit.path or "-")
    if unit.kind == UnitKind.UNIT:
        behind |= Q(unit=unit)
    rows = UnitOrder.objects.filter(behind, year=year).select_related(
        "order__order", "order__supplier", "order__purchase", "unit__organisation", "counts_for__organisation",
        "request__buyer",
    )  # fmt: skip
    if unit.kind != UnitKind.UNIT:
        confirmed = QuotaDeclaration.objects.filter(year=year, in_force__isnull=False).values("unit")
        rows = rows.exclude(counts_for__in=confirmed) if apart else rows.filter(counts_for__in=confirmed)
    if fund in Fund.values:
        rows = rows.filter(fund=fund)
    if kind == books.FULFILLED:
        rows = rows.filter(order__state=OrderState.COMPLETED)
    elif kind == books.COMMITTED:
        rows = rows.exclude(order__state__in=[OrderState.COMPLETED, OrderState.CANCELLED])
    elif kind == books.REVERSED:
        given_back = Q(order__refunded_fen__gt=0) | Q(order__waived_fen__gt=0)
        rows = rows.filter(given_back | Q(order__state=OrderState.CANCELLED))
    return rows.order_by("-order__placed_at", "-pk")


@dataclass(frozen=True)
class Figure:
    """What the orders of a list count, in 分: for the unit, and of its own for the unit that declares its canteen.

    Of what was taken off orders `taken` are the parts of `fen`, as reports of sales know them.
    """

    fen: int
    elsewhere_fen: int
    taken: TakenOff | None = None


def order_page(
    unit: BudgetUnit, year: int, kind: str, fund: str, page: Turned, *, apart: bool = False
) -> tuple[Page, Figure]:
    """Return a page of the orders behind a figure, and the figure: what all of them count. Three queries, or four."""
    rows = counted_orders(unit, year, kind, fund, apart=apart)
    here = Q(counts_for__path__startswith=unit.path or "-")
    sums = rows.order_by().aggregate(
        counted=Sum(COUNTED, filter=here),
        elsewhere=Sum(COUNTED, filter=~here),
        elsewhere_total=Sum("order__total_fen", filter=~here),
    )
    fen, elsewhere, elsewhere_total = (int(value or 0) for value in sums.values())
    figure = Figure(fen, elsewhere)
    if kind == books.REVERSED:
        taken = taken_off(Q(pk__in=rows.filter(here).order_by().values("pk")))
        figure = Figure(taken.whole_fen, elsewhere_total - elsewhere, taken)
    return paged(rows.prefetch_related("order__lines", "cancel_requests"), page, ORDERS_A_PAGE), figure
