"""What a unit's order, or all orders of a purchase, come to in the end: what was taken off and why, what is due or was paid.

Every figure is the orders' own fact; nothing is priced again. No queries of its own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from procurement.models import UnitOrder
from procurement.texts import words
from shop.sales.queries.deliveries import Schedule
from shop.sales.queries.weight_words import weighed_of
from shop.sales.rules import is_refused_whole, left_fen
from shop.sales.states import AfterSaleState, OrderState, PurchaseState, Terms

_UNDER_WAY = (OrderState.UNPAID, OrderState.TO_SHIP, OrderState.SHIPPED)


@dataclass(frozen=True)
class Deduction:
    """What was taken off a total: of which goods, why, how much in 分."""

    what: str
    why: str
    fen: int


@dataclass(frozen=True)
class Settled:
    """How a total became what is due, or was paid. Amounts in 分; the deductions add up to total less left.

    `came_fen` was paid of it already where it is not paid whole; `pay_by` is the first day on which something is due.
    """

    total_fen: int
    waived_fen: int
    refunded_fen: int
    is_paid: bool
    is_open: bool
    deductions: tuple[Deduction, ...] = ()
    going_back_fen: int = 0
    waits: bool = False
    came_fen: int = 0
    pay_by: datetime | None = None

    @property
    def due_fen(self) -> int:
        """What is still to be paid of it, now or once it is accepted; what was paid in the end, where it is."""
        return self.left_fen - self.came_fen if self.is_open else self.left_fen

    @property
    def gone_back_fen(self) -> int:
        """What of it was given back and has left; the rest is still being paid back."""
        return self.refunded_fen - self.going_back_fen

    @property
    def left_fen(self) -> int:
        """What is due, or was paid in the end."""
        return left_fen(self.total_fen, self.refunded_fen, self.waived_fen)

    @property
    def deducted_fen(self) -> int:
        """What was taken off."""
        return self.waived_fen + self.refunded_fen

    @property
    def transferred_fen(self) -> int:
        """What was paid before something of it was given back."""
        return self.left_fen + self.refunded_fen

    @property
    def is_nothing(self) -> bool:
        """Whether nothing was ever to be paid in the end: all of it was refused or not charged."""
        return (self.is_paid or self.is_open) and not self.transferred_fen

    @property
    def is_closed(self) -> bool:
        """Whether it was cancelled, or its time to pay went by: nobody waits for money."""
        return not (self.is_paid or self.is_open)

    @property
    def label(self) -> str:
        """What the amount that is left is called; "" where nothing is paid any more."""
        if self.is_nothing:
            return _("Nothing to pay")
        if self.is_open and self.waits:
            # Goods first, and not accepted whole: less may be accepted.
            return _("At most to pay")
        if self.is_paid and self.going_back_fen:
            return _("Paid once the refund is made")
        return _("Amount paid") if self.is_paid else _("Amount due") if self.is_open else ""


def settle_order(row: UnitOrder, going_back_fen: int = 0, schedule: Schedule | None = None) -> Settled:
    """Return what an order comes to. Needs its lines; says "after-sales" only where the lines' cases were read too.

    `going_back_fen` of what is given back did not leave yet; `schedule` is its purchase's: the money of an accepted
    order may have come, whatever the other orders wait for.
    """
    order, purchase = row.order, row.order.purchase
    if schedule is None or purchase.state != PurchaseState.UNPAID or order.state == OrderState.CANCELLED:
        return _settled(purchase, order.total_fen, [row], going_back_fen)
    if purchase.terms != Terms.POSTPAID:
        # What comes is the whole purchase's: an order of it never owes more than that.
        came = max(0, order.left_fen - schedule.due_now_fen)
        settled = _settled(purchase, order.total_fen, [row], going_back_fen)
        return replace(settled, came_fen=came, pay_by=purchase.pay_by)
    own = schedule.of_order(order.pk)
    is_covered = own.is_covered and order.state == OrderState.COMPLETED
    settled = _settled(purchase, order.total_fen, [row], going_back_fen, is_covered=is_covered)
    return replace(settled, came_fen=order.left_fen - own.due_now_fen - own.waits_fen, pay_by=own.pay_by)


def settle_purchase(
    purchase: Any, rows: Sequence[UnitOrder], going_back_fen: int = 0, schedule: Schedule | None = None
) -> Settled:
    """Return what all orders of a purchase come to together; `schedule` tells what of it was paid while it is open."""
    settled = _settled(purchase, purchase.total_fen, rows, going_back_fen)
    if schedule is None or purchase.state != PurchaseState.UNPAID:
        return settled
    return replace(settled, came_fen=max(0, settled.left_fen - schedule.due_now_fen - schedule.waits_fen))


def settle_sums(purchase: Any, waived_fen: int, refunded_fen: int, going_back_fen: int = 0) -> Settled:
    """Return what a purchase comes to, from sums over its orders, without saying why."""
    return Settled(
        purchase.total_fen,
        waived_fen,
        refunded_fen,
        is_paid=purchase.state == PurchaseState.PAID,
        is_open=purchase.state == PurchaseState.UNPAID,
        going_back_fen=going_back_fen,
    )


def _settled(
    purchase: Any, total_fen: int, rows: Sequence[UnitOrder], going_back_fen: int, *, is_covered: bool = False
) -> Settled:
    return Settled(
        total_fen,
        sum(row.order.waived_fen for row in rows),
        sum(row.order.refunded_fen for row in rows),
        is_paid=is_covered or purchase.state == PurchaseState.PAID,
        is_open=not is_covered and purchase.state == PurchaseState.UNPAID,
        deductions=tuple(each for row in rows for each in _deductions(row.order)),
        going_back_fen=going_back_fen,
        waits=purchase.terms == Terms.POSTPAID and any(row.order.state in _UNDER_WAY for row in rows),
    )


def _deductions(order: Any) -> Iterator[Deduction]:
    rest = order.total_fen - order.left_fen
    for line in order.lines.all():
        name = words(line.name_zh, line.name_en)
        for why, fen in _parts(order, line):
            rest -= fen
            yield Deduction(name, why, fen)
    # Of no line: freight that was not earned, and never more than that.
    freight = min(rest, order.freight_fen)
    if freight:
        yield Deduction(_("Freight"), _why_no_freight(order), freight)
    if rest > freight:
        yield Deduction(_("Goods"), _("after-sales"), rest - freight)


def _why_no_freight(order: Any) -> str:
    """Say why freight is not charged: the order ended before it left, or all that was sent was refused."""
    if order.state == OrderState.CANCELLED:
        return _("Cancelled")
    lines = order.lines.all()
    if is_refused_whole(order.state, [(line.shipped, line.rejected) for line in lines]):
        return _("nothing was accepted")
    if not any(line.shipped for line in lines):
        return _("nothing was sent")
    return _("given back with the goods")


def _parts(order: Any, line: Any) -> Iterator[tuple[str, int]]:
    """Return why and how much was taken off a line: for pieces, for what it weighed at packing and at the door."""
    if order.state == OrderState.CANCELLED:
        # Before it was paid nothing is given back by lines: none of the order is charged.
        fen = line.refunded_fen if order.left_fen else line.paid_fen
        if fen:
            yield _("Cancelled"), fen
        return
    by_pieces = line.refunded_fen - line.weighed_back_fen - line.light_fen
    if by_pieces:
        yield _why(line), by_pieces
    if line.weighed_back_fen:
        found = weighed_of(line)
        yield (found.why() if found is not None else _("weighed less when it was packed")), line.weighed_back_fen
    if line.light_fen:
        yield _("weighed less at the acceptance"), line.light_fen


def _why(line: Any) -> str:
    said = []
    if line.cancelled:
        said.append(
            ngettext("%(n)s not sent, cancelled", "%(n)s not sent, cancelled", line.cancelled) % {"n": line.cancelled}
        )
    if line.rejected:
        said.append(ngettext("%(n)s not accepted", "%(n)s not accepted", line.rejected) % {"n": line.rejected})
    if line.returned:
        said.append(ngettext("%(n)s returned", "%(n)s returned", line.returned) % {"n": line.returned})
    elif not said or _has_case(line):
        said.append(_("after-sales"))
    return " · ".join(said)


def _has_case(line: Any) -> bool:
    cases = getattr(line, "_prefetched_objects_cache", {}).get("after_sales", ())
    return any(case.state == AfterSaleState.APPROVED for case in cases)
