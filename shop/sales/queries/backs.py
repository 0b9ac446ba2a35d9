"""What goes back of an order, and by which way: before it is cancelled, and since something was given back.

What goes back of a purchase without being an order's - what was paid too much, what came for a closed one - is said on
the page of each of its orders, as the purchase's. The one answer of the page, the dialog before cancelling, what is said after it, messages and programs.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from shop.sales import rules
from shop.sales.models import OrderFacts, Payment, Purchase, Refund
from shop.sales.queries.due import due_of
from shop.sales.queries.under_way import under_way_fen
from shop.sales.states import OrderState, PurchaseState, RefundState


@dataclass(frozen=True, slots=True)
class Back:
    """分 by way: to a bank account, which finance pays, or the way it was paid.

    `waits_fen` of the first is not paid yet, `going_fen` of both did not leave yet. `stays_fen` came for the purchase
    and stays for its other orders. `comes_fen` may still come by an attempt to pay that nothing came of yet.
    `coupon` may be used again, since nothing of its purchase is kept. `is_last`: no other order of it is left.
    `rest_fen` is then still to be paid for the purchase's other orders.
    """

    bank_fen: int = 0
    other_fen: int = 0
    waits_fen: int = 0
    going_fen: int = 0
    stays_fen: int = 0
    comes_fen: int = 0
    coupon: str = ""
    is_last: bool = False
    rest_fen: int = 0

    @property
    def fen(self) -> int:
        """All that goes, or went, back."""
        return self.bank_fen + self.other_fen

    @property
    def other_going_fen(self) -> int:
        """What goes back the way it was paid and has no answer of its provider yet."""
        return self.going_fen - self.waits_fen

    @property
    def gone_fen(self) -> int:
        """What left already, by either way."""
        return self.fen - self.going_fen

    def since(self, before: "Back") -> "Back":
        """Return what goes back more than `before`."""
        return replace(self, bank_fen=self.bank_fen - before.bank_fen, other_fen=self.other_fen - before.other_fen)


NOTHING = Back()


def note_backs(orders: Sequence[OrderFacts]) -> None:
    """Note on each order what would go back if it were cancelled now (`would_go_back`), what does or did (`went_back`),
    what of its purchase (`purchase_went_back`, of its `purchase_refunds`), and by which ways (`ways_left`) a part of it
    would leave. Five queries at most, however many.
    """
    would, refunds = _would_go_back(orders), _refunds(orders)
    of_order, of_purchase = defaultdict(list), defaultdict(list)
    for refund in refunds:
        if refund.order_id is not None:
            of_order[refund.order_id].append(refund)
        else:
            of_purchase[refund.payment.payable_id].append(refund)
    for order in orders:
        order.would_go_back = would.get(order.pk, NOTHING)  # type: ignore[attr-defined]  # noted on the row for who shows it
        order.went_back = _summed(of_order[order.pk])  # type: ignore[attr-defined]  # noted on the row for who shows it
        order.purchase_refunds = of_purchase[order.purchase_id]  # type: ignore[attr-defined]  # noted for who shows it
        order.purchase_went_back = _summed(of_purchase[order.purchase_id])  # type: ignore[attr-defined]  # noted as well


def went_back_of(order_id: int) -> Back:
    """Return what goes or went back of an order, or of its purchase by its being cancelled, and what stays of the money
    of its purchase. Ten queries at most.
    """
    order = OrderFacts.objects.select_related("purchase").get(pk=order_id)
    ended = set(order.moves.filter(to_state=OrderState.CANCELLED).values_list("at", flat=True))
    found = _summed([each for each in _refunds([order]) if each.order_id is not None or each.requested_at in ended])
    if (code := order.purchase.coupon_code) and not order.purchase.orders.exclude(state=OrderState.CANCELLED).exists():
        found = replace(found, coupon=code)
    if order.purchase.state != PurchaseState.PAID:
        found = replace(found, comes_fen=under_way_fen([order.purchase_id]).get(order.purchase_id, 0))
    if order.purchase.state != PurchaseState.UNPAID:
        return found
    stays = sum(fen for _is_by_hand, fen in _left_of_payments([order.purchase_id])[order.purchase_id])
    return replace(found, stays_fen=stays, rest_fen=due_of(order.purchase).left_fen)


def went_back_at(order_id: int, asked_at: datetime) -> Back:
    """Return what goes or went back of an order by what was decided at that moment. One query."""
    rows = Refund.objects.filter(order=order_id, requested_at=asked_at)
    return _summed(list(rows.select_related("payment").order_by("pk")))


def _would_go_back(orders: Sequence[OrderFacts]) -> dict[int, Back]:
    asked = [order for order in orders if order.state in (OrderState.UNPAID, OrderState.TO_SHIP)]
    asked = [order for order in asked if order.purchase.state in (PurchaseState.UNPAID, PurchaseState.PAID)]
    if not asked:
        return {}
    left = _left_of_payments([order.purchase_id for order in asked])
    is_open = {order.purchase_id for order in asked if order.purchase.state == PurchaseState.UNPAID}
    others: dict[int, dict[int, int]] = defaultdict(dict)
    if is_open:
        rows = OrderFacts.objects.filter(purchase__in=is_open).exclude(state=OrderState.CANCELLED)
        for row in rows:
            others[row.purchase_id][row.pk] = row.left_fen
    comes = under_way_fen(is_open) if is_open else {}
    found = {}
    for order in asked:
        pk, came = order.purchase_id, sum(fen for _is_by_hand, fen in left[order.purchase_id])
        order.ways_left = left[pk]  # type: ignore[attr-defined]  # noted on the row for who shows it
        if pk in is_open:
            rest = [fen for other, fen in others[pk].items() if other != order.pk]
            fen = max(0, came - sum(rest))
            stays = came - fen
            back = split(fen, left[pk], stays_fen=stays)
            found[order.pk] = replace(
                back, comes_fen=comes.get(pk, 0), is_last=not rest, rest_fen=max(0, sum(rest) - stays)
            )
        else:
            found[order.pk] = split(order.left_fen, left[pk])
    last = _coupons_of_last(asked)
    return {pk: replace(back, coupon=last.get(pk, "")) for pk, back in found.items()}


def orders_would_go_back(purchase: Purchase) -> dict[int, Back]:
    """Return what would go back of each order of a purchase, by its id, if it alone were cancelled now. Five queries."""
    return _would_go_back(list(OrderFacts.objects.filter(purchase=purchase).select_related("purchase").order_by("pk")))


def purchase_would_go_back(purchase: Purchase) -> Back:
    """Return what would go back of an unpaid purchase if it were cancelled whole now. Two queries."""
    left = _left_of_payments([purchase.pk])[purchase.pk]
    back = split(sum(fen for _is_by_hand, fen in left), left)
    comes = under_way_fen([purchase.pk]).get(purchase.pk, 0)
    return replace(back, comes_fen=comes, coupon=purchase.coupon_code, is_last=True)


def _coupons_of_last(orders: Sequence[OrderFacts]) -> dict[int, str]:
    """Return the coupon of the purchase of each order that is the last one of it. One query where one has a coupon."""
    codes = {order.purchase_id: order.purchase.coupon_code for order in orders if order.purchase.coupon_code}
    if not codes:
        return {}
    is_open: dict[int, set[int]] = defaultdict(set)
    rows = OrderFacts.objects.filter(purchase__in=codes).exclude(state=OrderState.CANCELLED)
    for pk, purchase_id in rows.values_list("pk", "purchase_id"):
        is_open[purchase_id].add(pk)
    return {each.pk: codes[each.purchase_id] for each in orders if is_open[each.purchase_id] == {each.pk}}


def _left_of_payments(purchase_ids: Sequence[int]) -> dict[int, list[tuple[bool, int]]]:
    """Return what is left of each purchase's payments, the latest first: that is how money leaves (`paybacks`)."""
    found: dict[int, list[tuple[bool, int]]] = {pk: [] for pk in purchase_ids}
    rows = (
        Payment.objects.filter(payable_kind="purchase", payable_id__in=found, received_fen__gt=0)
        .annotate(gone=Coalesce(Sum("refunds__amount_fen"), 0))
        .order_by("-pk")
    )
    for purchase_id, gateway, came, gone in rows.values_list("payable_id", "gateway", "received_fen", "gone"):
        if came > gone:
            found[purchase_id].append((rules.is_by_hand(gateway), came - gone))
    return found


