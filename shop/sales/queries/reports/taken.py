"""All that was taken off orders, in its parts: the one query behind a report's deductions and a unit's quota.

A report counts goods, and orders that are a sale; a quota counts what an order costs, from the day it is placed. So a
quota has two parts more: freight, and what was taken off orders that are no sale (yet).
"""

from dataclasses import dataclass

from django.db.models import BigIntegerField, Case, F, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from shop.sales.models import LineFacts, OrderFacts
from shop.sales.periods import Period
from shop.sales.queries.reports.counting import in_period
from shop.sales.queries.reports.scopes import Scope
from shop.sales.states import OrderState

_OFF = Case(
    When(state=OrderState.CANCELLED, then=F("total_fen")),
    default=F("refunded_fen") + F("waived_fen"),
    output_field=BigIntegerField(),
)
_GOODS = Coalesce(
    Subquery(
        LineFacts.objects.filter(order=OuterRef("pk"))
        .order_by()
        .values("order")
        .annotate(n=Sum("refunded_fen"))
        .values("n")
    ),
    Value(0),
    output_field=BigIntegerField(),
)
_SOLD = Q(sold_at__isnull=False)


@dataclass(frozen=True, slots=True)
class TakenOff:
    """What was cancelled, given back or not charged, in 分: goods of sales, their freight, orders that are no sale."""

    goods_fen: int = 0
    freight_fen: int = 0
    unsold_fen: int = 0

    @property
    def whole_fen(self) -> int:
        """All of it: what a quota calls reversed."""
        return self.goods_fen + self.freight_fen + self.unsold_fen

    @property
    def beside_fen(self) -> int:
        """What of it a report of sales does not have."""
        return self.freight_fen + self.unsold_fen


def taken_off(where: Q) -> TakenOff:
    """Return what was taken off the orders of `where`, a condition on `OrderFacts`. One query."""
    found = (
        OrderFacts.objects.filter(where)
        .annotate(off_fen=_OFF, goods_off_fen=_GOODS)
        .aggregate(
            sold=Coalesce(Sum("off_fen", filter=_SOLD), 0),
            goods=Coalesce(Sum("goods_off_fen", filter=_SOLD), 0),
            unsold=Coalesce(Sum("off_fen", filter=~_SOLD), 0),
        )
    )
    goods, sold = int(found["goods"]), int(found["sold"])
    return TakenOff(goods_fen=goods, freight_fen=sold - goods, unsold_fen=int(found["unsold"]))


def taken_off_units(period: Period, scope: Scope, *, key: str = "", channel: str = "") -> TakenOff:
    """Return what was taken off the orders that units placed in a period; of one unit where `key` names it. One query."""
    where = scope.where("") & in_period(period) & Q(purchase__attribution_kind="unit")
    if key:
        where &= Q(purchase__attribution_ref=key)
    if channel:
        where &= Q(purchase__attribution_kind=channel)
    return taken_off(where)
