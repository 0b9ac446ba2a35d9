"""Deliveries of orders: which parcels wait to be accepted, what each accepted one costs and until when."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate

from django.db.models import QuerySet, Sum

from shop.sales import rules
from shop.sales.models import DeliveryDue, LineFacts, OrderFacts, Purchase, Refund, Shipment
from shop.sales.queries.due import Due, dues_of
from shop.sales.states import OrderState, PurchaseState, Terms

OPEN_STATES = (OrderState.TO_SHIP, OrderState.SHIPPED)


@dataclass(frozen=True, slots=True)
class DueRow:
    """What is still due of one accepted delivery, in 分. `amount_fen` is what it cost when it was accepted."""

    order_id: int
    accepted_at: datetime
    pay_by: datetime
    amount_fen: int
    due_fen: int


def undecided_shipments() -> QuerySet[Shipment]:
    """Return the parcels that nobody accepted or confirmed yet."""
    return Shipment.objects.filter(received_at=None, order__state__in=OPEN_STATES)


def waiting_parcels(order: OrderFacts) -> list[Shipment]:
    """Return the parcels of an order that nobody decided on yet, oldest first.

    No query where the order's shipments were read before.
    """
    if order.state not in OPEN_STATES:
        return []
    return sorted((each for each in order.shipments.all() if each.received_at is None), key=lambda each: each.pk)


def has_left(order: OrderFacts) -> bool:
    """Tell whether a piece of an order was sent: it can't be cancelled then. No query where its lines were read before."""
    return any(line.shipped for line in order.lines.all())


def shipped_pieces(order_id: int) -> dict[int, int]:
    """Return how many pieces of each line of an order were sent. One query."""
    return dict(LineFacts.objects.filter(order_id=order_id).order_by("pk").values_list("pk", "shipped"))


def given_back_at_acceptance(order_id: int) -> int:
    """Return 分 of a paid order that went back because less of it was accepted than was sent. One query."""
    # The key that `operations.acceptance` gives what it takes off.
    rows = Refund.objects.filter(order_id=order_id, key__startswith=f"accepted:{order_id}:")
    return int(rows.aggregate(fen=Sum("amount_fen"))["fen"] or 0)


@dataclass(frozen=True, slots=True)
class Schedule:
    """What of an unpaid purchase is due now, and what waits. Amounts in 分.

    Where the goods come first: `rows` are the accepted deliveries that are still to be paid, each with its own day, the
    oldest first; `waits` is what is still to be paid with the orders (by id) that are not accepted whole, or less if
    less is accepted. Of the money that came `paid` covers accepted goods of an order, `ahead` what is not accepted yet.
    Of all others `due_now_fen` is what is left to pay.
    """

    due_now_fen: int
    rows: tuple[DueRow, ...] = ()
    waits: tuple[tuple[int, int], ...] = ()
    paid: tuple[tuple[int, int], ...] = ()
    ahead: tuple[tuple[int, int], ...] = ()

    @property
    def waits_fen(self) -> int:
        """What falls due once it is accepted, at most."""
        return sum(fen for _order_id, fen in self.waits)

    @property
    def ahead_fen(self) -> int:
        """What came for goods that nobody accepted yet: with `waits_fen` it is the value of them."""
        return sum(fen for _order_id, fen in self.ahead)

    @property
    def is_covered(self) -> bool:
        """Whether accepted goods were paid and nothing else is to be paid: asked of one order (`of_order`)."""
        return bool(self.paid) and not (self.rows or self.waits or self.ahead)

    @property
    def pay_by(self) -> datetime | None:
        """The first day on which something is due; None where nothing was accepted."""
        return self.rows[0].pay_by if self.rows else None

    def is_some_due(self, fen: int) -> bool:
        """Tell whether `fen` pays what is due now: all of it, or the oldest deliveries, each of them whole."""
        return fen == self.due_now_fen or fen in accumulate(row.due_fen for row in self.rows)

    def of_order(self, order_id: int) -> "Schedule":
        """Return what of it is one order's."""
        rows = tuple(row for row in self.rows if row.order_id == order_id)
        waits, paid, ahead = (
            tuple(each for each in sums if each[0] == order_id) for sums in (self.waits, self.paid, self.ahead)
        )
        return Schedule(sum(row.due_fen for row in rows), rows, waits, paid, ahead)


