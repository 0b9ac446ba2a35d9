"""What was done to a guest's order by the phone of its recipient, as everybody reads it who sees the order."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from shop.core.times import moment
from shop.sales.models import OrderFacts
from shop.sales.states import AfterSaleState, OrderState, Way


@dataclass(frozen=True)
class ActShown:
    """One act: what was done, by whom, when."""

    at: datetime
    what: str
    who: str

    @property
    def when(self) -> str:
        """The moment in words."""
        return moment(self.at)


def acts_by_phone(order: OrderFacts) -> list[ActShown]:
    """Return them, the oldest first. Needs the order's moves, and its lines' cases with theirs."""
    order_words = {
        OrderState.CANCELLED: _("Order cancelled"),
        OrderState.SHIPPED: _("What was not sent was cancelled"),
        OrderState.COMPLETED: _("Receipt confirmed"),
    }
    case_words = {
        AfterSaleState.OPEN: _("Money asked back"),
        AfterSaleState.WITHDRAWN: _("The request for money was taken back"),
        AfterSaleState.APPROVED: _("The supplier's offer was taken"),
        AfterSaleState.ARBITRATION: _("The platform was asked to decide"),
        AfterSaleState.RETURNING: _("Goods were sent back"),
    }
    acts = [
        ActShown(move.at, order_words[OrderState(move.to_state)], str(Way(move.way).label))
        for move in order.moves.all()
        if move.way
    ]
    acts += [
        ActShown(move.at, case_words[AfterSaleState(move.to_state)], str(Way(move.way).label))
        for line in order.lines.all()
        for case in line.after_sales.all()
        for move in case.moves.all()
        if move.way
    ]
    return sorted(acts, key=lambda act: act.at)
