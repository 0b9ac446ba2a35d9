"""What buyers on 账期 owe a supplier, delivery by delivery."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.core.paginator import Page
from django.utils import timezone

from shop.core.paging import Pages
from shop.sales.late_rules import Age, age_of, late_interest_fen
from shop.sales.models import LateInterest, OrderFacts, Purchase
from shop.sales.queries.deliveries import DueRow, Schedule, schedules_of
from shop.sales.states import OrderState, PurchaseState, Terms

SHOWN = 30


@dataclass(frozen=True)
class OwedRow:
    """One accepted delivery that is owed. `days_late` is below one while it is not overdue.

    `interest_fen` is what the law lets the supplier claim for being paid late: shown, in no sum that is to be paid.
    """

    number: str
    buyer: str
    fen: int
    due_at: datetime | None
    days_late: int
    interest_fen: int

    @property
    def age(self) -> Age:
        """How late it is."""
        return age_of(self.days_late)


@dataclass(frozen=True)
class Owed:
    """All that is owed, the oldest day first; `rate` is the interest in force, None where no row says one."""

    rows: list[OwedRow]
    rate: LateInterest | None

    def _sum(self, *ages: Age) -> int:
        sums: Counter[Age] = Counter()
        for row in self.rows:
            sums[row.age] += row.fen
        return sum(sums[age] for age in ages)

    @property
    def in_time_fen(self) -> int:
        """What is not due yet, or due today."""
        return self._sum(Age.IN_TIME)

    @property
    def month_fen(self) -> int:
        """What is up to 30 days late."""
        return self._sum(Age.MONTH)

    @property
    def quarter_fen(self) -> int:
        """What is up to 90 days late."""
        return self._sum(Age.QUARTER)

    @property
    def older_fen(self) -> int:
        """What is later still."""
        return self._sum(Age.OLDER)

    @property
    def total_fen(self) -> int:
        """All that is owed: the sum of the rows."""
        return self._sum(*Age)

    @property
    def late_fen(self) -> int:
        """What is overdue."""
        return self._sum(Age.MONTH, Age.QUARTER, Age.OLDER)

    @property
    def interest_fen(self) -> int:
        """What may be claimed for all that is late."""
        return sum(row.interest_fen for row in self.rows)

    def page(self, number: int | str) -> Page:
        """Return some of the rows."""
        return Pages(self.rows, SHOWN).get_page(number)


def owed_to(supplier_id: int, *, at: datetime) -> Owed:
    """Return what a supplier's buyers owe it, delivery by delivery. Eight queries, whatever the number."""
    today = timezone.localdate(at)
    rates = list(LateInterest.objects.order_by("valid_from"))
    spans = [(row.valid_from, row.valid_until, row.daily_bp) for row in rates]
    orders, schedules = _open_orders(supplier_id)
    owing = sorted(_open(orders, schedules), key=_by_day)
    found = [_row(order, fen, due, today, spans) for order, fen, due in owing]
    in_force = [row for row in rates if row.valid_from <= today and (row.valid_until or today) >= today]
    return Owed(found, in_force[-1] if in_force else None)


def _open_orders(supplier_id: int) -> tuple[dict[int, OrderFacts], list[Schedule]]:
    """Return a supplier's orders of unpaid purchases on account by id, and the schedules of these purchases."""
    orders = {
        row.pk: row
        for row in OrderFacts.objects.filter(
            supplier_id=supplier_id, purchase__terms=Terms.POSTPAID, purchase__state=PurchaseState.UNPAID
        ).select_related("order", "purchase")
    }
    purchases: dict[int, Purchase] = {row.purchase_id: row.purchase for row in orders.values()}
    return orders, list(schedules_of(list(purchases.values())).values())


def _open(orders: dict[int, OrderFacts], schedules: list[Schedule]) -> Iterator[tuple[OrderFacts, int, DueRow | None]]:
    """Yield each accepted delivery with what is still due of it; None for an order that was received without one."""
    for schedule in schedules:
        for row in schedule.rows:
            if row.order_id in orders:
                yield orders[row.order_id], row.due_fen, row
        for order_id, fen in schedule.waits:
            if order_id in orders and orders[order_id].state == OrderState.COMPLETED:
                yield orders[order_id], fen, None


def _by_day(each: tuple[OrderFacts, int, DueRow | None]) -> tuple[bool, float, int]:
    order, _fen, due = each
    return due is None, due.pay_by.timestamp() if due else 0.0, order.pk


def _buyer(order: OrderFacts) -> str:
    return order.purchase.attribution_label or order.purchase.invoice_title


def _row(
    order: OrderFacts, fen: int, due: DueRow | None, today: date, spans: list[tuple[date, date | None, int]]
) -> OwedRow:
    due_day = timezone.localdate(due.pay_by) if due else today
    return OwedRow(
        number=order.order.number,
        buyer=_buyer(order),
        fen=fen,
        due_at=due.pay_by if due else None,
        days_late=(today - due_day).days,
        interest_fen=late_interest_fen(fen, due_day, today, spans),
    )
