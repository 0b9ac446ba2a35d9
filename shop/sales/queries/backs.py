"""What goes back of an order, and by which way: before it is cancelled, and since something was given back.

The one answer of the page, the dialog before cancelling, what is said after it, messages and programs.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from shop.sales import rules
from shop.sales.models import OrderFacts, Payment, Refund
from shop.sales.states import OrderState, PurchaseState, RefundState


@dataclass(frozen=True, slots=True)
class Back:
    """分 by way: to a bank account, which finance pays, or the way it was paid.

    `waits_fen` of the first is not paid yet, `going_fen` of both did not leave yet. `stays_fen` came for the purchase
    and stays for its other orders.
    """

    bank_fen: int = 0
    other_fen: int = 0
    waits_fen: int = 0
    going_fen: int = 0
    stays_fen: int = 0

    @property
    def fen(self) -> int:
        """All that goes, or went, back."""
        return self.bank_fen + self.other_fen

    def since(self, before: "Back") -> "Back":
        """Return what goes back more than `before`."""
        return replace(self, bank_fen=self.bank_fen - before.bank_fen, other_fen=self.other_fen - before.other_fen)


NOTHING = Back()


def note_backs(orders: Sequence[OrderFacts]) -> None:
    """Note on each order what would go back if it were cancelled now (`would_go_back`), what does or did (`went_back`),
    and by which ways (`ways_left`) a part of it would leave. Three queries at most, however many.
    """
    would, went = _would_go_back(orders), _went_back(orders)
    for order in orders:
        order.would_go_back = would.get(order.pk, NOTHING)  # type: ignore[attr-defined]  # noted on the row for who shows it
        order.went_back = went.get(order.pk, NOTHING)  # type: ignore[attr-defined]  # noted on the row for who shows it


def went_back_of(order_id: int) -> Back:
    """Return what goes or went back of an order, and what stays of the money of its purchase. Four queries at most."""
    order = OrderFacts.objects.select_related("purchase").get(pk=order_id)
    found = _went_back([order]).get(order.pk, NOTHING)
    if order.purchase.state != PurchaseState.UNPAID:
        return found
    stays = sum(fen for _is_by_hand, fen in _left_of_payments([order.purchase_id])[order.purchase_id])
    return replace(found, stays_fen=stays)


def _would_go_back(orders: Sequence[OrderFacts]) -> dict[int, Back]:
    asked = [order for order in orders if order.state in (OrderState.UNPAID, OrderState.TO_SHIP)]
    asked = [order for order in asked if order.purchase.state in (PurchaseState.UNPAID, PurchaseState.PAID)]
    if not asked:
        return {}
    left = _left_of_payments([order.purchase_id for order in asked])
    is_open = {order.purchase_id for order in asked if order.purchase.state == PurchaseState.UNPAID}
    others: dict[int, dict[int, int]] = defaultdict(dict)
    wanted = [pk for pk in is_open if left[pk]]
    if wanted:
        rows = OrderFacts.objects.filter(purchase__in=wanted).exclude(state=OrderState.CANCELLED)
        for row in rows:
            others[row.purchase_id][row.pk] = row.left_fen
    found = {}
    for order in asked:
        pk, came = order.purchase_id, sum(fen for _is_by_hand, fen in left[order.purchase_id])
        order.ways_left = left[pk]  # type: ignore[attr-defined]  # noted on the row for who shows it
        if pk in is_open:
            rest = [fen for other, fen in others[pk].items() if other != order.pk]
            fen = max(0, came - sum(rest))
            found[order.pk] = split(fen, left[pk], stays_fen=came - fen)
        else:
            found[order.pk] = split(order.left_fen, left[pk])
    return found


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


def _went_back(orders: Sequence[OrderFacts]) -> dict[int, Back]:
    """What of a purchase goes back without being an order's is of those that were cancelled before it was paid."""
    dropped: dict[int, list[int]] = defaultdict(list)
    for order in orders:
        if order.state == OrderState.CANCELLED and not order.refunded_fen:
            dropped[order.purchase_id].append(order.pk)
    of_purchase = Q(order=None, payment__payable_kind="purchase", payment__payable_id__in=dropped)
    rows = (
        Refund.objects.filter(Q(order__in=[order.pk for order in orders]) | of_purchase)
        .order_by()
        .values_list("order_id", "payment__payable_id", "payment__gateway", "state")
        .annotate(fen=Sum("amount_fen"))
    )
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for order_id, purchase_id, gateway, state, fen in rows:
        is_by_hand = rules.is_by_hand(gateway)
        for pk in [order_id] if order_id is not None else dropped[purchase_id]:
            sums[pk][0 if is_by_hand else 1] += fen
            sums[pk][2] += fen if is_by_hand and state != RefundState.SUCCEEDED else 0
            sums[pk][3] += fen if state != RefundState.SUCCEEDED else 0
    return {pk: Back(*fens) for pk, fens in sums.items()}
