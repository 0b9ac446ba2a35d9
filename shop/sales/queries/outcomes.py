"""What became of a transfer that was booked, in words for who booked it."""

from dataclasses import dataclass

from django.db.models import Sum
from django.utils.translation import gettext as _

from shop.core.money import in_yuan
from shop.sales.models import Payment, Purchase, Refund
from shop.sales.queries.deliveries import schedule_of
from shop.sales.states import PurchaseState, RefundState


@dataclass(frozen=True)
class Outcome:
    """Amounts in 分: what is missing of what is due now, what falls due later, and what is to be paid back."""

    state: str
    due_fen: int
    waits_fen: int
    goes_back_fen: int

    @property
    def is_paid(self) -> bool:
        """Whether the orders go on."""
        return self.state == PurchaseState.PAID

    def words(self) -> str:
        """Say what happens now, in the reader's language."""
        back = {"fen": in_yuan(self.goes_back_fen)}
        if self.is_paid:
            if self.goes_back_fen:
                return _("Booked: the orders go on. %(fen)s is to be paid back, see the payouts.") % back
            return _("Booked: the orders go on.")
        if self.state == PurchaseState.UNPAID:
            return self._still_open(back)
        return _("Booked as money to give back: the purchase is closed, no order goes on. See the payouts.")

    def _still_open(self, back: dict[str, str]) -> str:
        """Say what a purchase that is not paid whole waits for."""
        left = {"left": in_yuan(self.due_fen), "waits": in_yuan(self.waits_fen)}
        if self.goes_back_fen and not self.due_fen:
            return _("Booked: %(fen)s is to be paid back, see the payouts. Nothing more is due now.") % back
        if self.goes_back_fen:
            return _("Booked, and to be paid back. The purchase still waits for %(left)s.") % left
        if not self.due_fen:
            return _("Booked: what was accepted is paid. %(waits)s falls due once it is accepted.") % left
        return _("Booked as a part: the buyer is asked for the other %(left)s. The orders wait.") % left


def outcome_of(payment: Payment) -> Outcome:
    """Return what became of a purchase with what came by `payment`. Seven queries at most."""
    purchase = Purchase.objects.get(pk=payment.payable_id)
    waiting = Refund.objects.filter(payment=payment, state=RefundState.REQUESTED)
    back = waiting.aggregate(fen=Sum("amount_fen"))["fen"] or 0
    schedule = schedule_of(purchase)
    return Outcome(purchase.state, schedule.due_now_fen, schedule.waits_fen, back)
