"""People of a supplier answer whether it funds an offer, some of them agree and some decline."""

import time
from pathlib import Path
from typing import Any

from shop.sales.operations import funding
from shop.sales.states import ConsentState
from tests.concurrency.meeting import LONGEST_SECONDS, Meeting, NobodyCame
from tests.factories import AT


def come(job: dict[str, Any], number: int) -> str:
    """Those with an even number agree, the others decline."""
    agree = number % 2 == 0
    funding.answer_consent(
        consent_id=job["consent"], agree=agree, actor=None, at=AT, reason="" if agree else "今年不做活动"
    )
    if agree:
        (Path(job["folder"]) / "agreed").touch()
    return "given" if agree else "declined"


def decline_last(meeting: Meeting) -> None:
    """Have who declines in a control write after who agreed, whatever both had read before."""
    move, agreed = funding._move, meeting.folder / "agreed"

    def moved(consent: Any, to: ConsentState, **facts: Any) -> None:
        until = time.monotonic() + LONGEST_SECONDS
        while to == ConsentState.DECLINED and not agreed.exists():
            if time.monotonic() > until:
                raise NobodyCame("agreed")
            time.sleep(0.002)
        move(consent, to, **facts)

    funding._move = moved
