"""An order is cancelled - a unit's with its approver's consent, or a consumer's - while others buy the last pieces."""

import time
from pathlib import Path
from typing import Any

from procurement.operations.cancelling import decide_cancel
from shop.accounts.models import User
from shop.sales.operations.closing import cancel_order
from tests.concurrency.buying import buy_one
from tests.concurrency.meeting import LONGEST_SECONDS, NobodyCame
from tests.factories import AT


def come(job: dict[str, Any], number: int) -> str:
    """The first gives an order's pieces back; the others buy one piece each.

    The control releases once a buyer has read the stock, who writes after that.
    """
    if number:
        return buy_one(job, number)
    met = Path(job["folder"]) / f"met-stock-{job['stock']}"
    until = time.monotonic() + LONGEST_SECONDS
    while not job["lock"] and not (met.exists() and list(met.iterdir())):
        if time.monotonic() > until:
            raise NobodyCame("stock")
        time.sleep(0.002)
    if job["wish"]:
        decide_cancel(wish_id=job["wish"], agree=True, actor=User.objects.get(pk=job["approver"]), at=AT)
    else:
        cancel_order(order_id=job["order"], actor=None, at=AT)
    if not job["lock"]:
        (met / "released").touch()
    return "released"
