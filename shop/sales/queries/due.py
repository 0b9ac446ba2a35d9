"""What a purchase costs and what came for it: worked out here and nowhere else, from its orders and its payments."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Sum

from shop.sales import rules
from shop.sales.models import OrderFacts, Payment, Purchase, Refund


@dataclass(frozen=True, slots=True)
class Due:
    """Amounts in 分: what the orders cost, and what came for them less what went back without being an order's."""

    due_fen: int
    received_fen: int

    @property
    def left_fen(self) -> int:
        """What is still to come; 0 where nothing is."""
        return max(0, self.due_fen - self.received_fen)

    @property
    def over_fen(self) -> int:
        """What came and is not needed."""
        return max(0, self.received_fen - self.due_fen)

    @property
    def is_partly_paid(self) -> bool:
        """Whether something came, and not all."""
        return 0 < self.received_fen < self.due_fen


def dues_of(purchase_ids: Sequence[int]) -> dict[int, Due]:
    """Return what each of these purchases costs and what came for it. Three queries, however many."""
    due = dict.fromkeys(purchase_ids, 0)
    orders = OrderFacts.objects.filter(purchase__in=purchase_ids)
    for pk, total, waived in orders.values_list("purchase_id", "total_fen", "waived_fen"):
        due[pk] += rules.order_due_fen(total, waived)
    payments = Payment.objects.filter(payable_kind="purchase", payable_id__in=purchase_ids)
    came = dict(payments.order_by().values_list("payable_id").annotate(fen=Sum("received_fen")))
    refunds = Refund.objects.filter(payment__in=payments, order=None).order_by()
    back = dict(refunds.values_list("payment__payable_id").annotate(fen=Sum("amount_fen")))
    return {pk: Due(due[pk], came.get(pk, 0) - back.get(pk, 0)) for pk in purchase_ids}


def due_of(purchase: Purchase) -> Due:
    """Return what a purchase costs and what came for it. Three queries."""
    return dues_of([purchase.pk])[purchase.pk]


def due_fen(purchase: Purchase) -> int:
    """Return 分 that a purchase costs: what each of its orders does."""
    return due_of(purchase).due_fen
