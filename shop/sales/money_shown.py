"""How an order's money reads to its buyer: how a refund comes back and what it needs, what a transfer waits for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from shop.core import times
from shop.core.money import in_yuan
from shop.sales import rules
from shop.sales.models import OrderFacts, Refund
from shop.sales.queries.due import due_of
from shop.sales.queries.slips import open_transfer
from shop.sales.states import PurchaseState
from shop.sales.texts import in_reader_language


def is_by_hand(order: OrderFacts) -> bool:
    """Tell whether what was paid for an order came by bank transfer, so that it goes back to an account."""
    return bool(getattr(order, "is_paid_by_hand", False))


def cancel_words(order: OrderFacts, facts: Mapping[str, str], way: str = "") -> str:
    """Say what becomes of a paid order's money when it is cancelled: how it comes back, what is needed, when.

    `way`: how who reads it acts (`states.Way`); the money is not said to be of who only has the phone.
    """
    if is_by_hand(order) and way:
        return (
            _("Cancel the order from %(supplier)s (%(goods)s)? Its %(fen)s goes back to who sent the transfer.") % facts
        )
    if is_by_hand(order):
        return (
            _(
                "Cancel the order from %(supplier)s (%(goods)s)? Its %(fen)s goes back to your bank account: tell us the "
                "account on the next page. Finance pays it then, and you get a message with the bank's reference."
            )
            % facts
        )
    return _("Cancel the order from %(supplier)s (%(goods)s)? Its %(fen)s comes back the way it was paid.") % facts


def cancels_rest_words(order: OrderFacts, way: str = "") -> str:
    """Say what cancelling the rest of a partly sent order ends, and what becomes of its money. Needs its lines."""
    rests = [(line, line.ordered - line.cancelled - line.shipped) for line in order.lines.all()]
    goods = "、".join(f"{in_reader_language(line.name_zh, line.name_en)} ×{rest}" for line, rest in rests if rest)
    fen = sum(line.refundable_fen(rest, sent=False) for line, rest in rests if rest)
    facts = {"goods": goods, "fen": in_yuan(fen)}
    if order.purchase.state != PurchaseState.PAID:
        words = _("Cancel what was not sent yet (%(goods)s)? %(fen)s less is to be paid. What was sent stays.")
    elif is_by_hand(order) and way:
        words = _(
            "Cancel what was not sent yet (%(goods)s)? %(fen)s goes back to who sent the transfer. What was sent and "
            "its freight stay."
        )
    elif is_by_hand(order):
        words = _(
            "Cancel what was not sent yet (%(goods)s)? %(fen)s goes back to your bank account: tell us the account on "
            "the next page. What was sent and its freight stay."
        )
    else:
        words = _(
            "Cancel what was not sent yet (%(goods)s)? %(fen)s comes back the way it was paid. What was sent and its "
            "freight stay."
        )
    return words % facts


def rest_cancelled_words(*, fen: int, is_paid: bool, by_hand: bool, way: str = "") -> str:
    """Say what becomes of the money of what was cancelled of a partly sent order a moment ago."""
    facts = {"fen": in_yuan(fen)}
    if not is_paid:
        return _("The rest is cancelled: %(fen)s less is to be paid.") % facts
    if by_hand and way:
        return _("The rest is cancelled. %(fen)s goes back to who sent the transfer.") % facts
    if by_hand:
        return _("The rest is cancelled. %(fen)s goes back to your bank account: please check below where.") % facts
    return _("The rest is cancelled. %(fen)s comes back the way it was paid.") % facts


def cancelled_words(*, by_hand: bool, way: str = "", bank_fen: int = 0, other_fen: int = 0) -> str:
    """Say what becomes of the money of a paid order that was cancelled a moment ago: each way its sum, where two are."""
    if bank_fen and other_fen:
        facts = {"bank": in_yuan(bank_fen), "other": in_yuan(other_fen)}
        if way:
            return (
                _("Cancelled. %(bank)s goes back to who sent the transfer, %(other)s comes back the way it was paid.")
                % facts
            )
        return (
            _(
                "Cancelled. %(bank)s goes back to your bank account: please check below where it is paid to. %(other)s "
                "comes back the way it was paid."
            )
            % facts
        )
    if by_hand and way:
        return _("Cancelled. The money goes back to who sent the transfer.")
    if by_hand:
        return _("Cancelled. The money goes back to your bank account: please check below where it is paid to.")
    return _("Cancelled. What was paid comes back the way it was paid.")


def refund_words(refund: Refund, way: str = "") -> str:
    """Say how much goes or went back, and how."""
    facts = {"amount": in_yuan(refund.amount_fen), "reference": refund.provider_ref}
    if not rules.is_by_hand(refund.payment.gateway):
        if refund.reason == "weighed":
            return _("%(amount)s, the way it was paid: it weighed less than was charged") % facts
        return _("%(amount)s, the way it was paid") % facts
    if refund.finished_at is None:
        words = _("%(amount)s: finance pays it to your account")
        if refund.reason == "weighed":
            words = _("%(amount)s: it weighed less than was charged; finance pays it to your account")
        if way:
            words = _("%(amount)s: finance pays it to who sent the transfer")
        return words % facts
    if refund.provider_ref:
        return _("%(amount)s by bank transfer, reference %(reference)s") % facts
    return _("%(amount)s by bank transfer") % facts


@dataclass(frozen=True, slots=True)
class TransferWait:
    """A transfer that an order waits for: 分 due, come and left of its whole purchase, and until when."""

    due_fen: int
    came_fen: int
    left_fen: int
    pay_by: datetime | None

    def words(self) -> str:
        """Say what is to be transferred, by which day, and what of it arrived."""
        facts: dict[str, Any] = {
            "left": in_yuan(self.left_fen),
            "came": in_yuan(self.came_fen),
            "due": in_yuan(self.due_fen),
            "day": times.moment(self.pay_by),
        }
        if self.came_fen and self.pay_by is not None:
            return _("%(came)s of %(due)s arrived: transfer the other %(left)s by %(day)s") % facts
        if self.came_fen:
            return _("%(came)s of %(due)s arrived: transfer the other %(left)s") % facts
        if self.pay_by is not None:
            return _("Transfer %(left)s by %(day)s; the order is prepared once it arrived") % facts
        return _("Transfer %(left)s; the order is prepared once it arrived") % facts


def transfer_wait(order: OrderFacts) -> TransferWait | None:
    """Return the transfer that an unpaid order waits for, None without one. Four queries."""
    purchase = order.purchase
    if purchase.state != PurchaseState.UNPAID or open_transfer(purchase) is None:
        return None
    due = due_of(purchase)
    if not due.left_fen:
        return None
    return TransferWait(due.due_fen, due.received_fen, due.left_fen, purchase.pay_by)
