"""What buyers on 账期 owe a supplier: received goods that are not paid yet, by how late they are."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone

from shop.sales.models import OrderFacts
from shop.sales.states import OrderState, PurchaseState, Terms

SHOWN = 30
MONTH, QUARTER = timedelta(days=30), timedelta(days=90)


@dataclass(frozen=True)
class OwedRow:
    """One order that is owed. `days_late` is below one while it is not overdue."""

    number: str
    buyer: str
    fen: int
    due_at: datetime | None
    days_late: int


@dataclass(frozen=True)
class Owed:
    """The oldest debts, and all of them by age in 分: not due yet, up to 30 days late, up to 90, more."""

    rows: list[OwedRow]
    in_time_fen: int
    month_fen: int
    quarter_fen: int
    older_fen: int

    @property
    def total_fen(self) -> int:
        """All that is owed."""
        return self.in_time_fen + self.late_fen

    @property
    def late_fen(self) -> int:
        """What is overdue."""
        return self.month_fen + self.quarter_fen + self.older_fen


def _open(supplier_id: int) -> QuerySet[OrderFacts]:
    return OrderFacts.objects.filter(
        supplier_id=supplier_id,
        state=OrderState.COMPLETED,
        purchase__terms=Terms.POSTPAID,
        purchase__state=PurchaseState.UNPAID,
    )


def owed_to(supplier_id: int, *, at: datetime) -> Owed:
    """Return what a supplier's buyers owe it. Two queries."""
    fen = F("total_fen") - F("refunded_fen") - F("waived_fen")
    due = "purchase__pay_by"
    ages = {
        "in_time_fen": Q(**{f"{due}__gte": at}) | Q(**{f"{due}__isnull": True}),
        "month_fen": Q(**{f"{due}__lt": at, f"{due}__gte": at - MONTH}),
        "quarter_fen": Q(**{f"{due}__lt": at - MONTH, f"{due}__gte": at - QUARTER}),
        "older_fen": Q(**{f"{due}__lt": at - QUARTER}),
    }
    sums = _open(supplier_id).aggregate(**{name: Sum(fen, filter=age) for name, age in ages.items()})
    rows = _open(supplier_id).select_related("order", "purchase").order_by(F(due).asc(nulls_last=True), "pk")[:SHOWN]
    return Owed(
        rows=[
            OwedRow(
                number=row.order.number,
                buyer=row.purchase.attribution_label or row.purchase.invoice_title,
                fen=row.left_fen,
                due_at=row.purchase.pay_by,
                days_late=(timezone.localdate(at) - timezone.localdate(row.purchase.pay_by)).days
                if row.purchase.pay_by
                else 0,
            )
            for row in rows
        ],
        **{name: found or 0 for name, found in sums.items()},
    )
