"""A supplier raises its lowest live price while hosts of others start a flash sale at the lower one."""

import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from catalog.operations.floors import set_live_floor
from livestream.operations.drops import start_drop
from shop.accounts.models import User
from tests.concurrency.meeting import LONGEST_SECONDS, NobodyCame
from tests.factories import AT


def come(job: dict[str, Any], number: int) -> str:
    """The first raises the floor; the others start a drop at what it was.

    The control raises it once a host has read the floor, who starts after that.
    """
    if number:
        start_drop(
            session_id=job["session"], version=job["version"], item_id=job["item"], price_fen=job["price"],
            specification_id=job["specification"], pieces=5, lasts=timedelta(minutes=5), confirmed_fen=job["price"],
            actor=User.objects.get(pk=job["host"]), at=AT,
        )  # fmt: skip
        return "started"
    met = Path(job["folder"]) / "met-floor"
    until = time.monotonic() + LONGEST_SECONDS
    while not job["lock"] and not (met.exists() and list(met.iterdir())):
        if time.monotonic() > until:
            raise NobodyCame("floor")
        time.sleep(0.002)
    set_live_floor(
        supplier_id=job["supplier"], specification_id=job["specification"], floor_fen=job["price"] + 1,
        actor=User.objects.get(pk=job["owner"]), at=AT,
    )  # fmt: skip
    if not job["lock"]:
        (met / "raised").touch()
    return "raised"