def schedules_of(purchases: Sequence[Purchase], dues: Mapping[int, Due] | None = None) -> dict[int, Schedule]:
    """Return what of each of these purchases is due now and what waits, by id. Five queries, however many.

    With the `dues` of those that are open, where they were read already, two.

    The one answer of pages, papers and programs. What was given back of an order since shortens its youngest
    deliveries; money that came covers the oldest of all, then what waits.
    """
    open_ids = [each.pk for each in purchases if each.state == PurchaseState.UNPAID]
    terms = {each.pk: each.terms for each in purchases}
    dues = dues_of(open_ids) if dues is None else dues
    postpaid = [pk for pk in open_ids if terms[pk] == Terms.POSTPAID]
    orders: dict[int, list[OrderFacts]] = {pk: [] for pk in postpaid}
    for order in OrderFacts.objects.filter(purchase__in=postpaid).order_by("pk"):
        orders[order.purchase_id].append(order)
    accepted: dict[int, list[DeliveryDue]] = {}
    for row in DeliveryDue.objects.filter(order__purchase__in=postpaid).order_by("order_id", "pay_by", "pk"):
        accepted.setdefault(row.order_id, []).append(row)
    found = {each.pk: Schedule(0) for each in purchases}
    for pk in open_ids:
        found[pk] = (
            _schedule(orders[pk], accepted, dues[pk].received_fen) if pk in orders else Schedule(dues[pk].left_fen)
        )
    return found


def schedules_by_id(purchase_ids: Sequence[int]) -> dict[int, Schedule]:
    """Return the schedules of purchases by their ids; none for no ids. Six queries at most."""
    if not purchase_ids:
        return {}
    return schedules_of(list(Purchase.objects.filter(pk__in=purchase_ids).order_by("pk")))


def accepted_part_fen(order: OrderFacts) -> int:
    """Return 分 of a paid order that are payable before all of it is received: where the goods come first. One query."""
    if order.purchase.terms != Terms.POSTPAID:
        return 0
    fen = DeliveryDue.objects.filter(order=order).aggregate(fen=Sum("amount_fen", default=0))["fen"]
    return rules.accepted_part(fen, order.left_fen)


def schedule_of(purchase: Purchase) -> Schedule:
    """Return what of a purchase is due now and what waits. Five queries."""
    return schedules_of([purchase])[purchase.pk]


def received_of(order: OrderFacts) -> int:
    """Return 分 that came for accepted goods of an order of a purchase that is not paid whole."""
    return sum(fen for _pk, fen in schedule_of(order.purchase).of_order(order.pk).paid)


def _schedule(orders: Sequence[OrderFacts], accepted: Mapping[int, list[DeliveryDue]], received_fen: int) -> Schedule:
    charged: list[tuple[DeliveryDue, int]] = []
    waits: list[tuple[int, int]] = []
    for order in orders:
        its_rows = accepted.get(order.pk, [])
        amounts = rules.spread_due([row.amount_fen for row in its_rows], order.left_fen, 0)
        charged += zip(its_rows, amounts, strict=True)
        waits.append((order.pk, order.left_fen - sum(amounts)))
    charged.sort(key=lambda pair: (pair[0].pay_by, pair[0].pk))
    whole = sum(fen for _row, fen in charged)
    due = rules.spread_due([fen for _row, fen in charged], whole, received_fen)
    waiting = [fen for _order_id, fen in waits]
    left = rules.spread_due(waiting, sum(waiting), max(0, received_fen - whole))
    rows = tuple(
        DueRow(row.order_id, row.accepted_at, row.pay_by, row.amount_fen, fen)
        for (row, _fen), fen in zip(charged, due, strict=True)
        if fen
    )
    paid: Counter[int] = Counter()
    ahead: list[tuple[int, int]] = []
    for (row, whole_fen), left_fen in zip(charged, due, strict=True):
        paid[row.order_id] += whole_fen - left_fen
    for order, whole_fen, left_fen in zip(orders, waiting, left, strict=True):
        if order.state == OrderState.COMPLETED:
            # Received without a delivery of its own: accepted all the same.
            paid[order.pk] += whole_fen - left_fen
        else:
            ahead.append((order.pk, whole_fen - left_fen))
    return Schedule(
        sum(row.due_fen for row in rows),
        rows,
        tuple((pk, fen) for (pk, _fen), fen in zip(waits, left, strict=True) if fen),
        tuple((pk, fen) for pk, fen in paid.items() if fen),
        tuple((pk, fen) for pk, fen in ahead if fen),
    )
