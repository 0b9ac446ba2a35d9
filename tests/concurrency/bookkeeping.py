"""Clerks of finance at one statement: they book the same transfer or line, pay the same refund out, use one number."""

from typing import Any

from shop.sales.models import Purchase
from shop.sales.operations.payouts import give_account, pay_out, pay_out_together
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


def pay_out_some(job: dict[str, Any], number: int) -> str:
    """Every other one pays all refunds by one transfer, the rest one of them by itself."""
    refunds = job["refunds"]
    if number % 2:
        pay_out(refund_id=refunds[number // 2 % len(refunds)], reference=f"F{number}", actor=None, at=AT)
        return "paid one"
    pay_out_together(refunds=dict.fromkeys(refunds), reference=f"F{number}", actor=None, at=AT)
    return "paid all"


def match_line(job: dict[str, Any], number: int) -> str:
    """Book what is left of a line, each clerk on the transfer of another purchase."""
    match_transfer(
        payment_id=job["payments"][number % len(job["payments"])], received_fen=job["fen"], payer="机关食堂",
        why="合同约定", reference=job["reference"], actor=None, at=AT,
    )  # fmt: skip
    return "booked"


def account_or_pay_out(job: dict[str, Any], number: int) -> str:
    """Every other one pays out to the account it saw; the rest name another account."""
    if number % 2:
        give_account(
            purchase=Purchase.objects.get(pk=job["purchase"]), holder="机关食堂", bank="工行天河支行",
            number="6222083602009999", actor=None, at=AT,
        )  # fmt: skip
        return "changed"
    pay_out(refund_id=job["refund"], reference=f"F{number}", account_version=1, actor=None, at=AT)
    return "paid out"


def in_or_out(job: dict[str, Any], number: int) -> str:
    """Every other one books money that came under a number; the rest pay a refund out under it."""
    if number % 2:
        pay_out(refund_id=job["refund"], reference=job["reference"], actor=None, at=AT)
        return "paid out"
    match_transfer(
        payment_id=job["payment"], received_fen=job["fen"], payer="机关食堂", why="合同约定", reference=job["reference"],
        actor=None, at=AT,
    )  # fmt: skip
    return "booked"
