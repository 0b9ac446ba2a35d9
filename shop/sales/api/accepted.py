"""How who got an order accepted it: the same to its supplier and its buyer."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_noop
from pydantic import Field

from shop.core.api import Answer, Moment, Priced, yuan
from shop.sales.accepted_shown import AcceptedShown


class AcceptedPieces(Answer):
    line_id: int
    sent: int
    accepted: int


class AcceptedDelivery(Priced):
    at: Moment
    by: str = Field(description=gettext_noop("Who received it; empty where only time accepted it."))
    note: str = Field(description=gettext_noop("What was missing, damaged, or the reason where goods were refused."))
    not_charged: str = Field(description=gettext_noop("For what was not accepted: not charged, or given back."))
    next_step: str = Field(description=gettext_noop("What you do about it; empty for nothing."))
    lines: list[AcceptedPieces]


def accepted_out(shown: Iterable[AcceptedShown]) -> list[dict[str, Any]]:
    """Return acceptances as programs read them."""
    return [
        {
            "at": each.at,
            "by": each.by,
            "note": each.note,
            "not_charged": yuan(each.short_fen),
            "next_step": each.next_step,
            "lines": [dict(zip(("line_id", "sent", "accepted"), line, strict=True)) for line in each.lines],
        }
        for each in shown
    ]
