"""催发货: the buyer asks the supplier to hurry."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from shop.core import outbox
from shop.sales import hooks
from shop.sales.errors import WrongState
from shop.sales.models import OrderFacts
from shop.sales.rules import NUDGE_HOURS
from shop.sales.states import OrderState


class NudgedAlready(WrongState):
    """The supplier was asked within the last 24 hours."""

    code = "nudged_already"


class CancelWaits(WrongState):
    """Somebody wants it cancelled, and who has to consent did not decide yet: nobody is asked to hurry meanwhile."""

    code = "cancel_waits"


def nudge(*, order_id: int, actor: Any, at: datetime) -> None:
    """Ask the supplier to send an order soon, at most once in 24 hours.

    Raises WrongState when it is not waiting to be sent, NudgedAlready within 24 hours of the last time, CancelWaits
    while its cancellation waits for consent.
    """
    with transaction.atomic():
        waiting = OrderFacts.objects.filter(pk=order_id, state=OrderState.TO_SHIP)
        said = hooks.waiting_for_consent(list(waiting.select_related("purchase"))).get(order_id)
        if said:
            raise CancelWaits(said)
        long_ago = Q(nudged_at__isnull=True) | Q(nudged_at__lte=at - timedelta(hours=NUDGE_HOURS))
        if not waiting.filter(long_ago).update(nudged_at=at):
            if waiting.exists():
                raise NudgedAlready(_("The supplier was asked already today. Please give it a little time."))
            raise WrongState(_("This order is not waiting to be sent."))
        outbox.enqueue(
            task="sales.tell_nudged",
            args={"order_id": order_id},
            key=f"nudged:{order_id}:{at.isoformat()}",
            at=at,
        )