def split(fen: int, left: Sequence[tuple[bool, int]], *, stays_fen: int = 0) -> Back:
    """Return by which ways `fen` would leave: `left` is what is left of the payments, the latest first."""
    bank = other = 0
    for is_by_hand, most in left:
        part = min(fen, most)
        fen -= part
        if is_by_hand:
            bank += part
        else:
            other += part
    return Back(bank, other, bank, bank + other, stays_fen)


def rest_would_go_back(order: OrderFacts) -> Back:
    """Return what would go back of a paid, partly sent order if what was not sent were cancelled now.

    Needs its lines, and what `note_backs` noted. No queries.
    """
    if order.purchase.state != PurchaseState.PAID:
        return NOTHING
    rests = [(line, line.ordered - line.cancelled - line.shipped) for line in order.lines.all()]
    fen = sum(line.refundable_fen(rest, sent=False) for line, rest in rests if rest)
    return split(fen, getattr(order, "ways_left", ()))


def _refunds(orders: Sequence[OrderFacts]) -> list[Refund]:
    """Return the refunds of these orders, and those of their purchases that no order took the money of. One query."""
    of_purchase = Q(
        order=None, payment__payable_kind="purchase", payment__payable_id__in={order.purchase_id for order in orders}
    )
    rows = Refund.objects.filter(Q(order__in=[order.pk for order in orders]) | of_purchase)
    return list(rows.select_related("payment").order_by("pk"))


def _summed(refunds: Sequence[Refund]) -> Back:
    bank = other = waits = going = 0
    for refund in refunds:
        is_by_hand, is_going = rules.is_by_hand(refund.payment.gateway), refund.state != RefundState.SUCCEEDED
        bank += refund.amount_fen if is_by_hand else 0
        other += 0 if is_by_hand else refund.amount_fen
        waits += refund.amount_fen if is_by_hand and is_going else 0
        going += refund.amount_fen if is_going else 0
    return Back(bank, other, waits, going)
