"""Clerks of finance at one statement: they book the same transfer, or pay the same refund out."""

from typing import Any

from shop.sales.operations.payouts import pay_out
from shop.sales.operations.transfers import match_transfer
from tests.factories import AT


def match(job: dict[str, Any], number: int) -> str:
    """Book the money, as the page does: with what was booked of it when the clerk looked."""
    match_transfer(
        payment_id=job["payment"],
        received_fen=job["fen"],
        payer="机关食堂",
        why="合同约定",
        seen_fen=0,
        actor=None,
        at=AT,
    )
    return "booked"


def pay_out_once(job: dict[str, Any], number: int) -> str:
    """Pay the refund out, by a payment of one's own at the bank."""
    pay_out(refund_id=job["refund"], reference=f"F{number}", actor=None, at=AT)
    return "paid out"
