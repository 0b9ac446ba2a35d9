"""Bank transfers that unpaid orders wait for, and what came of them so far: sums of the whole purchase, said as such."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from shop.core import times
from shop.core.money import in_yuan
from shop.sales import rules
from shop.sales.models import OrderFacts, Payment
from shop.sales.queries.due import dues_of
from shop.sales.queries.trails import trail_of
from shop.sales.states import OrderState, PaymentState, PurchaseState


@dataclass(frozen=True, slots=True)
class TransferWait:
    """A transfer that an order waits for: 分 due, come and left of its whole purchase, and until when.

    `orders` of the purchase are paid by it; `share_fen` of what is due is this order's.
    """

    due_fen: int
    came_fen: int
    left_fen: int
    pay_by: datetime | None
    number: str
    orders: int
    share_fen: int

    def words(self) -> str:
        """Say what is to be transferred, by which day, what of it arrived, and for how many orders it is."""
        facts: dict[str, Any] = {
            "left": in_yuan(self.left_fen),
            "came": in_yuan(self.came_fen),
            "due": in_yuan(self.due_fen),
            "day": times.moment(self.pay_by),
        }
        if self.came_fen and self.pay_by is not None:
            words = _("%(came)s of %(due)s arrived: transfer the other %(left)s by %(day)s") % facts
        elif self.came_fen:
            words = _("%(came)s of %(due)s arrived: transfer the other %(left)s") % facts
        elif self.pay_by is not None:
            words = _("Transfer %(left)s by %(day)s; the order is prepared once it arrived") % facts
        else:
            words = _("Transfer %(left)s; the order is prepared once it arrived") % facts
        if self.orders < 2:
            return words
        scope = _(
            "All %(n)d orders of purchase %(number)s are paid by this one transfer; %(share)s of the %(due)s is for this "
            "order"
        )
        scope %= {**facts, "n": self.orders, "number": self.number, "share": in_yuan(self.share_fen)}
        return _("%(one)s. %(other)s") % {"one": words, "other": scope}


def note_transfer_waits(orders: Sequence[OrderFacts]) -> None:
    """Note on each order the transfer that it waits for (`transfer_wait`), None without one. Five queries at most."""
    for order in orders:
        order.transfer_wait = None  # type: ignore[attr-defined]  # noted on the row for who shows it
    unpaid = [order for order in orders if _waits(order)]
    if not unpaid:
        return
    announced = set(
        Payment.objects.filter(
            payable_kind="purchase",
            payable_id__in={order.purchase_id for order in unpaid},
            gateway="transfer",
            state__in=(PaymentState.STARTED, PaymentState.CHECKING),
        ).values_list("payable_id", flat=True)
    )
    if not announced:
        return
    dues = dues_of(list(announced))
    rows = OrderFacts.objects.filter(purchase__in=announced).exclude(state=OrderState.CANCELLED)
    counts: dict[int, int] = {}
    for purchase_id in rows.values_list("purchase_id", flat=True):
        counts[purchase_id] = counts.get(purchase_id, 0) + 1
    for order in unpaid:
        due = dues.get(order.purchase_id)
        if due is None or not due.left_fen:
            continue
        order.transfer_wait = TransferWait(  # type: ignore[attr-defined]  # noted as well
            due.due_fen,
            due.received_fen,
            due.left_fen,
            order.purchase.pay_by,
            order.purchase.number,
            counts[order.purchase_id],
            rules.order_due_fen(order.total_fen, order.waived_fen),
        )


def _waits(order: OrderFacts) -> bool:
    return order.purchase.state == PurchaseState.UNPAID and order.state != OrderState.CANCELLED


def note_arrivals(order: OrderFacts) -> None:
    """Note on an order what came for its purchase by bank (`arrivals`), the oldest first. Seven queries at most.

    Not a single line that paid it whole with nothing left over: that it is paid says it.
    """
    trail = trail_of(order.purchase_id)
    came = [each for each in trail.came if each.payment_id in trail.payments]
    is_all = len(trail.came) == 1 and trail.came[0].at == order.purchase.paid_at
    if is_all and not trail.unneeded().back and not trail.credits:
        came = []
    order.arrivals = came  # type: ignore[attr-defined]  # noted on the row for who shows it
