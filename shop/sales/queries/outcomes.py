"""What became of the line that was booked last of a transfer, in words for who booked it."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from shop.core.money import in_yuan
from shop.core.texts import sentences
from shop.sales.models import OrderFacts, Payment, Purchase, Refund
from shop.sales.queries.concerns import lines_under_revoked, to_ship_of
from shop.sales.queries.credits import credits_of
from shop.sales.queries.deliveries import schedule_of
from shop.sales.queries.unpayable import unpayable
from shop.sales.rules import BY_HAND
from shop.sales.states import OrderState, PurchaseState, RefundState


@dataclass(frozen=True)
class Outcome:
    """Amounts in 分: what is missing of what is due now, what falls due later, what of the line goes back, what of earlier
    ones has to. `barred`: what is missing can't be paid now; `asked`: its buyer is asked whether it is still wanted.
    """

    state: str
    due_fen: int
    waits_fen: int
    goes_back_fen: int
    earlier_fen: int = 0
    goes_on: bool = True
    credited: str = ""
    barred: bool = False
    asked: bool = False

    @property
    def is_paid(self) -> bool:
        """Whether orders go on."""
        return self.state == PurchaseState.PAID and self.goes_on

    def words(self) -> str:
        """Say what happens now, in the reader's language."""
        said = [self._of_line()]
        if self.credited:
            said.append(self.credited)
        if self.asked:
            said.append(_("A certificate of it was revoked: the buyer is asked whether they still want it."))
        if self.earlier_fen:
            said.append(_("%(fen)s that came before is still to be paid back.") % {"fen": in_yuan(self.earlier_fen)})
        return sentences(*said)

    def _of_line(self) -> str:
        back = {"fen": in_yuan(self.goes_back_fen)}
        if self.is_paid:
            if self.goes_back_fen:
                return _("Booked: the orders go on. %(fen)s is to be paid back, see the payouts.") % back
            return _("Booked: the orders go on.")
        if self.state == PurchaseState.UNPAID:
            return self._still_open(back)
        if self.state == PurchaseState.PAID and not self.goes_back_fen:
            return _("Booked. All orders of the purchase are cancelled: none goes on.")
        if self.state == PurchaseState.PAID:
            words = _(
                "Booked: all of the %(fen)s is to be paid back, all orders of the purchase are cancelled. None goes on."
            )
            return words % back
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
        if self.barred:
            return _("Booked as a part: it can't be paid now. The buyer is told to send no more, and to cancel.")
        return _("Booked as a part: the buyer is asked for the other %(left)s. The orders wait.") % left


def outcome_of(payment: Payment) -> Outcome:
    """Return what became of a purchase with the line that came last by `payment`. Seventeen queries at most."""
    purchase = Purchase.objects.get(pk=payment.payable_id)
    line = payment.remittances.order_by("-pk").first()
    rows = Refund.objects.filter(payment__payable_kind="purchase", payment__payable_id=purchase.pk, order=None)
    # All of a line goes back under the line's own key; what was over under the purchase's.
    of_line = _keyed(f"payment:{payment.pk}:{line.pk}") if line is not None else Q(pk__in=[])
    if not rows.filter(of_line).exists():
        of_line = _keyed(f"over:{purchase.pk}")
    earlier = rows.exclude(of_line).filter(state=RefundState.REQUESTED, payment__gateway__in=BY_HAND)
    schedule = schedule_of(purchase)
    back = _sum(rows.filter(of_line))
    goes_on = OrderFacts.objects.filter(purchase=purchase).exclude(state=OrderState.CANCELLED).exists()
    credited = credits_of([payment.pk])[-1:]
    words = credited[0].words([payment.pk]) if credited and (line is None or credited[0].at >= line.at) else ""
    is_open = purchase.state == PurchaseState.UNPAID
    barred = is_open and bool(unpayable(purchase.pk, at=timezone.now()))
    asked = not is_open and any(lines_under_revoked(order) for order in to_ship_of(purchase.pk))
    return Outcome(
        purchase.state, schedule.due_now_fen, schedule.waits_fen, back, _sum(earlier), goes_on, words, barred, asked
    )


def _keyed(key: str) -> Q:
    return Q(key=key) | Q(key__startswith=f"{key}#")


def _sum(rows: QuerySet[Refund]) -> int:
    return int(rows.aggregate(fen=Sum("amount_fen"))["fen"] or 0)
